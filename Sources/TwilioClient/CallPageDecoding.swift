package import CallDomain

/// From the bytes of an answer to calls: the one place that knows Twilio's JSON.
///
/// A field that is absent, null or of an unexpected form is unknown and never fails its page.
package enum CallPageDecoding {
  /// Reads a page of the list.
  ///
  /// - Throws: `malformed` or `noCalls`.
  package static func page(_ body: [UInt8]) throws(TwilioError.BadAnswer) -> CallPage {
    var json = JSONReader(body)
    let answer: ListAnswer
    do {
      answer = try ListAnswer(from: &json)
      try json.finish()
    } catch {
      throw .malformed
    }
    guard json.isUTF8 else { throw .malformed }
    guard let records = answer.records else { throw .noCalls }
    return CallPage(calls: records.calls, next: answer.next, unreadable: records.unreadable)
  }

  /// Reads the answer about one call.
  ///
  /// - Throws: `malformed`, also when it has no valid SID.
  package static func call(_ body: [UInt8]) throws(TwilioError.BadAnswer) -> Call {
    var json = JSONReader(body)
    var record = CallRecord()
    let call: Call?
    do {
      call = try record.call(from: &json)
      try json.finish()
    } catch {
      throw .malformed
    }
    guard let call else { throw .malformed }
    return call
  }
}
