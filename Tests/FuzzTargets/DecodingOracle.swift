package import CallDomain
import Foundation
package import TwilioClient

/// Pages as Foundation's decoder reads them: slow, and sure of what JSON is.
///
/// What differs on purpose: a number keeps its text (zeros at its end, digits beyond the 38th, and so also
/// more than a price may have), and UTF-16 and UTF-32 are refused.
package enum DecodingOracle {
  /// How the reader differs from the decoder about a page; nil when they agree.
  package static func difference(onPage page: [UInt8]) -> String? {
    let found = Result { () throws(TwilioError.BadAnswer) in try CallPageDecoding.page(page) }
    let expected = Result { () throws(TwilioError.BadAnswer) in try DecodingOracle.page(page) }
    if found == expected || found.map(plain) == expected.map(plain) { return nil }
    // Of two records of one call it may hold the other for the newer one, where a number's text decides.
    if let found = try? found.get(), let expected = try? expected.get(), holdsRoundedNumber(page),
      found.calls.map(\.sid) == expected.calls.map(\.sid)
    {
      return nil
    }
    return "\(found) is for Foundation \(expected): \(String(decoding: page, as: UTF8.self))"
  }

  /// How the reader differs from the decoder about a single call; nil when they agree.
  package static func difference(onCall call: [UInt8]) -> String? {
    let found = Result { () throws(TwilioError.BadAnswer) in try CallPageDecoding.call(call) }
    let expected = Result { () throws(TwilioError.BadAnswer) in try DecodingOracle.call(call) }
    if found == expected || found.map(plain) == expected.map(plain) { return nil }
    return "\(found) is for Foundation \(expected): \(String(decoding: call, as: UTF8.self))"
  }

  /// A page as Foundation reads it; throws where the body is none.
  package static func page(_ body: [UInt8]) throws(TwilioError.BadAnswer) -> CallPage {
    // The decoder looks at the encoding only where it reads a text, and so at control characters.
    guard String(validating: body, as: UTF8.self) != nil, !holdsControl(body),
      !holdsOpenEscape(body), let answer = try? JSONDecoder().decode(ListAnswer.self, from: Data(body))
    else { throw .malformed }
    guard let records = answer.records else { throw .noCalls }
    let calls = records.compactMap(\.call)
    return CallPage(
      calls: distinct(calls), next: answer.next, unreadable: records.count - calls.count)
  }

  private static func call(_ body: [UInt8]) throws(TwilioError.BadAnswer) -> Call {
    guard !holdsControl(body), !holdsOpenEscape(body),
      let record = try? JSONDecoder().decode(CallRecord.self, from: Data(body)), let call = record.call
    else { throw .malformed }
    return call
  }

  /// Whether a control character stands in a string as it is.
  static func holdsControl(_ body: [UInt8]) -> Bool {
    var (isInString, isEscaped) = (false, false)
    for byte in body {
      if isInString, byte < 0x20 { return true }
      if byte == UInt8(ascii: "\""), !isEscaped { isInString.toggle() }
      isEscaped = isInString && byte == UInt8(ascii: "\\") && !isEscaped
    }
    return false
  }

  /// Whether a backslash stands among the four digits of an escape. Where the string ends is open then: the decoder
  /// is of two minds about it, by the length of the page.
  static func holdsOpenEscape(_ body: [UInt8]) -> Bool {
    var (isInString, place) = (false, 0)
    while place < body.count {
      if body[place] == UInt8(ascii: "\"") { isInString.toggle() }
      guard isInString, body[place] == UInt8(ascii: "\\") else {
        place += 1
        continue
      }
      if body[place...].dropFirst().first == UInt8(ascii: "u"),
        body[place...].dropFirst(2).prefix(4).contains(UInt8(ascii: "\\"))
      {
        return true
      }
      place += 2
    }
    return false
  }

  /// Whether the decoder has another text for a number: one that ends with a zero after its point, a zero below
  /// zero, more than 38 digits.
  private static func holdsRoundedNumber(_ page: [UInt8]) -> Bool {
    String(decoding: page, as: UTF8.self).contains(/\.[0-9]*0(?![0-9])|-0(?![0-9.])|[0-9.]{39}/)
  }

  private static func plain(_ page: CallPage) -> CallPage {
    var page = page
    page.calls = page.calls.map(plain)
    return page
  }

  // The oracle's numbers have been through a decimal of 38 digits.
  private static func plain(_ call: Call) -> Call {
    var call = call
    call.from = call.from.map(plain)
    call.to = call.to.map(plain)
    call.direction = call.direction.map { CallDirection(plain($0.text)) }
    call.status = call.status.map { CallStatus(plain($0.text)) }
    call.price = call.price.flatMap { Price(plain($0.text)) }
    call.priceUnit = call.priceUnit.map(plain)
    return call
  }

  private static func plain(_ text: String) -> String {
    let isNumber = text.utf8.allSatisfy { "0123456789.-".utf8.contains($0) }
    return isNumber ? Decimal(string: text).map { "\($0)" } ?? text : text
  }

  private static func distinct(_ calls: [Call]) -> [Call] {
    calls.reduce(into: []) { distinct, call in
      if let place = distinct.firstIndex(where: { $0.sid == call.sid }) {
        distinct[place] = distinct[place].merged(with: call)
      } else {
        distinct.append(call)
      }
    }
  }
}

private struct ListAnswer: Decodable {
  /// Nil when there is no list under `calls`.
  let records: [CallRecord]?
  let next: String?

  enum Key: String, CodingKey {
    case calls
    case next = "next_page_uri"
  }

  init(from decoder: any Decoder) throws {
    let fields = try decoder.container(keyedBy: Key.self)
    // `[CallRecord?]`, because a null among the records is one unreadable record.
    records = (try? fields.decode([CallRecord?].self, forKey: .calls))?.map { $0 ?? .unreadable }
    // A number or an object here is not the end of the list, so it fails the page.
    let next = try fields.decodeIfPresent(String.self, forKey: .next)
    guard next?.unicodeScalars.contains("\0") != true else { throw TwilioError.BadAnswer.malformed }
    self.next = next?.isEmpty == true ? nil : next
  }
}

private struct CallRecord: Decodable {
  /// Nil when the record has no valid SID.
  let call: Call?

  static let unreadable = CallRecord(call: nil)

  enum Key: String, CodingKey {
    case sid, from, to, direction, status, duration, price
    case startTime = "start_time"
    case endTime = "end_time"
    case dateCreated = "date_created"
    case dateUpdated = "date_updated"
    case priceUnit = "price_unit"
  }

  private init(call: Call?) {
    self.call = call
  }

  init(from decoder: any Decoder) {
    guard let fields = try? decoder.container(keyedBy: Key.self),
      let sid = fields.known(.sid).flatMap({ CallSID($0) })
    else {
      call = nil
      return
    }
    call = Call(
      sid: sid,
      // Who called whom is kept as it was sent, the empty text of a withheld caller included.
      from: fields.text(.from), to: fields.text(.to),
      direction: fields.known(.direction).map { CallDirection($0) },
      status: fields.known(.status).map { CallStatus($0) },
      duration: fields.known(.duration).flatMap(Self.seconds),
      startTime: fields.known(.startTime).flatMap(TwilioDate.parse),
      endTime: fields.known(.endTime).flatMap(TwilioDate.parse),
      dateCreated: fields.known(.dateCreated).flatMap(TwilioDate.parse),
      dateUpdated: fields.known(.dateUpdated).flatMap(TwilioDate.parse),
      price: fields.known(.price).flatMap { Price($0) },
      priceUnit: fields.known(.priceUnit))
  }

  // The column is an INTEGER.
  private static func seconds(_ text: String) -> Int? {
    guard let seconds = Int32(text), seconds >= 0 else { return nil }
    return Int(seconds)
  }
}

extension KeyedDecodingContainer<CallRecord.Key> {
  /// The field's text; nil when it is absent, null or neither text nor number. Empty text
  /// stays empty.
  fileprivate func text(_ key: CallRecord.Key) -> String? {
    let text: String?
    do {
      text = try decodeIfPresent(String.self, forKey: key)
    } catch {
      text = (try? decode(Decimal.self, forKey: key)).map { "\($0)" }
    }
    guard let text, text.utf8.contains(0) else { return text }
    // PostgreSQL's text cannot hold NUL.
    return String(String.UnicodeScalarView(text.unicodeScalars.map { $0 == "\0" ? "\u{FFFD}" : $0 }))
  }

  /// The same, with empty text counting as unknown.
  fileprivate func known(_ key: CallRecord.Key) -> String? {
    text(key).flatMap { $0.isEmpty ? nil : $0 }
  }
}
