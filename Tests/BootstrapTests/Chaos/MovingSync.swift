import Bootstrap
import CallDomain
import CallStore
import Curl
import Postgres
import SyncEngine
import Synchronization
import TestSupport
import TwilioClient
import TwilioSimulator

/// The hourly sync in this process: the real engine, store and Twilio client, by the simulator's clock, which
/// the test moves.
struct MovingSync {
  let installation: Installation
  let notes = Notes()
  private let store: CallStore
  private let conductor: RunConductor

  /// What was seen of all runs.
  final class Notes: Sendable {
    private let asked = Mutex<[String: [Timestamp]]>([:])
    private let events = Mutex<[SyncEvent]>([])

    /// When Twilio told of each call, or that it is gone.
    var askings: [String: [Timestamp]] { asked.withLock(\.self) }

    /// The periods that operators were told to fill.
    var gaps: [Period] {
      events.withLock(\.self).compactMap { event in
        if case .gap(let period) = event { period } else { nil }
      }
    }

    /// The calls that operators were told to be refused.
    var refused: Set<String> {
      let sids: [String] = events.withLock(\.self).compactMap { event in
        if case .refused(let call) = event { call.sid.text } else { nil }
      }
      return Set(sids)
    }

    func note(_ sids: [CallSID], at moment: Timestamp) {
      asked.withLock { asked in for sid in sids { asked[sid.text, default: []].append(moment) } }
    }

    func note(_ event: SyncEvent) {
      events.withLock { $0.append(event) }
    }
  }

  /// - Parameter settings: What the operator has set.
  init(_ installation: Installation, settings: HourlySync.Settings = HourlySync.Settings()) throws {
    self.installation = installation
    let simulation = installation.simulation
    let notes = notes
    let log = TwilioCallLog(
      http: CurlClient(maxHandles: 4),
      credentials: try TwilioCredentials(
        accountSID: AccountCredentials().accountSID, authToken: Secrets.authToken),
      host: try TwilioHost(baseURL: installation.simulator.baseURL))
    let pool = installation.database.pool {
      $0.connectionString.replace("user=postgres", with: "user=\(TestCluster.role)")
    }
    store = CallStore(pool: pool, defaultWorkspace: WorkspaceID(1))
    let clock = Self.clock(of: simulation)
    let hourly = HourlySync(
      settings: settings, log: NotedLog(log: log, simulation: simulation, notes: notes),
      gate: RequestGate(maximum: 4, clock: clock), calls: store, runs: store, clock: clock)
    conductor = RunConductor(
      hourly: hourly, historical: nil, calls: store, runs: store, clock: clock, makeToken: makeToken,
      leaseSeconds: LeaseTerms().seconds, heartbeat: LeaseTerms().heartbeat,
      report: { notes.note($1) })
  }

  /// One hourly run at that moment.
  func run(at moment: Timestamp) async throws -> SyncRun { try await attempt(at: moment).get() }

  /// The same for one that may fail.
  func attempt(at moment: Timestamp) async throws -> Result<SyncRun, RunFailure> {
    installation.simulation.setClock(.fixed(moment))
    return try await conductor.start(.hourly, requestedBy: "test").outcome()
  }

  /// The alerts that fire at that moment.
  func alerts(_ rules: AlertRules, at moment: Timestamp) async throws -> [Alert] {
    rules.alerts(try await store.status(now: moment), now: moment).filter(\.isFiring)
  }

  // Time goes on while a run works: a second for every look at the clock.
  private static func clock(of simulation: Simulation) -> EngineClock {
    EngineClock(
      now: {
        simulation.advanceClock(bySeconds: 1)
        return simulation.now
      },
      sleep: { try await Task.sleep(for: .milliseconds($0)) }, random: { 0.5 })
  }

  /// Twilio's log, which notes what was told of.
  private struct NotedLog: CallLog {
    let log: TwilioCallLog
    let simulation: Simulation
    let notes: Notes

    func list(_ query: CallQuery) async throws(RunFailure) -> CallPage { noted(try await log.list(query)) }

    func next(_ reference: String) async throws(RunFailure) -> CallPage {
      noted(try await log.next(reference))
    }

    func call(_ sid: CallSID) async throws(RunFailure) -> CallPage {
      let page = try await log.call(sid)
      notes.note([sid], at: simulation.now)
      return page
    }

    private func noted(_ page: CallPage) -> CallPage {
      notes.note(page.calls.map(\.sid), at: simulation.now)
      return page
    }
  }
}
