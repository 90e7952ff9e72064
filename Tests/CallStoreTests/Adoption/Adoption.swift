import CallDomain
import CallStore
import Foundation
import Postgres
import Synchronization
import TestSupport
import Testing

/// An older database of a test's own, not yet migrated.
struct Adoption: Sendable {
  let legacy: LegacyDatabase
  let database: PostgresTestDatabase
  /// As the tables' owner.
  let pool: PostgresPool
  /// As the service's role.
  let servicePool: PostgresPool

  /// As the tables' owner.
  var store: CallStore { CallStore(pool: pool, defaultWorkspace: WorkspaceID(1)) }

  /// As the service's role, which is let at the migrated tables.
  func serviceStore() async throws -> CallStore {
    try await database.permitService()
    return CallStore(pool: servicePool, defaultWorkspace: WorkspaceID(1))
  }

  /// Migrates and returns what was told meanwhile.
  @discardableResult
  func migrate() async throws -> [Migrator.Event] {
    let events = Mutex<[Migrator.Event]>([])
    _ = try await makeAdopter(
      pool, onEvent: { event in events.withLock { $0.append(event) } }
    ).run()
    return events.withLock(\.self)
  }

  /// The rows of `workspace_phones`.
  func directory() async throws -> [PhoneRow] {
    let result = try await pool.repeatable(
      PostgresStatement(
        """
        SELECT id, workspace_id, phone_number, coalesce(is_primary, false) FROM workspace_phones ORDER BY id
        """))
    return try result.rows.map { row in
      try PhoneRow(
        id: row.requiredInt(0), workspace: row.int(1).map(WorkspaceID.init), number: row.requiredText(2),
        isPrimary: row.requiredBool(3))
    }
  }

  /// Commits all calls as Twilio has them now, in pages, as a historical run does.
  func takeIn(_ calls: [Call], random: inout SeededRandom) async throws {
    let store = try await serviceStore()
    let fence = try await store.begin(.historical, requestedBy: "test", now: LegacyDatabase.now)
    let shuffled = calls.shuffled(using: &random)
    for start in stride(from: 0, to: shuffled.count, by: 1000) {
      let page = Array(shuffled[start..<min(start + 1000, shuffled.count)])
      _ = try await store.commit(IntakePage(calls: page, readAt: LegacyDatabase.now), fence: fence)
    }
    try await store.finish(
      SyncRun(
        id: fence.run, kind: .historical, state: .succeeded, startedAt: LegacyDatabase.now,
        requestedBy: "test"),
      fence: fence)
  }
}

/// A migrator at the moment of the adoption, whose lease is renewed: 60,000 calls may take longer than it
/// lasts.
func makeAdopter(
  _ pool: PostgresPool,
  onPause: @escaping @Sendable () async throws -> Void = { try await Task.sleep(for: .milliseconds(5)) },
  onEvent: @escaping @Sendable (Migrator.Event) -> Void = { _ in }
) -> Migrator {
  let lease = LeaseTerms()
  return Migrator(
    pool: pool, defaultWorkspace: WorkspaceID(1), lease: lease, token: .random(in: 1 ... .max),
    now: { LegacyDatabase.now },
    sleep: { milliseconds in
      if milliseconds == lease.heartbeat { return try await Task.sleep(for: .milliseconds(milliseconds)) }
      try await onPause()
    }, onEvent: onEvent)
}

/// Whether the tests that take minutes run too.
let isLong = ProcessInfo.processInfo.environment["TEST_LONG"] == "1"

/// The same calls for all installations.
private let generated =
  isLong ? LegacyDatabase(calls: 60_000, others: 5000) : LegacyDatabase(calls: 2000, others: 200)

/// Runs `body` with an older database of its own.
func withLegacy(
  _ traps: LegacyDatabase.Traps = LegacyDatabase.Traps(), isolation: isolated (any Actor)? = #isolation,
  _ body: (Adoption) async throws -> Void
) async throws {
  var legacy = generated
  legacy.traps = traps
  let filled = legacy
  let name = "legacy_\(traps.hasDefaultWorkspace)_\(traps.numbersAreUnique)_\(traps.hasViewOnCost)"
  let template = PostgresTemplate(name) { conninfo in
    let pool = PostgresPool(PostgresConfiguration(conninfo))
    try await filled.create(on: pool)
    await pool.close(grace: .zero)
  }
  try await PostgresCluster.shared().withDatabase(template: template) { database in
    try await body(
      Adoption(
        legacy: filled, database: database, pool: database.pool(), servicePool: database.servicePool()))
  }
}

/// One pass over all calls. Calls of different leads do not meet in the rules, so each lead is a pass of
/// its own: everything compared with everything would take hours here.
func plainOutcome(_ calls: [Call], directory: [PhoneRow]) -> PlainModel.Outcome {
  var outcome = PlainModel(calls: [], directory: [], defaultWorkspace: WorkspaceID(1)).outcome()
  for group in Dictionary(grouping: calls, by: \.leadNumber).values {
    let part = PlainModel(calls: group, directory: directory, defaultWorkspace: WorkspaceID(1)).outcome()
    outcome.rows.merge(part.rows) { first, _ in first }
    outcome.createdPhones.formUnion(part.createdPhones)
    outcome.adoptedRows.formUnion(part.adoptedRows)
  }
  return outcome
}

/// Expects the same lines in any order, and shows the first that differ.
func expectSame(
  _ found: [String], _ expected: [String], _ what: Comment, sourceLocation: SourceLocation = #_sourceLocation
) {
  let extra = Set(found).subtracting(expected).sorted()
  let missing = Set(expected).subtracting(found).sorted()
  #expect(extra.isEmpty && missing.isEmpty, what, sourceLocation: sourceLocation)
  #expect(found.count == expected.count, what, sourceLocation: sourceLocation)
  for line in extra.prefix(3) { Issue.record("\(what): found \(line)", sourceLocation: sourceLocation) }
  for line in missing.prefix(3) { Issue.record("\(what): missing \(line)", sourceLocation: sourceLocation) }
}

extension Duration {
  /// Milliseconds, for figures that are printed.
  var milliseconds: Int { Int(components.seconds * 1000 + components.attoseconds / 1_000_000_000_000_000) }
}
