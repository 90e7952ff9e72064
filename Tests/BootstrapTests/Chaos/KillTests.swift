import CallDomain
import Foundation
import TestSupport
import Testing
import TwilioSimulator

@Suite("Killed at random moments", .timeLimit(.minutes(60)))
struct KillTests {
  @Test("kill -9 leaves complete pages only, and the next runs make up for it")
  func kills() async throws {
    let seed = ChaosProfile.seed()
    try await withInstallation { installation in
      try await installation.fillDirectory()
      let directory = try await installation.directory()
      var site = KillSite(installation, seed: seed)
      try await site.prepare()
      let wanted = ChaosProfile.isLong ? 100 : 8
      while site.hits < wanted && site.kills < 3 * wanted { try await site.round() }
      print(
        """
        kill -9: seed \(seed), \(site.kills) kills, \(site.hits) hit a run in progress, \(site.partly) of them \
        after its first page and before its last, \(site.inTransaction) with a transaction open
        """)
      #expect(site.hits >= wanted)
      try await site.finish(directory: directory)
    }
  }
}

/// Where runs are killed: each round brings new calls of the last 60 hours, and changes older ones.
struct KillSite {
  let installation: Installation
  private(set) var kills = 0
  /// Kills of a run that was recorded as running.
  private(set) var hits = 0
  /// Hits after which some slices of the run were complete and others were not begun.
  private(set) var partly = 0
  /// Hits at a moment when the program had a transaction open.
  private(set) var inTransaction = 0

  private var varied: VariedCalls
  private var random: TestSupport.SeededRandom
  private var calls: [SimulatedCall] = []
  private var requestsOfRun = 0
  private static let hours = 60

  init(_ installation: Installation, seed: UInt64) {
    self.installation = installation
    random = TestSupport.SeededRandom(seed: seed)
    varied = VariedCalls(
      seed: seed, rates: .init(latePriced: 0, neverPriced: 5, neverFinal: 5, threeHours: 0))
  }

  /// Makes Twilio and the database slow enough to be hit in the middle of each step, and counts the
  /// requests of an undisturbed run.
  mutating func prepare() async throws {
    installation.simulation.setLoad(latencyMilliseconds: 20, concurrencyLimit: nil)
    try await installation.sql(
      """
      CREATE FUNCTION slow() RETURNS trigger LANGUAGE plpgsql AS
      $$ BEGIN PERFORM pg_sleep(0.03); RETURN NULL; END $$
      """)
    try await installation.sql(
      "CREATE TRIGGER slow AFTER INSERT OR UPDATE ON calls FOR EACH STATEMENT EXECUTE FUNCTION slow()")
    try await bringNews()
    let before = installation.simulation.requests.count
    try await completeRun()
    requestsOfRun = installation.simulation.requests.count - before
  }

  /// One run that is killed, and now and then one that is not.
  mutating func round() async throws {
    let (news, begin) = try await bringNews()
    let earlier = installation.simulation.requests.count
    let target = earlier + random.number(in: 0...requestsOfRun)
    let simulation = installation.simulation
    let runs = try await installation.runStates().count
    let program = try installation.start("hourly")
    try await eventually("the run's turn to be killed comes") {
      simulation.requests.count >= target || !program.isRunning
    }
    try await Task.sleep(for: .milliseconds(random.number(in: 0...90)))
    if random.chance(40) {
      try await eventually("a transaction") { try await hasTransaction() || !program.isRunning }
    }
    let isInTransaction = try await hasTransaction()
    program.send(SIGKILL)
    let status = try await program.exitStatus()
    kills += 1
    try await installation.noBackends()
    let states = try await installation.runStates()
    let isHit = status == 128 + SIGKILL && states.count > runs && states.last == "running"
    if isHit { hits += 1 }
    if isHit && isInTransaction { inTransaction += 1 }
    try await checkPages(news, since: begin, isHit: isHit)
    try await installation.endLease()
    if kills % 3 == 0 { try await completeRun() }
  }

  /// The table after everything, against Twilio and against one plain pass over all calls.
  mutating func finish(directory: [PhoneRow]) async throws {
    try await rewind()
    try await completeRun()
    let truth = try SimulatedTruth(
      installation.simulation, from: installation.simulation.now.adding(hours: -120))
    let comparison = try await TableComparison(installation, truth, isExpected: { _ in true })
    comparison.expectNothingWrong()
    #expect(comparison.equal == calls.count)
    try await installation.expectPlainAttribution(truth, directory: directory)
    let running = try await installation.value("SELECT count(*) FROM sync_runs WHERE state = 'running'")
    #expect(running == "0")
    let died = try await installation.value("SELECT count(*) FROM sync_runs WHERE state = 'interrupted'")
    #expect(died == "\(hits)")
    print("kill -9: at the end \(comparison.equal) rows equal Twilio and the plain model")
  }

  /// New calls, changes of earlier ones, and a log that is to be read again.
  @discardableResult
  private mutating func bringNews() async throws -> (news: [SimulatedCall], begin: Timestamp) {
    let now = installation.simulation.now
    for index in calls.indices where random.chance(5) && calls[index].life.ended == nil {
      let answered = calls[index].life.answered ?? calls[index].life.created
      calls[index].life.ended = answered.adding(seconds: 90)
      calls[index].life.priced = answered.adding(seconds: 120)
      calls[index].price = "-0.0\(random.number(in: 100...999))"
      installation.simulation.put([calls[index]])
    }
    // Few enough for a slice to fit on one page at the end, too.
    let news = varied.calls(
      everySeconds: ChaosProfile.isLong ? 10_800 : 3600, from: now.adding(hours: -Self.hours),
      until: now.adding(hours: -4))
    calls += news
    installation.simulation.put(news)
    try await rewind()
    return (news, now)
  }

  private func rewind() async throws {
    try await installation.sql(
      "UPDATE sync_state SET covered_until = clock_timestamp() - interval '\(Self.hours + 1) hours'")
  }

  private func completeRun() async throws {
    let ended = try await installation.run("hourly")
    #expect(ended.status == 0, "\(ended.output)\(ended.errors)")
  }

  private func hasTransaction() async throws -> Bool {
    try await installation.value(
      """
      SELECT count(*) FROM pg_stat_activity WHERE usename = '\(TestCluster.role)'
        AND datname = current_database() AND xact_start IS NOT NULL
      """) != "0"
  }

  /// A page is there with its mark, or neither is: of this round's calls exactly those are stored that began
  /// before the moment up to which the log is covered.
  private mutating func checkPages(
    _ news: [SimulatedCall], since begin: Timestamp, isHit: Bool
  ) async throws {
    let text = try await installation.value(
      "SELECT (extract(epoch FROM covered_until) * 1000)::bigint FROM sync_state")
    let covered = Timestamp(milliseconds: try #require(text.flatMap { Int64($0) }))
    let known = Set(try await installation.column("SELECT id FROM calls").compactMap(\.self))
    let stored = Set(news.map(\.sid).filter(known.contains))
    let complete = Set(news.filter { ($0.life.dialled ?? $0.life.created) < covered }.map(\.sid))
    #expect(stored == complete)
    if isHit && !stored.isEmpty && stored.count < news.count { partly += 1 }
    let orphans = try await installation.column(
      """
      SELECT phone_number FROM workspace_phones p WHERE workspace_id = 1 AND p.phone_number LIKE '+34922%'
        AND NOT EXISTS (SELECT FROM calls c WHERE c.phone_number = p.phone_number)
      """)
    #expect(orphans.isEmpty, "numbers without the calls they were created for")
    let nameless = try await installation.column(
      """
      SELECT id FROM calls c WHERE phone_number IS NOT NULL
        AND NOT EXISTS (SELECT FROM workspace_phones p WHERE p.phone_number = c.phone_number)
      """)
    #expect(nameless.isEmpty, "calls without the number that was to be created for them")
  }
}
