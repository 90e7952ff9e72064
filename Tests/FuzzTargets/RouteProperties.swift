import CallDomain
import Foundation
import Synchronization
import WebAPI
import WebServer

/// The routes: nothing is started without the one right header, no order is without sense, and every answer
/// is one that the interface knows.
///
/// The input is a line with the target and lines with header fields. A request that brings no
/// `Authorization` gets the right one.
enum RouteProperties {
  static func check(_ input: [UInt8]) throws(BrokenProperty) {
    let lines = Lines.of(input[...])
    guard let target = lines.first.flatMap({ RequestTarget($0) }) else { return }
    var headers = HTTPHeaders()
    for (name, value) in lines.dropFirst().compactMap(Lines.field) { headers.add(name, value) }
    if headers["Authorization"] == nil { headers.set("Authorization", "Bearer \(secret)") }
    try compareWithRewritten(target)
    for method in [HTTPMethod.get, .post] {
      try judge(HTTPRequest(method: method, target: target, headers: headers, remoteAddress: "127.0.0.1"))
    }
  }

  private static let secret = "correct-horse-battery"
  private static let statuses: Set<Int> = [200, 202, 303, 400, 401, 403, 404, 405]

  private static func judge(_ request: HTTPRequest) throws(BrokenProperty) {
    let service = NotedService()
    let response = service.answer(request, secret: secret)
    let notes = service.notes.withLock { $0 }
    try hold(statuses.contains(response.status.code), "the status \(response.status.code)")
    let deeds = notes.orders.count + notes.queries.count + notes.searches.count
    try hold(deeds <= 1, "one request did two things")
    let fields = request.headers.all("Authorization")
    if deeds > 0 {
      try hold(fields.count == 1, "a request with \(fields.count) secrets was let in")
    }
    for order in notes.orders {
      try hold(fields.first.map(isBearer) == true, "\(fields) started a run")
      try hold(hasSense(order), "the order \(order)")
    }
    for query in notes.queries {
      // One more than the largest page, which tells whether there is a next one.
      try hold((2...501).contains(query.limit) && query.before?.number ?? 1 >= 1, "the query \(query)")
    }
    for search in notes.searches {
      try hold((1...2000).contains(search.limit) && hasSense(search), "the search \(search)")
    }
    try judge(response)
  }

  private static func hasSense(_ search: CallSearch) -> Bool {
    guard let since = search.since, let until = search.until else { return true }
    return since < until
  }

  private static func isBearer(_ field: String) -> Bool {
    field.prefix(7).lowercased() == "bearer " && field.drop { $0 != " " }.drop { $0 == " " } == secret
  }

  private static func hasSense(_ order: RunOrder) -> Bool {
    guard case .historical(let since?, let until?, _) = order else { return true }
    return since < until
  }

  private static func judge(_ response: HTTPResponse) throws(BrokenProperty) {
    let id = response.headers["X-Request-Id"] ?? ""
    try hold((1...128).contains(id.utf8.count), "the request id \(id)")
    for field in response.headers {
      try hold(!field.value.utf8.contains { $0 < 32 && $0 != 9 }, "the answer's field \(field)")
    }
    guard case .bytes(let body) = response.body,
      response.headers["Content-Type"]?.hasPrefix("application/json") == true
    else {
      return
    }
    let text = String(decoding: body, as: UTF8.self)
    try hold((try? JSONSerialization.jsonObject(with: Data(body))) != nil, "the answer \(text)")
  }

  /// A query's names and values are the same with every byte of it percent-encoded.
  ///
  /// `QueryItem.number` is not: a plus sign that was sent as such stays one in a number only.
  private static func compareWithRewritten(_ target: RequestTarget) throws(BrokenProperty) {
    let items = target.query.map { "\(encoded($0.name))=\(encoded($0.value))" }
    let rewritten = RequestTarget("\(target.rawPath)?\(items.joined(separator: "&"))")
    let isSame = rewritten?.query.elementsEqual(target.query) { $0.name == $1.name && $0.value == $1.value }
    try hold(isSame == true, "the query of \(target) is another one when it is encoded")
  }

  private static func encoded(_ text: String) -> String {
    text.utf8.map { byte in
      let digits = String(byte, radix: 16)
      return "%" + (digits.count == 1 ? "0" : "") + digits
    }.joined()
  }
}
