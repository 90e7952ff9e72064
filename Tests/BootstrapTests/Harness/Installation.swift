import Postgres
import TestSupport
import Testing
import TwilioSimulator

/// What one test of the whole program works with: a database, a simulated Twilio and programs that use both.
final class Installation: Sendable {
  let cluster: PostgresCluster
  let database: PostgresTestDatabase
  let simulator: SimulatorServer
  let programs = Programs()
  /// The eyes and hands of an administrator in the database, past any pooler.
  let pool: PostgresPool

  init(cluster: PostgresCluster, database: PostgresTestDatabase, simulator: SimulatorServer) {
    self.cluster = cluster
    self.database = database
    self.simulator = simulator
    pool = database.pool(direct: true)
  }

  var simulation: Simulation { simulator.simulation }

  /// What a well-made installation sets.
  var environment: [String: String] {
    [
      "CRON_SECRET": Secrets.cron, "DATABASE_URL": TestCluster.url(cluster, database.name),
      "TWILIO_ACCOUNT_SID": AccountCredentials().accountSID, "TWILIO_AUTH_TOKEN": Secrets.authToken,
      "TWILIO_API_BASE_URL": simulator.baseURL, "HOST": "127.0.0.1", "PORT": "0", "LOG_LEVEL": "debug",
    ]
  }

  /// Runs a command to its end; `changes` to the environment, nil for a variable that is not set.
  func run(_ arguments: String..., changes: [String: String?] = [:]) async throws -> Programs.Ended {
    try await programs.run(arguments, environment.changed(by: changes))
  }

  func start(_ arguments: String..., changes: [String: String?] = [:]) throws -> ProgramProcess {
    try programs.start(arguments, environment.changed(by: changes))
  }

  /// Starts `serve` and waits until it listens.
  func serve(changes: [String: String?] = [:]) async throws -> LiveService {
    try await LiveService(programs, try start("serve", changes: changes))
  }
}

extension Dictionary<String, String> {
  func changed(by changes: [String: String?]) -> [String: String] {
    merging(changes.compactMapValues(\.self)) { $1 }.filter { changes[$0.key] != .some(nil) }
  }
}

// MARK: - Begin and end

/// Runs a test with an installation of its own on the shared cluster.
func withInstallation(
  template: PostgresTemplate? = TestCluster.migrated, simulator: SimulatorConfiguration = .init(),
  _ body: (Installation) async throws -> Void
) async throws {
  let cluster = try await TestCluster.shared()
  try await withInstallation(on: cluster, template: template, simulator: simulator, body)
}

/// The same on a cluster of the test's own, which it may stop; it is removed at the end.
///
/// - Parameter settings: Lines of `postgresql.conf`.
func withPrivateInstallation(
  template: PostgresTemplate? = TestCluster.migrated, simulator: SimulatorConfiguration = .init(),
  settings: [String] = [], _ body: (Installation) async throws -> Void
) async throws {
  let cluster = try await TestCluster.make(settings: settings)
  let result = await Result {
    try await withInstallation(on: cluster, template: template, simulator: simulator, body)
  }
  await cluster.remove()
  try result.get()
}

private func withInstallation(
  on cluster: PostgresCluster, template: PostgresTemplate?, simulator: SimulatorConfiguration,
  _ body: (Installation) async throws -> Void
) async throws {
  await Slots.shared.take()
  let result = await Result {
    let database = try await cluster.database(template: template)
    let result = await Result {
      try await run(on: cluster, database: database, simulator: simulator, body)
    }
    let failed = if case .failure = result { true } else { false }
    try await database.finish(keep: failed)
    try result.get()
  }
  await Slots.shared.giveBack()
  try result.get()
}

private func run(
  on cluster: PostgresCluster, database: PostgresTestDatabase, simulator: SimulatorConfiguration,
  _ body: (Installation) async throws -> Void
) async throws {
  var configuration = simulator
  configuration.credentials.authToken = Secrets.authToken
  configuration.credentials.apiSecret = Secrets.apiSecret
  let installation = Installation(
    cluster: cluster, database: database, simulator: try await SimulatorServer.start(configuration))
  let result = await Result { try await body(installation) }
  // The column `moves` names numbers of ours; some were a lead's before Twilio corrected a call's direction.
  let records = await Result {
    try await installation.column("SELECT (to_jsonb(r) - 'moves')::text FROM sync_runs r")
  }
  for record in (try? records.get()) ?? [] { installation.programs.note(record ?? "") }
  try await installation.programs.end()
  await installation.simulator.stop()
  try result.get()
}
