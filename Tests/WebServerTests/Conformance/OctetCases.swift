/// Every byte in every place where few are allowed (RFC 9110 sections 5.1, 5.5 and 9.1, RFC 3986 section 3.3): the
/// others are refused one by one, those that are allowed served all together.
let octetCases: [ConformanceCase] = places.flatMap { place in
  (UInt8.min...UInt8.max).filter { !place.allowed.contains($0) }.map { byte in
    .refused("\(place.name), byte \(byte)", bytes: place.request([byte]))
  }
    + (place.isWide
      ? [.served("\(place.name), all that are allowed", bytes: place.request(place.allowed.sorted()))] : [])
}

/// A place in a request, between two texts.
private struct Place {
  let name: String
  let before: String
  let after: String
  let allowed: Set<UInt8>
  /// Whether all bytes that are allowed make sense together.
  var isWide = true

  func request(_ bytes: [UInt8]) -> [UInt8] {
    Array(before.utf8) + bytes + Array(after.utf8)
  }
}

private let letters = Set("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ".utf8)
private let digits = Set("0123456789".utf8)
private let hexadecimal = Set("0123456789abcdefABCDEF".utf8)
private let tokens = letters.union(digits).union("!#$%&'*+-.^_`|~".utf8)
private let names = letters.union(digits).union("-._~".utf8)
private let paths = names.union("!$&'()*+,;=:@/?".utf8)
private let queries = Set<UInt8>(33...126).subtracting("#%".utf8)
private let values = Set<UInt8>(32...255).subtracting([127]).union([9])

private let ending = " HTTP/1.1\r\nHost: a\r\n\r\n"
private let start = "GET /x HTTP/1.1\r\nHost: a\r\n"

private let places: [Place] = [
  Place(
    name: "a method", before: "GE", after: "T /x HTTP/1.1\r\nHost: a\r\n\r\n", allowed: tokens, isWide: false),
  Place(name: "a path", before: "GET /x", after: "y" + ending, allowed: paths),
  Place(name: "a query", before: "GET /x?y", after: "z" + ending, allowed: queries),
  Place(
    name: "a version", before: "GET /x HTTP/", after: ".1\r\nHost: a\r\n\r\n", allowed: digits, isWide: false),
  Place(name: "a field's name", before: start + "X", after: "Y: z\r\n\r\n", allowed: tokens.union(":".utf8)),
  Place(name: "a field's value", before: start + "X: y", after: "z\r\n\r\n", allowed: values),
  Place(name: "a Host", before: "GET /x HTTP/1.1\r\nHost: a", after: "b\r\n\r\n", allowed: names),
  Place(
    name: "a length", before: start + "Content-Length: 1", after: "1\r\n\r\n", allowed: digits, isWide: false),
  Place(
    name: "a coding", before: start + "Transfer-Encoding: chun", after: "ked\r\n\r\n0\r\n\r\n", allowed: [],
    isWide: false),
  Place(
    name: "a chunk's size", before: chunked("1"), after: "\r\na\r\n0\r\n\r\n", allowed: hexadecimal,
    isWide: false),
]
