import CallDomain
import TestSupport
import Testing
import TwilioSimulator

/// Where a `MidnightScript` is played, and what must be there afterwards.
struct MidnightSite {
  let installation: Installation
  let script: MidnightScript
  /// Names the seed.
  let comment: String
  private var directory: [PhoneRow] = []
  /// What was stored after the resync before.
  private var stored: Set<String> = []
  private var refusesOdd = false

  init(_ installation: Installation, _ script: MidnightScript, comment: String) {
    self.installation = installation
    self.script = script
    self.comment = comment
  }

  mutating func play() async throws {
    try await installation.fillDirectory()
    directory = try await installation.directory()
    installation.simulation.put(script.calls)
    let hole = script.hole
    try await installation.sql(
      "INSERT INTO sync_holes VALUES ('\(hole.start.iso8601)', '\(hole.end.iso8601)')")
    if script.tableRefusesOdd { try await setOdd(refused: true) }
    let first = try await resync(script.first)
    try await check(first, refusedMost: script.first.contains(where: \.tableRefusesMost))

    installation.simulation.put(script.corrections)
    if script.isTableMended, refusesOdd { try await setOdd(refused: false) }
    let second = try await resync(script.second, script.isRestart ? ["--restart"] : [])
    try await check(second, refusedMost: false)
  }

  private mutating func setOdd(refused: Bool) async throws {
    try await installation.sql(refused ? RefusingTable.refuseOdd : RefusingTable.takeOdd)
    refusesOdd = refused
  }

  /// Runs a resync again and again until it ends well. Until then the hole stays as it is.
  ///
  /// - Parameter arguments: Of the first run alone; the others go on with it.
  private func resync(
    _ runs: [MidnightScript.Run], _ arguments: [String] = []
  ) async throws -> Resync {
    let bounds = ["--since", script.period.start.iso8601, "--until", script.period.end.iso8601]
    let before = try await holes()
    var arguments = bounds + arguments
    for run in runs {
      try installation.simulation.setFaults(run.faults)
      if run.tableRefusesMost { try await installation.sql(RefusingTable.refuseMost) }
      let ended = try await installation.resync(arguments)
      if run.tableRefusesMost { try await installation.sql(RefusingTable.takeMost) }
      if ended.status == 0 { return ended }
      try #require(ended.status == 1, "\(comment): \(ended.errors)")
      #expect(try await holes() == before, "\(comment)")
      arguments = bounds
    }
    throw NeverHappened(description: "\(comment): a resync that ends well")
  }

  /// Holds the tables against Twilio, whose faults end here, and the plain model. What is not there was refused or
  /// lies in a hole; the answer and `doctor` tell of it.
  private mutating func check(_ run: Resync, refusedMost: Bool) async throws {
    let simulation = installation.simulation
    try simulation.setFaults("")
    let period = script.period
    // What is of no case any more is there only where it was before.
    let truth = try SimulatedTruth(simulation, from: period.start.adding(hours: -24), former: stored)
    let refused = try await sids("SELECT call_id FROM refused_calls")
    let comparison = try await TableComparison(
      installation, truth, isExpected: { period.contains($0.began) && !refused.contains($0.sid) })
    comparison.expectNothingWrong("\(comment)")
    try await installation.expectPlainAttribution(
      truth, directory: directory, isByLead: true, comment: comment)

    directory = try await installation.directory()
    stored = try await sids("SELECT id FROM calls")
    #expect(refused.isDisjoint(with: stored), "\(comment)")
    let known = truth.entries.filter { period.contains($0.began) && $0.call.attributionCase != nil }
    let odd = Set(known.map(\.sid).filter { refusesOdd && RefusingTable.isOdd($0) })
    // Those of pages with few calls were set aside while most were refused, and nobody has asked for them again.
    #expect(refusedMost ? odd.isSubset(of: refused) : odd == refused, "\(comment)")
    let listed = script.calls.count { period.contains($0.life.dialled ?? $0.life.created) }
    #expect(run.result.integer("totalCalls") == listed, "\(comment)")
    #expect(run.result.integer("refusedCalls") == refused.count, "\(comment)")
    let saved = known.filter { stored.contains($0.sid) }
    #expect(run.result.integer("savedCalls") == saved.count, "\(comment)")
    try await checkTold(refused: refused.count)
  }

  private func checkTold(refused: Int) async throws {
    let left = [
      Period(start: script.hole.start, end: script.period.start),
      Period(start: script.period.end, end: script.hole.end),
    ].filter { $0.start < $0.end }
    let recorded = left.map { "\($0.start.milliseconds) \($0.end.milliseconds)" }
    #expect(try await holes() == recorded, "\(comment)")
    let doctor = try await installation.run("doctor").output
    for hole in left {
      #expect(doctor.contains("--since \(hole.start.iso8601) --until \(hole.end.iso8601)"), "\(comment)")
    }
    #expect(doctor.contains("aparte en refused_calls") == (refused > 0), "\(comment)")
  }

  private func holes() async throws -> [String] {
    let holes = try await installation.column(
      """
      SELECT (extract(epoch FROM period_start) * 1000)::bigint || ' '
        || (extract(epoch FROM period_end) * 1000)::bigint FROM sync_holes ORDER BY period_start
      """)
    return holes.compactMap(\.self)
  }

  private func sids(_ query: String) async throws -> Set<String> {
    Set(try await installation.column(query).compactMap(\.self))
  }
}
