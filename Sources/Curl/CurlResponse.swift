/// What came back: a complete answer.
package struct CurlResponse: Sendable {
  /// The HTTP status, whichever it is; redirects are not followed.
  package var status: Int
  /// In the order they came, repeated ones included.
  package var headers: [CurlHeader]
  /// Decompressed, at most as many bytes as the request's cap.
  package var body: [UInt8]

  package init(status: Int, headers: [CurlHeader] = [], body: [UInt8] = []) {
    self.status = status
    self.headers = headers
    self.body = body
  }

  /// The value of the first field of this name, in whatever case it is written.
  package func header(_ name: String) -> String? {
    headers.first { $0.isNamed(name) }?.value
  }
}
