package import CallDomain

/// Where calls come from: Twilio's log, page by page. Each call is one request and is not repeated
/// by whoever fills this port; Retry does that.
package struct CallSource: Sendable {
  /// The first page of a listing, at most 1,000 calls.
  package var list: @Sendable (CallQuery) async throws(SourceError) -> CallPage
  /// The page at `CallPage.next`.
  package var next: @Sendable (String) async throws(SourceError) -> CallPage
  /// A page of that one call, an empty one when Twilio does not know it.
  package var call: @Sendable (CallSID) async throws(SourceError) -> CallPage

  package init(
    list: @escaping @Sendable (CallQuery) async throws(SourceError) -> CallPage,
    next: @escaping @Sendable (String) async throws(SourceError) -> CallPage,
    call: @escaping @Sendable (CallSID) async throws(SourceError) -> CallPage
  ) {
    self.list = list
    self.next = next
    self.call = call
  }
}

/// Why Twilio did not give what it was asked for.
package struct SourceError: Error, Hashable, Sendable {
  /// What failed, for deciding what to do.
  package enum Kind: Hashable, Sendable {
    /// May work when asked again: 5xx, a connection that broke, an answer that is none.
    case transient
    /// Too many requests at once (429); this one was not processed.
    case throttled
    /// Refused credentials; now and then a mistake of Twilio's, so worth one more request.
    case unauthorized
    /// The period lies outside of what Twilio keeps (20004).
    case retention
    /// The page token is no longer valid (21481).
    case badPageToken
    case permanent
    /// The task was cancelled.
    case cancelled
  }

  package let kind: Kind
  /// What failed and what to do, in Spanish, with Twilio's request id where there is one.
  package let sentence: String
  /// Twilio's `Retry-After` in seconds.
  package let retryAfter: Int?
  /// Twilio's `Twilio-Request-Id`.
  package let requestID: String?

  package init(_ kind: Kind, _ sentence: String, retryAfter: Int? = nil, requestID: String? = nil) {
    self.kind = kind
    self.sentence = sentence
    self.retryAfter = retryAfter
    self.requestID = requestID
  }
}
