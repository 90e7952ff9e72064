import CallDomain
import WebServer

/// Twilio's answer to one request for a page of the list.
struct CallList {
  private let query: ListQuery
  private let account: SimulatedAccount
  private let options: SimulatorOptions
  private let now: Timestamp
  private let started: Range<Timestamp>?
  private let ended: Range<Timestamp>?

  init(_ query: ListQuery, of account: SimulatedAccount, _ options: SimulatorOptions, at now: Timestamp) {
    (self.query, self.account, self.options, self.now) = (query, account, options, now)
    started = query.started.moments(options.precision)
    ended = query.ended.moments(options.precision)
  }

  /// - Throws: 21481 when the token's call is unknown, 20004 outside retention.
  func page() throws(APIProblem) -> [UInt8] {
    if let days = options.retentionDays, let from = query.started.from, from < now.adding(hours: -24 * days) {
      throw .outsideRetention
    }
    guard let token = query.token else { return page(behind: nil) }
    guard let position = account.call(token.sid)?.position else { throw .badPageToken }
    if token.leadsBack {
      return body(calls(.newer, than: position, query.pageSize).reversed(), hasNext: true)
    }
    // Further up than the token says, when rows are to be repeated.
    let repeated = calls(.newer, than: position, min(options.repeatedRows, query.pageSize - 1))
    return page(behind: repeated.last?.position ?? position)
  }

  private func page(behind position: LogPosition?) -> [UInt8] {
    // One more than is shown tells whether there is another page.
    let found = calls(.older, than: position, query.pageSize + 1)
    let hasNext = found.count > query.pageSize || options.emptyLastPage && found.count == query.pageSize
    return body(Array(found.prefix(query.pageSize)), hasNext: hasNext)
  }

  private func calls(
    _ direction: SimulatedAccount.Direction, than position: LogPosition?, _ count: Int
  ) -> [any LoggedCall] {
    account.calls(direction, than: position, within: creations, at: now, count, where: shows)
  }

  private func shows(_ call: any LoggedCall) -> Bool {
    let listed = call.listed ?? call.created.adding(seconds: options.lagSeconds)
    guard call.created <= now, listed <= now else { return false }
    let facts = call.facts(at: now, account.json)
    if let started, !started.contains(facts.started) { return false }
    if let ended, !(facts.ended.map(ended.contains) ?? false) { return false }
    return query.conditions.allSatisfy { $0(facts) }
  }

  /// The creations that can matter: a call starts and ends at or after its creation, and within the
  /// longest life of a stream's calls.
  private var creations: ClosedRange<Timestamp> {
    let bounds = [started, ended].compactMap { $0 }
    let upper = bounds.map(\.upperBound).reduce(now, min)
    let lower = bounds.map(\.lowerBound).reduce(.distantPast, max).adding(seconds: -CallRates.longestLife)
    return min(lower, upper)...upper
  }

  /// The calls with their envelope, which comes first as in real answers.
  private func body(_ calls: [any LoggedCall], hasNext: Bool) -> [UInt8] {
    let (first, last) = (calls.first?.sid, calls.last?.sid)
    let previous = query.page == 0 ? nil : first.map { uri(page: query.page - 1, token: "PB" + $0) }
    let start = calls.isEmpty ? 0 : query.page * query.pageSize
    var envelope = JSONObject()
    envelope.write("first_page_uri", .string(uri(page: 0)))
    envelope.write("uri", .string(uri(page: query.page, token: query.token?.text)))
    envelope.write("next_page_uri", .text(nextURI(behind: last, hasNext)))
    envelope.write("previous_page_uri", .text(previous))
    envelope.write("page", .integer(query.page))
    envelope.write("page_size", .integer(query.pageSize))
    envelope.write("start", .integer(start))
    envelope.write("end", .integer(start + max(0, calls.count - 1)))
    var bytes: [UInt8] = []
    bytes.reserveCapacity(1024 + calls.count * 2400)
    bytes += envelope.bytes().dropLast()
    bytes += ",\"calls\":[".utf8
    for (index, call) in calls.enumerated() {
      if index > 0 { bytes.append(UInt8(ascii: ",")) }
      bytes += call.bytes(at: now, account.json)
    }
    bytes += "]}".utf8
    return bytes
  }

  private func nextURI(behind last: String?, _ hasNext: Bool) -> String? {
    let page = options.ending == .circle ? (query.page == 1 ? 2 : 1) : query.page + 1
    let sid =
      switch options.ending {
      case .last: hasNext ? last : nil
      case .circle: query.token?.sid ?? last
      case .never: last ?? query.token?.sid
      }
    let next = sid.map { uri(page: page, token: "PA" + $0) }
    guard let host = options.nextPageHost else { return next }
    return "https://\(host)" + (next ?? uri(page: 0))
  }

  /// A root-relative URI with all filters, encoded anew.
  private func uri(page: Int, token: String? = nil) -> String {
    var pairs = query.filters.map { "\(Self.encoded($0.name))=\(Self.encoded($0.value))" }
    pairs += ["PageSize=\(query.pageSize)", "Page=\(page)"]
    if let token { pairs.append("PageToken=\(token)") }
    return "/2010-04-01/Accounts/\(account.json.accountSID)/Calls.json?" + pairs.joined(separator: "&")
  }

  /// Form encoding, as in the published samples: `+` for a blank, everything else percent-encoded.
  private static func encoded(_ text: String) -> String {
    text.utf8.map { byte in
      switch byte {
      case 0x30...0x39, 0x41...0x5A, 0x61...0x7A, 0x2D, 0x2E, 0x5F: String(Unicode.Scalar(byte))
      case 0x20: "+"
      default: (byte < 16 ? "%0" : "%") + String(byte, radix: 16, uppercase: true)
      }
    }.joined()
  }
}
