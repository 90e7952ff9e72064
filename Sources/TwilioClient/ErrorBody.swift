/// Twilio's error body: `{"code": 20003, "message": …, "more_info": …, "status": 401}`
/// (https://www.twilio.com/docs/usage/twilios-response).
struct ErrorBody {
  /// Nil when the body is none of this kind; HTML and an empty body are usual.
  private(set) var code: Int?
  private(set) var message: String?
  private(set) var isJSON = false

  init(_ body: [UInt8]) {
    guard body.count <= 64 << 10 else { return }
    try? read(body)
  }

  private mutating func read(_ body: [UInt8]) throws(JSONReader.Malformed) {
    var json = JSONReader(body)
    var fields: [String: JSONToken] = [:]
    guard try json.next() == UInt8(ascii: "{") else { return }
    try json.enter()
    while let key = try json.key() {
      let value = try json.value()
      if let name = json.text(of: key), fields[name] == nil { fields[name] = value }
    }
    try json.finish()
    isJSON = true
    if let token = fields["code"], token.kind == .number { code = json.text(of: token).flatMap { Int($0) } }
    if let token = fields["message"], token.kind == .plain || token.kind == .coded {
      message = json.text(of: token)
    }
  }
}
