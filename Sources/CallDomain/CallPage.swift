/// One page of Twilio's call log.
package struct CallPage: Hashable, Sendable {
  /// The page's calls in Twilio's order, newest first, every SID once.
  package var calls: [Call]
  /// Where the next page is, relative to Twilio's host, exactly as Twilio gave it; nil on the
  /// last page.
  package var next: String?
  /// How many records had no valid SID and so cannot be stored.
  package var unreadable: Int
  /// Twilio's clock when it answered, from the `Date` header.
  package var serverTime: Timestamp?

  package init(
    calls: [Call], next: String? = nil, unreadable: Int = 0, serverTime: Timestamp? = nil
  ) {
    self.calls = calls
    self.next = next
    self.unreadable = unreadable
    self.serverTime = serverTime
  }
}
