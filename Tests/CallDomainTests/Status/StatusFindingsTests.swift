import CallDomain
import TestSupport
import Testing

@Suite("What doctor says of the stored state")
struct StatusFindingsTests {
  private static let now = makeTime("2026-03-02T12:00:00Z")

  private func finding(_ check: String, _ change: (inout StatusFacts) -> Void) -> Finding? {
    var facts = StatusFacts()
    change(&facts)
    return ServiceStatus(facts, rules: AlertRules(), now: Self.now).findings.first { $0.check == check }
  }

  private func finding(_ check: String, _ change: (inout Inspection) -> Void) -> Finding? {
    var inspection = Inspection()
    change(&inspection)
    return inspection.findings(now: Self.now).first { $0.check == check }
  }

  @Test("Gaps are a fault, with the commands that fill the first three")
  func gaps() {
    #expect(finding("alerta gap") { (_: inout StatusFacts) in }?.level == .ok)
    let gap = finding("alerta gap") { facts in
      facts.gaps = (1...4).map { day in
        Period(start: makeTime("2026-02-0\(day)T00:00:00Z"), end: makeTime("2026-02-0\(day)T06:00:00Z"))
      }
    }
    #expect(gap?.level == .fault)
    #expect(
      gap?.whatToDo?.contains(
        "«twilio-sync historical --since 2026-02-01T00:00:00.000Z --until 2026-02-01T06:00:00.000Z»") == true)
    #expect(gap?.whatToDo?.contains("2026-02-04") == false && gap?.whatToDo?.contains("1 más") == true)
  }

  @Test("A run that did not end well is told with its reason and command, also while the next is in progress")
  func lastRuns() {
    #expect(finding("última ejecución") { (_: inout StatusFacts) in }?.level == .warning)
    func last(_ kind: RunKind, _ state: RunState, isRunning: Bool = false) -> Finding? {
      finding(kind == .hourly ? "última ejecución" : "última ejecución \(kind.rawValue)") { facts in
        let run = SyncRun(
          id: RunID(7), kind: kind, state: state, startedAt: Self.now, error: "Twilio no responde.",
          requestedBy: "test")
        facts.runs[kind] = StatusFacts.Runs()
        facts.runs[kind]?.ended = [run]
        facts.runs[kind]?.last = run
        if isRunning { facts.runs[kind]?.last?.state = .running }
      }
    }
    #expect(
      last(.hourly, .succeeded)?.level == .ok && last(.hourly, .succeeded, isRunning: true)?.level == .ok)
    for kind in RunKind.allCases where kind != .assign {
      for isRunning in [true, false] {
        let failed = last(kind, isRunning ? .interrupted : .failed, isRunning: isRunning)
        #expect(failed?.state == .attention && failed?.detail.contains("Twilio no responde.") == true)
        #expect(failed?.whatToDo?.contains("«twilio-sync \(kind.rawValue)»") == true)
      }
      #expect(kind == .hourly || last(kind, .succeeded) == nil)
    }
    #expect(last(.assign, .failed) == nil)
  }

  @Test("What cannot be used, what is refused, what an audit found, and what nobody asks for needs somebody")
  func others() {
    for (check, state, change) in [
      ("llamadas abandonadas", ServiceState.attention, { $0.givenUpCalls = 2 }),
      ("llamadas rechazadas", .attention, { $0.refusedCalls = 1 }),
      (
        "auditoría", .attention,
        {
          $0.audits = [AuditDay(makeTime("2026-01-01T00:00:00Z"))]
          $0.audits[0].missing = 1
        }
      ),
      (
        "base de datos", .broken, { $0.unusable = RunFailure(.database(.full), "Está llena.", "Haga sitio.") }
      ),
    ] as [(String, ServiceState, (inout StatusFacts) -> Void)] {
      #expect(finding(check, change)?.state == state && finding(check, change)?.level == .fault, "\(check)")
      #expect(finding(check, change)?.whatToDo != nil)
    }
    let asked = finding("llamadas abandonadas") { (facts: inout StatusFacts) in
      facts.givenUpCalls = 2
      facts.givenUpPeriod = Period(
        start: makeTime("2026-01-01T00:00:00Z"), end: makeTime("2026-01-03T00:00:00Z"))
    }
    #expect(
      asked?.whatToDo?.contains(
        "«twilio-sync historical --since 2026-01-01T00:00:00.000Z --until 2026-01-03T00:00:00.000Z»") == true)
  }

  @Test(
    "That nobody fills the hourly sums any more is said, and is no finding; while they are filled nothing is said"
  )
  func olderSums() {
    #expect(finding("twilio_snapshots") { (_: inout Inspection) in } == nil)
    for (last, isTold) in [("2026-02-28T12:00:00Z", false), ("2026-02-28T11:59:59Z", true), (nil, true)] {
      let told = finding("twilio_snapshots") { (inspection: inout Inspection) in
        inspection.snapshots = Inspection.Snapshots(last: last.map(makeTime))
      }
      #expect(told?.level == (isTold ? .ok : nil))
      #expect((told?.detail.contains("la vista twilio_calls_hourly") == true) == isTold)
    }
    #expect(
      finding("vistas") { (inspection: inout Inspection) in inspection.hasViews = false }?.level == .warning)
  }

  @Test("Numbers that stand in workspaces alone come with the INSERT to run")
  func unlisted() throws {
    let number = try #require(PhoneNumber("+34910000007"))
    let odd = try #require(PhoneNumber("client:o'\u{301}ha'ra"))
    let found = finding("números de workspaces") { inspection in
      inspection.unlisted = [
        Inspection.Listing(number: number, workspace: WorkspaceID(5)),
        Inspection.Listing(number: odd, workspace: WorkspaceID(6)),
      ]
    }
    #expect(found?.level == .warning)
    #expect(
      found?.whatToDo?.contains(
        """
        INSERT INTO workspace_phones (workspace_id, phone_number, is_primary) VALUES (5, '+34910000007', true), \
        (6, 'client:o''\u{301}ha''ra', true);
        """) == true)
  }

  @Test("Shared numbers name their workspaces; a clock its distance")
  func tables() {
    let shared = finding("números repetidos") { inspection in
      var facts = DirectoryFacts()
      facts.rows = [4, 6].map {
        PhoneRow(id: $0, workspace: WorkspaceID($0), number: "+34910000007", isPrimary: false)
      }
      inspection.shared = facts.phones(defaultWorkspace: WorkspaceID(1))
    }
    #expect(shared?.level == .warning && shared?.detail.contains("+34910000007 (4, 6)") == true)
    #expect(shared?.whatToDo?.contains("DELETE FROM workspace_phones WHERE id = 6;") == true)
    #expect(finding("filas sin workspace") { $0.phonesWithoutWorkspace = 1 }?.level == .warning)
    #expect(finding("llamadas y directorio") { $0.callsBeforeEdits = 1 }?.level == .warning)
    func clock(_ seconds: Int) -> Finding.Level? {
      finding("reloj de la base de datos") { $0.databaseTime = Self.now.adding(seconds: seconds) }?.level
    }
    #expect(clock(60) == .ok && clock(61) == .warning && clock(-61) == .warning)
  }
}
