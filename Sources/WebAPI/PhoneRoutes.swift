import CallDomain
import Foundation
import WebServer

/// The directory of numbers; the route that assigns one starts a run (`StartRoutes`).
enum PhoneRoutes {
  /// `/api/phones`.
  static func list(_ service: any SyncService) -> Route {
    Route(reading: "/api/phones") { _ throws(RunFailure) in .answer(try await service.phones().answer.json) }
  }
}

/// What `PUT /api/phones/{number}` is sent: `{"workspace": 4, "past": false}`.
struct AssignmentContent: Decodable {
  let workspace: Int64
  let past: Bool?

  /// - Throws: `badParameter`; also for a key that is mistyped.
  init(_ request: HTTPRequest) throws(RunFailure) {
    let type = request.headers["Content-Type"]?.prefix { $0 != ";" } ?? ""
    guard type.filter({ $0 != " " }).lowercased() == "application/json" else { throw .noJSON }
    let (content, decoder) = (Data(request.body), JSONDecoder())
    do {
      let keys = try decoder.decode([String: Anything].self, from: content).keys
      guard keys.allSatisfy(["workspace", "past"].contains) else { throw RunFailure.badAssignment }
      self = try decoder.decode(Self.self, from: content)
      guard workspace >= 0 else { throw RunFailure.badAssignment }
    } catch {
      throw .badAssignment
    }
  }

  /// A value that only its key is looked at for.
  private struct Anything: Decodable {
    init(from decoder: any Decoder) {}
  }
}
