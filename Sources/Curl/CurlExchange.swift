/// One request and how it ended, for whoever counts.
package struct CurlExchange: Hashable, Sendable {
  /// The status of the whole answer; nil where none came.
  package var status: Int?
  /// From the moment when the request had a handle.
  package var duration: Duration
}
