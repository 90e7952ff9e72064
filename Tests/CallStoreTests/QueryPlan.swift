import Foundation
import Synchronization

/// A plan as the server's auto_explain tells it (PostgreSQL manual, F.4) of a statement that was run.
struct QueryPlan: Decodable, Sendable {
  struct Node: Decodable, Sendable {
    var type: String
    var relation: String?
    var index: String?
    var arbiters: [String]?
    var plans: [Node]?

    private enum CodingKeys: String, CodingKey {
      case type = "Node Type"
      case relation = "Relation Name"
      case index = "Index Name"
      case arbiters = "Conflict Arbiter Indexes"
      case plans = "Plans"
    }

    /// This node and all below it.
    var all: [Node] { [self] + (plans ?? []).flatMap(\.all) }
  }

  var sql: String
  var root: Node

  private enum CodingKeys: String, CodingKey {
    case sql = "Query Text"
    case root = "Plan"
  }

  var nodes: [Node] { root.all }
  /// The indexes by which rows of tables are found.
  var indexes: Set<String> { Set(nodes.compactMap(\.index)) }
  /// The tables that are read from one end to the other.
  var scanned: Set<String> { Set(nodes.filter { $0.type == "Seq Scan" }.compactMap(\.relation)) }
}

/// Collects the plans out of a connection's notices.
final class QueryPlans: Sendable {
  private let found = Mutex<[QueryPlan]>([])

  var all: [QueryPlan] { found.withLock { $0 } }

  func removeAll() {
    found.withLock { $0 = [] }
  }

  @Sendable func receive(_ notice: String) {
    guard let start = notice.firstIndex(of: "{"), let end = notice.lastIndex(of: "}"),
      let plan = try? JSONDecoder().decode(QueryPlan.self, from: Data(notice[start...end].utf8))
    else { return }
    found.withLock { $0.append(plan) }
  }
}
