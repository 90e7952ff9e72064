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
  private let conductor: RunConductor

  /// What was seen of all runs.
  final class Notes: Sendable {
    private let asked = Mutex<[String: [Timestamp]]>([:])
    private let events = Mutex<[SyncEvent]>([])

    /// When Twilio told of each call, or that it is gone.
    var askings: [String: [Timestamp]] { asked.withLock(\.self) }

    /// The periods that operators were told to fill.
    var holes: [Period] {
      events.withLock(\.self).compactMap { event in
        if case .hole(let period) = event { period } else { nil }
      }
    }

    func note(_ sids: [CallSID], at moment: Timestamp) {
      asked.withLock { asked in for sid in sids { asked[sid.text, default: []].append(moment) } }
    }

    func note(_ event: SyncEvent) {
      events.withLock { $0.append(event) }
    }
  }

  init(_ installation: Installation) throws {
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
    let store = CallStore(pool: pool, defaultWorkspace: WorkspaceID(1))
    let (calls, runs) = (CallLedger(store), RunLedger(store))
    let clock = Self.clock(of: simulation)
    let hourly = HourlySync(
      settings: HourlySync.Settings(), source: Self.noted(CallSource(log), simulation, notes), calls: calls,
      runs: runs, clock: clock)
    conductor = RunConductor(
      hourly: hourly, historical: nil, calls: calls, runs: runs, clock: clock, report: { notes.note($1) })
  }

  /// One hourly run at that moment.
  func run(at moment: Timestamp) async throws -> SyncRun {
    installation.simulation.setClock(.fixed(moment))
    return try await conductor.start(.hourly, requestedBy: "test").outcome().get()
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

  private static func noted(_ source: CallSource, _ simulation: Simulation, _ notes: Notes) -> CallSource {
    CallSource(
      list: { query throws(SourceError) in
        let page = try await source.list(query)
        notes.note(page.calls.map(\.sid), at: simulation.now)
        return page
      },
      next: { reference throws(SourceError) in
        let page = try await source.next(reference)
        notes.note(page.calls.map(\.sid), at: simulation.now)
        return page
      },
      call: { sid throws(SourceError) in
        let page = try await source.call(sid)
        notes.note([sid], at: simulation.now)
        return page
      })
  }
}
