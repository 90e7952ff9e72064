import Foundation
import TestSupport
import Testing
import TwilioSimulator

@Suite("Secrets in files", .timeLimit(.minutes(5)))
struct SecretFilesTests {
  /// A folder of files that is gone at the end.
  private func withFiles(_ body: (URL) async throws -> Void) async throws {
    let folder = FileManager.default.temporaryDirectory.appending(path: "secrets-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    let result = await Result { try await body(folder) }
    try FileManager.default.removeItem(at: folder)
    try result.get()
  }

  private func file(_ text: String, named name: String, in folder: URL) throws -> String {
    let file = folder.appending(path: name)
    try Data(text.utf8).write(to: file)
    return file.path
  }

  @Test("Every secret may come from a file, with or without a line end, and is shown nowhere")
  func allFromFiles() async throws {
    let listener = try RawServer { _, connection in connection.write(status: "200 OK") }
    try await withInstallation { installation in
      try await installation.sql("UPDATE schema_migrations SET applied_at = now() - INTERVAL '3 hours'")
      try await withFiles { folder in
        let secrets = [
          "CRON_SECRET": Secrets.cron, "CRON_SECRET_PREVIOUS": "cron-anterior-5d1f0a7be",
          "READ_SECRET": "solo-lectura-8d1f0a7be", "METRICS_SECRET": "solo-cifras-8d1f0a7bee",
          "DATABASE_URL": try #require(installation.environment["DATABASE_URL"]),
          "TWILIO_API_SECRET": Secrets.apiSecret, "TWILIO_AUTH_TOKEN": Secrets.authToken,
          "ALERT_WEBHOOK_URL": listener.url + "/hooks/chat-33aa",
          "HEARTBEAT_URL": listener.url + "/ping-44bb",
        ]
        var changes: [String: String?] = ["TWILIO_API_KEY": AccountCredentials().apiKey]
        for (number, name) in secrets.keys.sorted().enumerated() {
          let text = secrets[name, default: ""] + ["", "\n", "\r\n"][number % 3]
          changes[name] = .some(nil)
          changes[name + "_FILE"] = try file(text, named: name, in: folder)
        }
        let service = try await installation.serve(changes: changes)
        #expect(try await service.sync().status == 200)
        try await eventually("webhook and monitor are asked") {
          Set(listener.requests.compactMap { $0.split(separator: " ").dropFirst().first.map(String.init) })
            == ["/hooks/chat-33aa", "/ping-44bb"]
        }
        for (path, name) in [("/api/phones", "READ_SECRET"), ("/metrics", "METRICS_SECRET")] {
          let header = "Authorization: Bearer \(secrets[name, default: ""])"
          #expect(try await service.askOpenly("GET", path, headers: [header]).status == 200)
        }
        let doctor = try await installation.run("doctor", changes: changes)
        #expect(
          doctor.output.contains("✅ configuración: Todas las variables se entienden."), "\(doctor.output)")
        // A secret that stands somewhere else as well is known by the file that holds it.
        for (name, secret) in secrets {
          let told = try await installation.run("serve", changes: changes.merging(["PORT": secret]) { $1 })
          #expect(told.status == 2 && told.errors.contains("PORT debe ser"), "\(name)")
          #expect(told.errors.contains("•••") && !told.errors.contains(secret), "\(name): \(told.errors)")
        }
      }
    }
  }

  @Test("A file that can be read once only is enough")
  func pipe() async throws {
    try await withInstallation { installation in
      let environment = installation.environment.changed(by: ["TWILIO_AUTH_TOKEN": nil])
      let shell = "TWILIO_AUTH_TOKEN_FILE=/dev/fd/3 \"$@\" 3<<'E'\n\(Secrets.authToken)\nE\n"
      let ended = try await installation.programs.run(["hourly"], environment, shell: shell)
      #expect(ended.status == 0, "\(ended.errors)")
    }
  }

  @Test("A faulty file is a sentence with the setting and the file, beside the other faults; doctor names it")
  func faultyFiles() async throws {
    try await withFiles { folder in
      let faults: [(name: String, path: String, sentence: String)] = [
        ("CRON_SECRET", folder.path + "/falta", "nombra un fichero que no se puede leer"),
        ("READ_SECRET", folder.path, "nombra un fichero que no se puede leer"),
        ("METRICS_SECRET", try file("", named: "vacio", in: folder), "nombra un fichero vacío"),
        ("CRON_SECRET_PREVIOUS", try file("\n", named: "linea", in: folder), "nombra un fichero vacío"),
        (
          "TWILIO_API_SECRET", try file(String(repeating: "a", count: 65_537), named: "largo", in: folder),
          "nombra un fichero que no se puede leer como texto de 64 KiB"
        ),
        ("DATABASE_URL", "/dev/zero", "nombra un fichero que no se puede leer"),
        ("ALERT_WEBHOOK_URL", folder.path + "/../falta", "nombra un fichero que no se puede leer"),
      ]
      let bytes = folder.appending(path: "bytes")
      try Data([0xFF, 0xFE, 0x41]).write(to: bytes)
      try await withPrograms { programs in
        var environment = ConfigurationTests.environment.changed(by: [
          "TWILIO_AUTH_TOKEN_FILE": bytes.path, "TWILIO_AUTH_TOKEN": nil,
          "TWILIO_API_KEY": AccountCredentials().apiKey, "DATABASE_POOL_SIZE": "1",
          "HEARTBEAT_URL_FILE": Secrets.cron, "TWILIO_ACCOUNT_SID": "AC1",
        ])
        for fault in faults {
          environment[fault.name] = nil
          environment[fault.name + "_FILE"] = fault.path
        }
        let ended = try await programs.run(["serve"], environment)
        #expect(ended.status == 2 && ended.output.isEmpty)
        let lines = ended.errors.split(separator: "\n").map(String.init)
        #expect(lines.count == faults.count + 4, "\(ended.errors)")
        let doctor = try await programs.run(["doctor"], environment)
        for fault in faults + [("TWILIO_AUTH_TOKEN", bytes.path, "nombra un fichero que no se puede leer")] {
          let line = lines.first { $0.hasPrefix("❌ \(fault.name)_FILE ") }
          #expect(line?.contains(fault.sentence) == true && line?.contains("«\(fault.path)»") == true)
          #expect(doctor.output.contains("❌ configuración: \(fault.name)_FILE \(fault.sentence)"))
        }
        // What is no path may be the secret itself.
        #expect(lines.contains { $0.hasPrefix("❌ HEARTBEAT_URL_FILE") && $0.contains(": •••.") })
        #expect(lines.contains { $0.contains("DATABASE_POOL_SIZE") })
        #expect(lines.contains { $0.contains("TWILIO_ACCOUNT_SID debe ser") })
      }
    }
  }

  @Test("A secret and its file together are refused, and nobody who does not need the secret reads its file")
  func setTwice() async throws {
    try await withFiles { folder in
      let path = try file(Secrets.cron, named: "cron", in: folder)
      try await withPrograms { programs in
        let twice = ConfigurationTests.environment.changed(by: ["CRON_SECRET_FILE": path])
        let ended = try await programs.run(["serve"], twice)
        #expect(ended.status == 2)
        #expect(
          ended.errors == "❌ CRON_SECRET y CRON_SECRET_FILE están puestos a la vez. Quite uno de los dos.\n")
        let hourly = try await programs.run(["hourly"], twice)
        #expect(hourly.status == 1, "it fails for want of a database")
        let empty = ConfigurationTests.environment.changed(by: ["CRON_SECRET_FILE": ""])
        let service = try await LiveService(programs, programs.start([], empty))
        #expect(try await service.end() == 0)
      }
    }
  }
}
