import Bootstrap
import Foundation
import Synchronization
import TestSupport
import Testing

@Suite("Every alert is told, by the clock of the test", .timeLimit(.minutes(5)))
struct AlertWatchTests {
  private static let path = "/hooks/secreto-de-chat-44ab1"
  private static let silence = "UPDATE schema_migrations SET applied_at = '2026-03-02T09:00:00Z'"
  private static let noSilence = "UPDATE schema_migrations SET applied_at = '2026-03-03T09:00:00Z'"

  /// What a listener was sent, and when.
  private final class Heard: Sendable {
    let times = Mutex<[Int64]>([])

    /// - Parameter status: What it answers after so many milliseconds.
    func listener(
      _ time: AlertDesk.Time, status: @escaping @Sendable (Int64) -> String = { _ in "200 OK" }
    ) throws -> RawServer {
      try RawServer { _, connection in
        let elapsed = time.elapsed
        self.times.withLock { $0.append(elapsed) }
        connection.write(status: status(elapsed))
      }
    }

    var all: [Int64] { times.withLock(\.self) }
  }

  private func changes(_ listener: RawServer, _ others: [String: String?] = [:]) -> [String: String?] {
    ["ALERT_WEBHOOK_URL": listener.url + Self.path, "ALERT_NO_CALLS_HOURS": "8000"].merging(others) { $1 }
  }

  private func messages(_ listener: RawServer) -> [String] {
    listener.requests.compactMap { request in
      request.firstMatch(of: /"alert":"(\w+)","firing":(true|false)/).map { "\($0.1) \($0.2)" }
    }
  }

  @Test(
    "A webhook that is dead for ten minutes hears of the alert within five more, once; the log says once that it is"
  )
  func deadForTenMinutes() async throws {
    try await withInstallation { installation in
      let time = AlertDesk.Time("2026-03-02T12:00:00Z")
      let heard = Heard()
      let listener = try heard.listener(time) { $0 < 600_000 ? "500 Internal Server Error" : "200 OK" }
      try await installation.sql(Self.silence)
      let desk = try AlertDesk(installation, time, changes(listener))
      await desk.keepLooking(until: 7_200_000)
      #expect(heard.all == [0, 500, 2500, 10_500, 50_500, 130_500, 290_500, 590_500, 890_500])
      #expect(Set(messages(listener)) == ["no_run true"])
      #expect(desk.count("⚠️ Alerta no_run") == 1)
      #expect(
        desk.count("No se pudo avisar a ALERT_WEBHOOK_URL (respondió 500); el aviso queda pendiente") == 1)
      #expect(!desk.output.contains(Self.path))
      try await installation.sql(Self.noSilence)
      _ = await desk.watch.look()
      #expect(messages(listener).suffix(2) == ["no_run true", "no_run false"])
      #expect(desk.count("✅ Alerta no_run resuelta") == 1)
    }
  }

  @Test(
    "A webhook that refuses is asked in no hurry; a process that starts anew, perhaps with another, at once")
  func refused() async throws {
    try await withInstallation { installation in
      let time = AlertDesk.Time("2026-03-02T12:00:00Z")
      let (heard, heardElsewhere) = (Heard(), Heard())
      let closed = try heard.listener(time) { _ in "404 Not Found" }
      try await installation.sql(Self.silence)
      let desk = try AlertDesk(installation, time, changes(closed))
      await desk.keepLooking(until: 14_400_000)
      #expect(heard.all == [0, 300_000, 900_000, 2_100_000, 4_500_000, 8_100_000, 11_700_000])
      #expect(desk.count("No se pudo avisar") == 1)
      let open = try heardElsewhere.listener(time)
      let restarted = try AlertDesk(installation, time, changes(open))
      _ = await restarted.watch.look()
      #expect(messages(open) == ["no_run true"])
      _ = await desk.watch.look()
      #expect(heard.all.count == 7 && restarted.output.isEmpty)
    }
  }

  @Test("An alert that fired and ended before anybody could be told of it is told of in neither way")
  func overBeforeTold() async throws {
    try await withInstallation { installation in
      let time = AlertDesk.Time("2026-03-02T12:00:00Z")
      let heard = Heard()
      let listener = try heard.listener(time) { $0 < 600_000 ? "503 Service Unavailable" : "200 OK" }
      try await installation.sql(Self.silence)
      let desk = try AlertDesk(installation, time, changes(listener))
      await desk.keepLooking(until: 60_000)
      let attempts = heard.all
      #expect(attempts == [0, 500, 2500, 10_500, 50_500])
      try await installation.sql(Self.noSilence)
      await desk.keepLooking(until: 7_200_000)
      #expect(heard.all == attempts)
      #expect(desk.count("⚠️ Alerta no_run") == 1 && desk.count("✅ Alerta no_run resuelta") == 1)
    }
  }

  @Test("An alert that fires since a time that is none is told when it ends, and when it fires again")
  func oddTime() async throws {
    try await withInstallation { installation in
      let time = AlertDesk.Time("2026-03-02T12:00:00Z")
      let listener = try Heard().listener(time)
      try await installation.sql(
        "UPDATE sync_alerts SET firing_since = 'infinity', told_firing = true WHERE name = 'no_run'")
      let desk = try AlertDesk(installation, time, changes(listener))
      for (statement, message) in [
        (Self.silence, []), (Self.noSilence, ["no_run false"]), (Self.silence, ["no_run true"]),
      ] {
        let before = listener.requests.count
        try await installation.sql(statement)
        #expect(await desk.watch.look() == nil)
        #expect(messages(listener).suffix(from: before) == message[...])
      }
      #expect(desk.count("⚠️ Alerta no_run") == 2 && desk.count("✅ Alerta no_run resuelta") == 1)
    }
  }

  @Test("Without a webhook a change is noted and logged; who has one tells it, and does not log it again")
  func withoutWebhook() async throws {
    try await withInstallation { installation in
      let time = AlertDesk.Time("2026-03-02T12:00:00Z")
      let listener = try Heard().listener(time)
      try await installation.sql(Self.silence)
      let mute = try AlertDesk(installation, time, changes(listener, ["ALERT_WEBHOOK_URL": nil]))
      #expect(await mute.watch.look() == nil)
      #expect(mute.count("⚠️ Alerta no_run") == 1 && listener.requests.isEmpty)
      let desk = try AlertDesk(installation, time, changes(listener))
      for _ in 0..<2 { #expect(await desk.watch.look() == nil) }
      #expect(messages(listener) == ["no_run true"] && desk.output.isEmpty)
    }
  }

  @Test("Why the alerts cannot be evaluated is told once for each cause, and again after they could be")
  func unknown() async throws {
    try await withInstallation { installation in
      let time = AlertDesk.Time("2026-03-02T12:00:00Z")
      let desk = try AlertDesk(installation, time, ["ALERT_NO_CALLS_HOURS": "8000"])
      func look(_ statements: String...) async throws -> [Int] {
        for statement in statements { try await installation.sql("ALTER TABLE \(statement)") }
        for _ in 0..<2 { _ = await desk.watch.look() }
        return ["unsettled_calls", "sync_holes"].map {
          desk.count("No se pueden evaluar las alertas: Al esquema de la base de datos le falta \($0).")
        }
      }
      #expect(try await look("unsettled_calls RENAME TO u") == [1, 0])
      #expect(try await look("sync_holes RENAME TO h", "u RENAME TO unsettled_calls") == [1, 1])
      #expect(try await look("unsettled_calls RENAME TO u", "h RENAME TO sync_holes") == [1, 1])
      #expect(try await look("u RENAME TO unsettled_calls") == [1, 1])
      #expect(try await look("unsettled_calls RENAME TO u") == [2, 1])
    }
  }

  @Test("Two that look at the same time tell and log each change once")
  func replicas() async throws {
    try await withInstallation { installation in
      let time = AlertDesk.Time("2026-03-02T12:00:00Z")
      let listener = try Heard().listener(time)
      let desks = try (0..<2).map { _ in try AlertDesk(installation, time, changes(listener)) }
      var expected: [String] = []
      for round in 0..<8 {
        try await installation.sql(round % 2 == 0 ? Self.silence : Self.noSilence)
        expected.append("no_run \(round % 2 == 0)")
        async let one = desks[0].watch.look()
        async let other = desks[1].watch.look()
        _ = await (one, other)
        #expect(messages(listener) == expected)
      }
      let logged = desks.map { $0.count("Alerta no_run: ") + $0.count("Alerta no_run resuelta") }
      #expect(logged.reduce(0, +) == 8)
    }
  }

  @Test("Quiet times mute an alert: they neither end it nor repeat it; its own end is told, in them as well")
  func quietTimes() async throws {
    try await withInstallation { installation in
      let time = AlertDesk.Time("2026-03-02T12:00:00Z")
      let listener = try Heard().listener(time)
      let desk = try AlertDesk(
        installation, time,
        changes(listener, ["ALERT_NO_CALLS_HOURS": nil, "ALERT_QUIET_TIMES": "22:00-07:00"]))
      func call(_ id: String, at moment: String) async throws {
        try await installation.sql(
          "INSERT INTO calls (id, source, workspace_id, call_date) VALUES ('\(id)', 'twilio', 1, '\(moment)')"
        )
      }
      func look(_ moment: String, hears expected: [String]) async {
        time.move(to: moment)
        _ = await desk.watch.look()
        #expect(messages(listener) == expected, "at \(moment)")
      }
      try await call("CA1", at: "2026-03-02T19:30:00Z")
      let firing = "no_calls true"
      let over = "no_calls false"
      await look("2026-03-02T21:29:00Z", hears: [])
      await look("2026-03-02T21:31:00Z", hears: [firing])
      await look("2026-03-02T22:00:00Z", hears: [firing])
      await look("2026-03-03T06:59:00Z", hears: [firing])
      await look("2026-03-03T07:00:00Z", hears: [firing])
      #expect(desk.count("Alerta no_calls") == 1)
      try await call("CA2", at: "2026-03-03T07:01:00Z")
      await look("2026-03-03T07:02:00Z", hears: [firing, over])
      // It passes its limit as they begin, and is told at their end.
      try await call("CA3", at: "2026-03-03T19:59:59Z")
      await look("2026-03-03T22:00:00Z", hears: [firing, over])
      #expect(desk.count("Alerta no_calls") == 2)
      await look("2026-03-04T07:00:00Z", hears: [firing, over, firing])
      // It ends in the middle of them.
      try await call("CA4", at: "2026-03-04T23:30:00Z")
      await look("2026-03-04T23:31:00Z", hears: [firing, over, firing, over])
      #expect(desk.count("Alerta no_calls") == 4)
    }
  }

  @Test("What could not be told before quiet times begin waits for their end")
  func untoldBeforeQuietTimes() async throws {
    try await withInstallation { installation in
      let time = AlertDesk.Time("2026-03-02T21:58:00Z")
      let heard = Heard()
      let listener = try heard.listener(time) { $0 < 60_000 ? "500 Internal Server Error" : "200 OK" }
      try await installation.sql(Self.silence)
      let desk = try AlertDesk(
        installation, time,
        changes(
          listener,
          [
            "ALERT_NO_CALLS_HOURS": nil, "ALERT_NO_RUN_HOURS": "8000", "ALERT_QUIET_TIMES": "22:00-07:00",
          ]))
      await desk.keepLooking(until: 119_000)
      #expect(heard.all == [0, 500, 2500, 10_500, 50_500])
      await desk.keepLooking(until: 9 * 3_600_000)
      #expect(heard.all.count == 5)
      await desk.keepLooking(until: 10 * 3_600_000)
      #expect(heard.all.count == 6 && (heard.all.last ?? 0) >= 9 * 3_600_000)
    }
  }
}
