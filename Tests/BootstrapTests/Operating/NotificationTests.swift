import Foundation
import Synchronization
import TestSupport
import Testing
import TwilioSimulator

@Suite("Who is told of alerts and of successful runs", .timeLimit(.minutes(5)))
struct NotificationTests {
  private static let path = "/hooks/secreto-de-chat-44ab1"

  private func makeListener(_ status: String = "200 OK") throws -> RawServer {
    try RawServer { _, connection in connection.write(status: status) }
  }

  /// A call with a listener that refuses the first attempts.
  private func makeListener(failing attempts: Int) throws -> RawServer {
    let counter = Counter()
    return try RawServer { _, connection in
      connection.write(status: counter.next() <= attempts ? "503 Service Unavailable" : "204 No Content")
    }
  }

  @Test("A change is told once, whoever of two servers and a command sees it first, and its end as well")
  func onceAChange() async throws {
    try await withInstallation { installation in
      let listener = try makeListener()
      let changes = ["ALERT_WEBHOOK_URL": listener.url + Self.path, "ALERT_NO_CALLS_HOURS": "8000"]
      try await installation.sql("UPDATE schema_migrations SET applied_at = now() - INTERVAL '3 hours'")
      let services = [
        try await installation.serve(changes: changes), try await installation.serve(changes: changes),
      ]
      try await eventually("the alert is told") { !listener.requests.isEmpty }
      installation.simulation.put(TestCalls.settled(1, now: installation.simulation.now))
      #expect(try await installation.run("hourly", changes: changes).status == 0)
      #expect(try await services[1].sync().status == 200)
      try await eventually("its end is told") { listener.requests.count >= 2 }
      for service in services { #expect(try await service.end() == 0) }
      let bodies = listener.requests.map { $0.components(separatedBy: "\r\n\r\n").last ?? "" }
      #expect(bodies.count == 2)
      #expect(bodies.first?.contains(#""alert":"no_run","firing":true"#) == true)
      #expect(bodies.last?.contains(#""alert":"no_run","firing":false"#) == true)
      #expect(listener.requests.allSatisfy { $0.hasPrefix("POST \(Self.path) HTTP/1.1\r\n") })
    }
  }

  @Test(
    "A webhook that fails is asked again; one that refuses is not soon, and the log says so without its address"
  )
  func failing() async throws {
    try await withInstallation { installation in
      try await installation.sql("UPDATE schema_migrations SET applied_at = now() - INTERVAL '3 hours'")
      let moody = try makeListener(failing: 2)
      let changes = ["ALERT_WEBHOOK_URL": moody.url + Self.path, "ALERT_NO_CALLS_HOURS": "8000"]
      let service = try await installation.serve(changes: changes)
      try await eventually("it is told at the third attempt") { moody.requests.count == 3 }
      #expect(try await service.end() == 0)
      #expect(!service.program.output.contains("No se pudo avisar"))

      try await installation.sql("UPDATE sync_alerts SET told_firing = false")
      let closed = try makeListener("404 Not Found")
      let second = try await installation.serve(
        changes: changes.merging(["ALERT_WEBHOOK_URL": closed.url + Self.path]) { $1 })
      let line = try await second.program.line(containing: "No se pudo avisar a ALERT_WEBHOOK_URL")
      #expect(line.contains("respondió 404") && !line.contains(Self.path))
      #expect(closed.requests.count == 1)
    }
  }

  @Test(
    "Each chat tool, as strict as it is, takes the body of its own, and no other's",
    arguments: ChatReceiver.Tool.allCases)
  func chatTools(tool: ChatReceiver.Tool) async throws {
    try await withInstallation { installation in
      try await installation.sql("UPDATE schema_migrations SET applied_at = now() - INTERVAL '3 hours'")
      let receiver = try ChatReceiver(tool)
      let link = "https://sync.example/?a=1&b=2"
      let changes = ["ALERT_WEBHOOK_URL": receiver.url + Self.path, "PUBLIC_URL": link]
      let refused = try await installation.run("hourly", changes: changes)
      #expect(refused.status == 0 && refused.output.contains("(respondió 400); el aviso queda pendiente"))
      #expect(receiver.attempts == 1 && receiver.messages.isEmpty)
      let format = ["ALERT_WEBHOOK_FORMAT": tool.rawValue]
      let told = try await installation.run("hourly", changes: changes.merging(format) { $1 })
      #expect(told.status == 0 && !told.output.contains("No se pudo avisar"), "\(told.output)")
      installation.simulation.put(TestCalls.settled(1, now: installation.simulation.now))
      #expect(try await installation.run("hourly", changes: changes.merging(format) { $1 }).status == 0)
      let messages = receiver.messages
      try #require(messages.count == 2)
      #expect(messages[0].hasPrefix("🚨 twilio-sync: no_calls. ") && messages[0].contains("\n→ "))
      #expect(messages[1].hasPrefix("✅ twilio-sync: no_calls se ha resuelto. "))
      for message in messages { #expect(message.hasSuffix("\n\(link)"), "\(message)") }
    }
  }

  @Test("What a webhook or a monitor repeats of its address, of a secret or of a number is not shown")
  func echoed() async throws {
    try await withInstallation { installation in
      try await installation.sql("UPDATE schema_migrations SET applied_at = now() - INTERVAL '3 hours'")
      let path = "/api/webhooks/1234567890123/S3cretoDelChat44ab1/x%2Fy-abcdef?token=valor-secreto"
      let secrets = ["1234567890123", "S3cretoDelChat", "x%2Fy", "x/y", "valor-secreto"]
      let basic = Data("AC:\(Secrets.authToken)".utf8).base64EncodedString()
      for echo in [
        "Cannot POST \(path)", #"{"path":"\#(path.replacing("/", with: #"\/"#))"}"#,
        "x/y-abcdef \(basic) 34600123456 " + String(repeating: ".", count: 130) + path,
      ] {
        let echoing = try RawServer { _, connection in
          connection.write(status: "404 Not Found", body: Array(echo.utf8))
        }
        let changes = ["ALERT_WEBHOOK_URL": echoing.url + path, "HEARTBEAT_URL": echoing.url + path]
        try await installation.sql("UPDATE sync_alerts SET told_firing = false, claimed_until = NULL")
        for format in ["text", "json"] {
          let ended = try await installation.run(
            "hourly", changes: changes.merging(["LOG_FORMAT": format]) { $1 })
          #expect(ended.status == 0 && ended.output.contains("respondió 404"), "\(ended.output)")
          #expect(ended.output.contains("•••"), "\(ended.output)")
          for secret in secrets { #expect(!ended.output.contains(secret), "\(ended.output)") }
        }
      }
    }
  }

  @Test("The heartbeat is asked after each successful hourly run, by server and command, and after no other")
  func heartbeat() async throws {
    try await withInstallation { installation in
      let listener = try makeListener()
      let changes = ["HEARTBEAT_URL": listener.url + Self.path]
      #expect(try await installation.run("hourly", changes: changes).status == 0)
      #expect(listener.requests.count == 1)
      #expect(listener.requests.first?.hasPrefix("GET \(Self.path) HTTP/1.1\r\n") == true)
      try installation.simulation.setFaults("*:401")
      #expect(try await installation.run("hourly", changes: changes).status == 1)
      #expect(try await installation.run("reattribute", changes: changes).status == 0)
      #expect(listener.requests.count == 1)
      try installation.simulation.setFaults("")
      let service = try await installation.serve(changes: changes)
      #expect(try await service.sync().status == 200)
      try await eventually("the server asks it") { listener.requests.count == 2 }
    }
  }

  @Test("A monitor behind a proxy and an authority of one's own is asked through it, and doctor shows both")
  func proxied() async throws {
    let certificates = try TestCertificates()
    let monitor = try OpenSSLServer(certificates.issue(for: "localhost"))
    let proxy = try RawServer.proxy(to: monitor.port)
    let variables = [
      "HTTPS_PROXY": "http://me:pass%2D77ef@127.0.0.1:\(proxy.port)",
      "SSL_CERT_FILE": certificates.authorities,
      "HEARTBEAT_URL": monitor.url + Self.path,
    ]
    try await withInstallation { installation in
      let ended = try await installation.run("hourly", changes: variables)
      #expect(ended.status == 0 && !ended.output.contains("No se pudo avisar"), "\(ended.output)")
      // Twilio's place is taken by this machine itself, in the clear and past every proxy.
      #expect(proxy.requests.count == 1 && proxy.requests.first?.hasPrefix("CONNECT localhost:") == true)
      let doctor = try await installation.run(
        "doctor", changes: variables.merging(["NO_PROXY": "a.example"]) { $1 })
      #expect(
        doctor.output.contains(
          "✅ salida: Lo que va por https:// sale por el proxy 127.0.0.1:\(proxy.port), salvo a a.example."),
        "\(doctor.output)")
      #expect(doctor.output.contains("Se creen los certificados de \(certificates.authorities)."))
      let away = ["HTTPS_PROXY": "http://me:pass%2D77ef@127.0.0.1:\(try RawServer.makeFreePort())"]
      let failed = try await installation.run("hourly", changes: variables.merging(away) { $1 })
      #expect(
        failed.status == 0 && failed.output.contains("el proxy de HTTPS_PROXY no lleva hasta él"),
        "\(failed.output)")
      for output in [ended.output, doctor.output, failed.output, failed.errors] {
        #expect(!output.contains("77ef"))
      }
    }
    _ = monitor.stop()
  }

  @Test(
    "A command whose run cannot begin looks at the alerts where they can be noted, and says why it cannot begin once",
    arguments: [
      "DELETE FROM workspaces", "REVOKE INSERT ON calls FROM \(TestCluster.role)",
      "DELETE FROM schema_migrations WHERE version = (SELECT max(version) FROM schema_migrations)",
      "UPDATE schema_migrations SET oldest_program = 1000000",
      "ALTER TABLE calls DROP CONSTRAINT calls_pkey CASCADE",
    ])
  func cannotBegin(statement: String) async throws {
    try await withInstallation { installation in
      try await installation.sql("UPDATE schema_migrations SET applied_at = now() - INTERVAL '3 hours'")
      try await installation.sql(statement)
      let listener = try makeListener()
      let changes = ["ALERT_WEBHOOK_URL": listener.url + Self.path, "ALERT_NO_CALLS_HOURS": "8000"]
      for _ in 0..<2 {
        let ended = try await installation.run("hourly", changes: changes)
        #expect(ended.status == 1 && ended.errors.contains("❌ "), "\(ended.output)\(ended.errors)")
        #expect(!ended.output.contains("No se pueden evaluar las alertas"), "\(ended.output)")
      }
      #expect(try await installation.runStates().isEmpty)
      #expect(listener.requests.count == 1)
      #expect(listener.requests.first?.contains(#""alert":"no_run","firing":true"#) == true)
    }
  }

  @Test("Where the alerts can be neither read nor noted a command says why it failed, and no more")
  func cannotLook() async throws {
    try await withInstallation { installation in
      try await installation.sql("UPDATE schema_migrations SET applied_at = now() - INTERVAL '3 hours'")
      let listener = try makeListener()
      let changes = ["ALERT_WEBHOOK_URL": listener.url + Self.path]
      let nobody = ["DATABASE_URL": "postgresql://127.0.0.1:\(try RawServer.makeFreePort())/base"]
      let away = try await installation.run("hourly", changes: changes.merging(nobody) { $1 })
      #expect(away.status == 1 && away.output.isEmpty, "\(away.output)")
      for statement in [
        "ALTER DATABASE \(installation.database.name) SET default_transaction_read_only = on",
        "DROP SCHEMA public CASCADE",
      ] {
        try await installation.sql(statement)
        let ended = try await installation.run("hourly", changes: changes)
        #expect(ended.status == 1 && ended.output.isEmpty, "\(ended.output)")
        try await installation.sql("ALTER DATABASE \(installation.database.name) RESET ALL")
      }
      #expect(listener.requests.isEmpty)
    }
  }

  @Test("A monitor that does not answer keeps no alert from being told at the end of a command")
  func hangingMonitor() async throws {
    try await withInstallation { installation in
      try await installation.sql("UPDATE schema_migrations SET applied_at = now() - INTERVAL '3 hours'")
      let silent = try RawServer { _, connection in connection.waitForClose() }
      let listener = try makeListener()
      let command = try installation.start(
        "hourly", changes: ["HEARTBEAT_URL": silent.url, "ALERT_WEBHOOK_URL": listener.url])
      try await eventually("the alert is told") { listener.requests.count == 1 }
      #expect(listener.requests.first?.contains(#""alert":"no_calls","firing":true"#) == true)
      command.send(SIGKILL)
      try await command.exitStatus()
    }
  }

  @Test("A run waits for nobody who is told of it")
  func neverBlocks() async throws {
    try await withInstallation { installation in
      // It takes the request and never answers.
      let silent = try RawServer { _, connection in connection.waitForClose() }
      let service = try await installation.serve(
        changes: ["HEARTBEAT_URL": silent.url, "ALERT_WEBHOOK_URL": silent.url])
      #expect(try await service.sync().status == 200)
      try await eventually("the heartbeat hangs") { !silent.requests.isEmpty }
      #expect(try await service.sync().status == 200)
      #expect(try await service.end() == 0)
    }
  }

  @Test(
    "An address that is none is a fault of the configuration, and is not shown",
    arguments: [
      "hooks.example/x", "ftp://hooks.example/x", "http://hooks.example/x", "https://u:p@hooks.example/x",
    ])
  func addresses(address: String) async throws {
    try await withPrograms { programs in
      for name in ["ALERT_WEBHOOK_URL", "HEARTBEAT_URL"] {
        let ended = try await programs.run(
          ["hourly"], ConfigurationTests.environment.changed(by: [name: address]))
        #expect(ended.status == 2 && ended.errors.contains("\(name) debe ser una dirección https://"))
        #expect(!ended.errors.contains("hooks.example"))
      }
    }
  }
}

/// Counts, from any thread.
private final class Counter: Sendable {
  private let count = Mutex(0)

  func next() -> Int {
    count.withLock { count in
      count += 1
      return count
    }
  }
}
