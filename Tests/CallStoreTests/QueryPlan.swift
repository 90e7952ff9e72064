import Foundation
import Synchronization

/// A plan as the server's auto_explain tells it (PostgreSQL manual, F.4) of a statement that was run.
struct QueryPlan: Decodable, Sendable {
  struct Node: Decodable, Sendable {
    var type: String
    var relation: String?
    var index: String?
    var arbiters: [String]?
    /// How many came out of it each time that it ran.
    var rows: Double
    var loops: Double
    var removedRows: Double?
    var plans: [Node]?

    private enum CodingKeys: String, CodingKey {
      case type = "Node Type"
      case relation = "Relation Name"
      case index = "Index Name"
      case arbiters = "Conflict Arbiter Indexes"
      case rows = "Actual Rows"
      case loops = "Actual Loops"
      case removedRows = "Rows Removed by Filter"
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
  /// How many rows of a table the node read that read most, the entries of indexes not counted.
  func mostRows(of relation: String, exceptBy indexes: Set<String>) -> Double {
    nodes.filter { node in
      node.relation == relation && node.type != "Index Only Scan"
        && indexes.isDisjoint(with: node.all.compactMap(\.index))
    }.map { ($0.rows + ($0.removedRows ?? 0)) * $0.loops }.max() ?? 0
  }
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
