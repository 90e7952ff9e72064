import CallDomain
import Postgres
import Testing
import TwilioSimulator

extension MovingSync {
  /// A call as the rules of asking see it.
  struct Asked {
    let sid: String
    let began: Timestamp
    /// From when on nothing more is to come; nil when that never is.
    let settled: Timestamp?
  }

  /// Holds every asking against what is promised: from the first one on at least every `hours` hours, until the
  /// call is settled or was asked for at the age of 48 hours.
  ///
  /// - Returns: The longest time that a call waited, in minutes.
  func expectAskings(_ calls: [Asked], atLeastEvery hours: Int, until now: Timestamp) -> Int {
    let askings = notes.askings
    var longest = 0
    for call in calls {
      let times = askings[call.sid] ?? []
      guard var previous = times.first else { continue }
      let enough = min(call.settled ?? now, call.began.adding(hours: 48))
      for time in times.dropFirst() + [now] where previous < enough {
        longest = max(longest, time.seconds(since: previous) / 60)
        #expect(
          time.seconds(since: previous) <= hours * 3600,
          "\(call.sid) of \(call.began.iso8601) waited from \(previous.iso8601) to \(time.iso8601)")
        previous = time
      }
    }
    return longest
  }

  /// Holds what was given up against what is promised: only after one asking at 48 hours or later, and nothing
  /// is asked for by its SID afterwards.
  ///
  /// - Returns: The calls given up, those gone from Twilio not among them.
  func expectGivenUp(_ calls: [Asked]) async throws -> Set<String> {
    let result = try await installation.pool.repeatable(
      PostgresStatement(
        """
        SELECT call_id, extract(epoch FROM given_up_at)::bigint FROM unsettled_calls
        WHERE given_up_at IS NOT NULL AND gone_at IS NULL
        """))
    let known = Dictionary(uniqueKeysWithValues: calls.map { ($0.sid, $0) })
    let askings = notes.askings
    var givenUp: Set<String> = []
    for row in result.rows {
      let sid = try row.requiredText(0)
      let moment = try Timestamp(seconds: row.requiredInt(1))
      let call = try #require(known[sid])
      givenUp.insert(sid)
      #expect(moment.seconds(since: call.began) >= 48 * 3600, "\(sid) was given up too early")
      // A page bears the moment before its run's first request: seconds before this test hears of it.
      let slack = 60
      let times = askings[sid] ?? []
      #expect(
        times.contains { abs($0.seconds(since: moment)) <= slack }, "\(sid) was not asked for at the end")
      let surelyOld = call.began.adding(hours: 48).adding(seconds: slack)
      #expect(
        !times.contains { $0 >= surelyOld && $0.seconds(since: moment) < -slack },
        "\(sid) of \(call.began.iso8601) was asked for at 48 hours and given up at \(moment.iso8601) only")
    }
    return givenUp
  }
}
