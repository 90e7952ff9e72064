import Foundation
import TestSupport
import Testing
import TwilioSimulator

@Suite("Secrets and leads' numbers in what others make the program say", .timeLimit(.minutes(5)))
struct LeakTests {
  private static let guess = "intento-de-adivinar-el-secreto"

  @Test(
    "A failed attempt is logged in Spanish with its address and route, without what was sent",
    arguments: ["text", "json"])
  func attempts(format: String) async throws {
    try await withInstallation { installation in
      let service = try await installation.serve(changes: ["LOG_FORMAT": format])
      let basic = Data("\(Self.guess):\(Self.guess)".utf8).base64EncodedString()
      let sent = [
        "Bearer \(Self.guess)", "Basic \(basic)", "\(Self.guess) \(Self.guess)", Self.guess,
        "Bearer \(Secrets.cron)x", "Bearer \(Secrets.cron.dropLast())",
      ]
      for authorization in sent {
        let answer = try await service.askOpenly(
          "POST", LiveService.route + "?secret=\(Self.guess)",
          headers: ["Authorization: \(authorization)", "User-Agent: \(Self.guess)"])
        #expect(answer.status == 401)
      }
      #expect(try await service.end() == 0)
      let lines = service.program.output.split(separator: "\n").filter {
        $0.contains(
          format == "json"
            ? #""secret_refused""# : "⚠️ Secreto incorrecto en \(LiveService.route) desde 127.0.0.1")
      }
      #expect(lines.count == sent.count)
      for shown in [Self.guess, basic, String(Secrets.cron.dropLast())] {
        #expect(!service.program.output.contains(shown))
        #expect(!service.program.errors.contains(shown))
      }
    }
  }

  @Test("A flood of failed attempts does not fill the log")
  func flood() async throws {
    try await withInstallation { installation in
      let service = try await installation.serve(changes: ["LOG_LEVEL": "info"])
      for _ in 0..<60 {
        _ = try await service.askOpenly(
          "POST", LiveService.route, headers: ["Authorization: Bearer \(Self.guess)"])
      }
      #expect(try await service.sync().status == 200)
      #expect(try await service.end() == 0)
      let lines = service.program.output.split(separator: "\n").filter { $0.contains("Secreto incorrecto") }
      #expect(lines.count == 21)
      #expect(lines.last?.contains("los siguientes de este minuto no se anotan") == true)
    }
  }

  @Test("A secret or a number in the name of the client does not get into the run's record")
  func clientsName() async throws {
    try await withInstallation { installation in
      let service = try await installation.serve()
      for (name, recorded) in [
        (Secrets.cron, "•••"), ("curl/\(Secrets.cron)", "curl/•••"), ("curl/34600123456", "curl"),
        ("a34600123456", "http"), ("curl/8.5.0", "curl/8.5.0"),
      ] {
        let answer = try await service.ask("POST", LiveService.route, headers: ["User-Agent: \(name)"])
        #expect(answer.status == 200)
        let last = try await installation.value("SELECT requested_by FROM sync_runs ORDER BY id DESC LIMIT 1")
        #expect(last == recorded)
      }
    }
  }

  @Test(
    "What a database's own code says of a row, secrets and numbers in it, is not passed on",
    arguments: [3, 30])
  func databaseWords(calls: Int) async throws {
    try await withInstallation { installation in
      installation.simulation.put(TestCalls.settled(calls, now: installation.simulation.now))
      // A few refused calls are set aside, many end the run.
      let status = calls == 3 ? 200 : 500
      let words = "'\(Secrets.cron) \(Secrets.authToken) ' || NEW.phone_to"
      try await installation.sql(
        """
        CREATE FUNCTION tell() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
          RAISE WARNING '%', \(words);
          RAISE EXCEPTION '%', \(words) USING DETAIL = \(words), HINT = \(words);
        END $$
        """)
      try await installation.sql(
        "CREATE TRIGGER tell BEFORE INSERT ON calls FOR EACH ROW EXECUTE FUNCTION tell()")
      for format in ["text", "json"] {
        let service = try await installation.serve(changes: ["LOG_FORMAT": format])
        let answer = try await service.sync()
        #expect(answer.status == status)
        #expect(answer.integer("refusedCalls") == (calls == 3 ? 3 : nil))
        let command = try await installation.run("hourly", "--json", changes: ["LOG_FORMAT": format])
        #expect(command.status == (calls == 3 ? 0 : 1))
      }
    }
  }

  @Test("A number that breaks a constraint of the database does not show")
  func constraint() async throws {
    try await withInstallation { installation in
      installation.simulation.put(TestCalls.settled(30, now: installation.simulation.now))
      try await installation.sql("ALTER TABLE calls ADD CONSTRAINT short CHECK (length(lead_number) < 5)")
      let service = try await installation.serve()
      let answer = try await service.sync()
      #expect(answer.status == 500)
      #expect(answer.text("error")?.contains("SQLSTATE 23514, short") == true)
    }
  }

  @Test("What a proxy or Twilio says in an error, secrets and numbers in it, is not passed on")
  func twiliosWords() async throws {
    let basic = Data("\(AccountCredentials().accountSID):\(Secrets.authToken)".utf8).base64EncodedString()
    let words = "\(Secrets.authToken) Basic \(basic) \(Secrets.cron) +34600123456"
    let body = #"{"code": 20001, "message": "\#(words)", "more_info": "\#(words)", "status": 400}"#
    let server = try RawServer { _, connection in
      connection.write(
        "HTTP/1.1 400 \(words)\r\nContent-Type: application/json\r\nX-Words: \(words)\r\n"
          + "Content-Length: \(body.utf8.count)\r\nConnection: close\r\n\r\n\(body)")
      connection.close()
    }
    try await withInstallation { installation in
      let changes = ["TWILIO_API_BASE_URL": server.url]
      let answer = try await installation.serve(changes: changes).sync()
      #expect(answer.status == 502)
      #expect(answer.text("error")?.contains("código 20001") == true)
      #expect(try await installation.run("hourly", changes: changes).status == 1)
    }
  }

  @Test(
    "A secret of hexadecimal digits that Twilio's request id quotes is neither shown nor stored",
    arguments: ["TWILIO_AUTH_TOKEN", "CRON_SECRET"])
  func requestID(variable: String) async throws {
    let secret = "5ec2e7" + String(repeating: "7a1b", count: 6) + "0d"
    let server = try RawServer { _, connection in
      connection.write(
        "HTTP/1.1 401 Unauthorized\r\nContent-Type: application/json\r\nTwilio-Request-Id: RQ\(secret)\r\n"
          + "Content-Length: 2\r\nConnection: close\r\n\r\n{}")
      connection.close()
    }
    try await withInstallation { installation in
      let changes: [String: String?] = [variable: secret, "TWILIO_API_BASE_URL": server.url]
      var shown: [String] = []
      for format in ["text", "json"] {
        for command in ["hourly", "doctor"] {
          let ended = try await installation.run(
            command, "--json", changes: changes.merging(["LOG_FORMAT": format]) { $1 })
          #expect(ended.status == 1)
          shown += [ended.output, ended.errors]
        }
      }
      let service = try await installation.serve(changes: changes)
      let bearer = variable == "CRON_SECRET" ? secret : Secrets.cron
      for (method, path) in [("POST", LiveService.route), ("GET", "/api/sync-runs"), ("GET", "/")] {
        let answer = try await service.askOpenly(
          method, path, headers: ["Authorization: Bearer \(bearer)"])
        #expect(answer.status == (method == "POST" ? 502 : 200))
        shown += [answer.head, answer.body]
      }
      #expect(try await service.end() == 0)
      shown += [service.program.output, service.program.errors]
      shown += try await installation.column("SELECT r::text FROM sync_runs r").compactMap(\.self)
      #expect(shown.contains { $0.contains("Twilio no acepta las credenciales") })
      for text in shown { #expect(!text.contains(secret), "\(text)") }
    }
  }
}
