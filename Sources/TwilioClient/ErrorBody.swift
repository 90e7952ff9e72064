/// Twilio's error body (facts 3.1): `{"code": 20003, "message": …, "more_info": …, "status": 401}`.
enum ErrorBody {
  /// The `code`, nil when the body is none of this kind; HTML and an empty body are usual.
  static func code(_ body: [UInt8]) -> Int? {
    guard body.count <= 64 << 10 else { return nil }
    return try? fields(of: body)
  }

  private static func fields(of body: [UInt8]) throws(JSONReader.Malformed) -> Int? {
    var json = JSONReader(body)
    var code: JSONToken?
    guard try json.next() == UInt8(ascii: "{") else { return nil }
    try json.enter()
    while let key = try json.key() {
      let value = try json.value()
      if code == nil, json.text(of: key) == "code" { code = value }
    }
    try json.finish()
    guard let code, code.kind == .number else { return nil }
    return json.text(of: code).flatMap { Int($0) }
  }
}
