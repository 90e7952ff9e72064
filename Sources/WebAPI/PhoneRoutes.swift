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
    do {
      self = try JSONDecoder().decode(Self.self, from: Data(request.body))
    } catch {
      throw .badAssignment
    }
  }

  init(from decoder: any Decoder) throws {
    let values = try decoder.container(keyedBy: Key.self)
    guard values.allKeys.allSatisfy({ [Self.workspace, Self.past].contains($0) }) else {
      throw RunFailure.badAssignment
    }
    workspace = try values.decode(Int64.self, forKey: Self.workspace)
    past = try values.decodeIfPresent(Bool.self, forKey: Self.past)
  }

  // Any name, so that unknown ones are seen.
  private struct Key: CodingKey, Hashable {
    let stringValue: String
    let intValue: Int? = nil

    init(stringValue: String) { self.stringValue = stringValue }
    init?(intValue: Int) { nil }
  }

  private static let workspace = Key(stringValue: "workspace")
  private static let past = Key(stringValue: "past")
}
