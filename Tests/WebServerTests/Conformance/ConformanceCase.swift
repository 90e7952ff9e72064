/// One connection's raw bytes and what a strict server answers (RFC 9110, RFC 9112).
struct ConformanceCase: Sendable, CustomStringConvertible {
  let name: String
  let bytes: [UInt8]
  /// The statuses in order, interim ones included.
  let statuses: [Int]
  /// Whether the connection serves a further request afterwards; else the server closes it in order.
  let staysOpen: Bool
  /// What the last answer says of method, path and content.
  let echo: String?
  /// Whether the client sends FIN after its bytes.
  let endsInput: Bool
  /// Whether these are requests with HEAD, whose answers have no content.
  var isHead = false
  /// The methods that the last answer says are allowed.
  var allow: String?

  var description: String { name }

  /// Requests that are served.
  static func served(
    _ name: String, _ text: String, _ statuses: [Int] = [200], echo: String? = nil,
    staysOpen: Bool = true, endsInput: Bool = false
  ) -> ConformanceCase {
    ConformanceCase(
      name: name, bytes: Array(text.utf8), statuses: statuses, staysOpen: staysOpen && !endsInput,
      echo: echo, endsInput: endsInput)
  }

  /// A request of arbitrary bytes that is served.
  static func served(_ name: String, bytes: [UInt8]) -> ConformanceCase {
    ConformanceCase(
      name: name, bytes: bytes, statuses: [200], staysOpen: true, echo: nil, endsInput: false)
  }

  /// Requests with HEAD.
  static func head(_ name: String, _ text: String, _ statuses: [Int] = [200], allow: String? = nil)
    -> ConformanceCase
  {
    var item = served(name, text, statuses)
    item.isHead = true
    item.allow = allow
    return item
  }

  /// A request for a path that has other methods.
  static func notAllowed(_ name: String, _ text: String, allow: String) -> ConformanceCase {
    var item = served(name, text, [405], echo: "")
    item.allow = allow
    return item
  }

  /// A request that is refused, after which the connection is closed.
  static func refused(_ name: String, _ text: String, _ status: Int = 400) -> ConformanceCase {
    refused(name, bytes: Array(text.utf8), status)
  }

  /// A request of arbitrary bytes that is refused.
  static func refused(_ name: String, bytes: [UInt8], _ status: Int = 400) -> ConformanceCase {
    ConformanceCase(
      name: name, bytes: bytes, statuses: [status], staysOpen: false, echo: nil, endsInput: false)
  }

  /// Requests of which the last is refused and the earlier ones answered.
  static func refusedAfter(_ statuses: [Int], _ name: String, _ text: String) -> ConformanceCase {
    ConformanceCase(
      name: name, bytes: Array(text.utf8), statuses: statuses, staysOpen: false, echo: nil,
      endsInput: false)
  }
}

/// A request with these field lines after `Host`.
func with(_ fields: String..., method: String = "POST", body: String = "") -> String {
  "\(method) /x HTTP/1.1\r\nHost: a\r\n" + fields.map { $0 + "\r\n" }.joined() + "\r\n" + body
}

/// A request with this chunked content.
func chunked(_ content: String) -> String {
  with("Transfer-Encoding: chunked", body: content)
}

/// A request with this request line.
func line(_ line: String) -> String {
  line + "\r\nHost: a\r\n\r\n"
}

func repeatedly(_ count: Int, _ text: String) -> String {
  String(repeating: text, count: count)
}

/// The limits that the corpus is written for.
enum ConformanceLimits {
  static let requestLine = 256
  static let headerSection = 1024
  static let headerFields = 20
  static let body = 1000
}

/// Cases about one subject.
struct ConformanceGroup: Sendable, CustomStringConvertible {
  let subject: String
  let cases: [ConformanceCase]

  var description: String { subject }
}

/// All cases, by subject.
let conformanceGroups = [
  ConformanceGroup(subject: "request lines", cases: requestLineCases),
  ConformanceGroup(subject: "targets", cases: targetCases),
  ConformanceGroup(subject: "fields", cases: fieldCases),
  ConformanceGroup(subject: "framing", cases: framingCases),
  ConformanceGroup(subject: "chunks", cases: chunkCases),
  ConformanceGroup(subject: "connections", cases: connectionCases),
  ConformanceGroup(subject: "expectations", cases: expectationCases),
  ConformanceGroup(subject: "methods", cases: methodCases),
  ConformanceGroup(subject: "smuggling", cases: smugglingCases),
  ConformanceGroup(subject: "HTTP/2", cases: downgradeCases),
  ConformanceGroup(subject: "single bytes", cases: octetCases),
]

let conformanceCorpus = conformanceGroups.flatMap(\.cases)
