/// A request method, case-sensitive (RFC 9110 section 9.1).
package struct HTTPMethod: Hashable, Sendable {
  /// The method as it stands in the request line.
  package let text: String

  package init(_ text: String) {
    self.text = text
  }

  package static let get = HTTPMethod("GET")
  package static let head = HTTPMethod("HEAD")
  package static let post = HTTPMethod("POST")
  package static let put = HTTPMethod("PUT")
  package static let patch = HTTPMethod("PATCH")
  package static let delete = HTTPMethod("DELETE")
  package static let options = HTTPMethod("OPTIONS")
  package static let trace = HTTPMethod("TRACE")
  package static let connect = HTTPMethod("CONNECT")
}
