/// Where calls come from: Twilio's log, page by page.
package protocol CallLog: Sendable {
  /// The first page of a listing, newest first, at most 1,000 calls.
  func list(_ query: CallQuery) async throws(RunFailure) -> CallPage
  /// The page at `CallPage.next`.
  func next(_ reference: String) async throws(RunFailure) -> CallPage
  /// A page of that one call, an empty one when Twilio does not know it.
  func call(_ sid: CallSID) async throws(RunFailure) -> CallPage
}
