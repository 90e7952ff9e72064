import Foundation
import TestSupport
import Testing
import TwilioSimulator

@Suite("Names that lead nowhere and certificates that are not right", .timeLimit(.minutes(5)))
struct NameAndTLSTests {
  @Test("No address for Twilio: 502 with what to do, nothing stored")
  func twilioName() async throws {
    try await withInstallation { installation in
      let service = try await installation.serve(
        changes: ["TWILIO_API_BASE_URL": "https://twilio.invalid"])
      let answer = try await service.sync()
      #expect(answer.status == 502)
      #expect(answer.text("error")?.hasPrefix("No se encuentra la dirección") == true, "\(answer.body)")
      #expect(answer.text("error")?.contains("DNS") == true)
      #expect(try await !installation.coverageHasMoved())
    }
  }

  @Test(
    "A certificate of Twilio that is not right: 502 with what to do, and no credentials sent",
    .enabled(if: TestCertificates.isAvailable, "needs the openssl command"),
    arguments: ["self-signed", "expired", "another host's"])
  func twilioCertificate(which: String) async throws {
    let certificates = try TestCertificates()
    let pair =
      switch which {
      case "expired": try certificates.issue(for: "localhost", days: -1)
      case "another host's": try certificates.issue(for: "api.twilio.example")
      default: try certificates.selfSigned(for: "localhost")
      }
    try await withInstallation { installation in
      let server = try OpenSSLServer(pair)
      let service = try await installation.serve(changes: ["TWILIO_API_BASE_URL": server.url])
      let answer = try await service.sync()
      #expect(answer.status == 502)
      #expect(answer.text("error")?.contains("no es de confianza") == true, "\(answer.body)")
      #expect(answer.text("error")?.contains("certificados raíz") == true)
      #expect(answer.integer("twilioRequests") ?? 1 == 1)
      #expect(!server.stop().contains("Authorization"))
    }
  }

  @Test(
    "SSLKEYLOGFILE in the environment: no key is written there, and it is said",
    .enabled(if: TestCertificates.isAvailable, "needs the openssl command"))
  func keyLog() async throws {
    let certificates = try TestCertificates()
    let server = try OpenSSLServer(certificates.issue(for: "localhost"))
    let keys = FileManager.default.temporaryDirectory.appending(path: "keys-\(UUID().uuidString)").path
    defer { try? FileManager.default.removeItem(atPath: keys) }
    try await withInstallation { installation in
      let run = try await installation.run(
        "hourly",
        changes: [
          "TWILIO_API_BASE_URL": server.url, "SSL_CERT_FILE": certificates.authorities, "SSLKEYLOGFILE": keys,
        ])
      #expect(run.status == 1 && !run.errors.contains("no es de confianza"))
      #expect(!FileManager.default.fileExists(atPath: keys))
      #expect((run.output + run.errors).contains("⚠️ SSLKEYLOGFILE no se obedece"))
    }
    _ = server.stop()
  }

  @Test(
    "Twilio behind a proxy and an authority of one's own is asked through it; nobody sees the credentials but Twilio",
    .enabled(if: TestCertificates.isAvailable, "needs the openssl command"))
  func twilioBehindProxy() async throws {
    let certificates = try TestCertificates()
    let folder = FileManager.default.temporaryDirectory.appending(path: "twilio-\(UUID().uuidString)")
    defer { try? FileManager.default.removeItem(at: folder) }
    let account = folder.appending(path: "2010-04-01/Accounts/\(AccountCredentials().accountSID)")
    try FileManager.default.createDirectory(at: account, withIntermediateDirectories: true)
    // What `doctor` asks for is the only list whose address is known before.
    let body = #"{"calls":[],"next_page_uri":null}"#
    try Data(
      "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: \(body.utf8.count)\r\n\r\n\(body)"
        .utf8
    ).write(to: account.appending(path: "Calls.json?PageSize=1"))
    let twilio = try OpenSSLServer(certificates.issue(for: "localhost"), page: folder.appending(path: "any"))
    let proxy = try RawServer.proxy(to: twilio.port)
    let variables: [String: String?] = [
      "TWILIO_API_BASE_URL": twilio.url, "HTTPS_PROXY": "http://me:pass%2D77ef@127.0.0.1:\(proxy.port)",
      "SSL_CERT_FILE": certificates.authorities,
    ]
    try await withInstallation { installation in
      let doctor = try await installation.run("doctor", changes: variables)
      #expect(doctor.output.contains("✅ Twilio: Las credenciales valen"), "\(doctor.output)")
      #expect(proxy.requests.count == 1 && proxy.requests.first?.hasPrefix("CONNECT localhost:") == true)
      // A run comes as far: of what it asks for there is no file.
      let run = try await installation.run("hourly", changes: variables)
      #expect(run.status == 1 && proxy.requests.count > 1 && !run.errors.contains("no es de confianza"))
      let direct = try await installation.run(
        "doctor", changes: variables.merging(["HTTPS_PROXY": nil]) { $1 })
      #expect(direct.output.contains("✅ Twilio: Las credenciales valen"), "\(direct.output)")
      let stranger = variables.merging(["SSL_CERT_FILE": nil]) { $1 }
      let untrusted = try await installation.run("doctor", changes: stranger)
      #expect(untrusted.output.contains("❌ Twilio: ") && untrusted.output.contains("no es de confianza"))
      let away = ["HTTPS_PROXY": "http://me:pass%2D77ef@127.0.0.1:\(try RawServer.makeFreePort())"]
      let lost = try await installation.run("hourly", changes: variables.merging(away) { $1 })
      #expect(lost.status == 1 && lost.errors.contains("HTTPS_PROXY"), "\(lost.errors)")
      for text in proxy.requests { #expect(Secrets.leaks(in: text).isEmpty) }
      for ended in [doctor, run, untrusted, lost] { #expect(!(ended.output + ended.errors).contains("77ef")) }
    }
    _ = twilio.stop()
  }

  // A label of more than 63 characters is no name, so no name server is asked.
  @Test("No address for the database: what to do")
  func databaseName() async throws {
    try await withInstallation { installation in
      let url = installation.url(port: 5432).replacing("127.0.0.1", with: String(repeating: "a", count: 64))
      let ended = try await installation.run("hourly", changes: ["DATABASE_URL": url])
      #expect(ended.status == 1)
      #expect(ended.errors.contains("no se encuentra su dirección") && ended.errors.contains("DNS"))
    }
  }

  @Test(
    "A database without TLS, or with a certificate that is not right, where sslmode demands one",
    .enabled(if: PostgresCluster.speaksTLS, "needs the openssl command, and a server with TLS"))
  func databaseCertificate() async throws {
    let certificates = try TestCertificates()
    let root = "sslrootcert=\(certificates.authorities)"
    try await withPrivateInstallation { installation in
      let cluster = installation.cluster
      let address = installation.url(port: cluster.tcpPort).replacing("127.0.0.1", with: "localhost")
      func hourly(_ options: String) async throws -> Programs.Ended {
        try await installation.run(
          "hourly", changes: ["DATABASE_URL": "\(address)?hostaddr=127.0.0.1&\(options)"])
      }
      for mode in ["require", "verify-full&\(root)"] {
        let ended = try await hourly("sslmode=\(mode)")
        #expect(ended.status == 1 && ended.errors.contains("falla el cifrado TLS"), "\(ended.errors)")
        #expect(ended.errors.contains("Revise sslmode"))
      }
      for pair in [
        try certificates.issue(for: "localhost", days: -1), try certificates.issue(for: "db.example.com"),
        try certificates.selfSigned(for: "localhost"),
      ] {
        try await cluster.restart(with: pair)
        let ended = try await hourly("sslmode=verify-full&\(root)")
        #expect(
          ended.status == 1 && ended.errors.contains("su certificado no es de confianza"), "\(ended.errors)")
        #expect(ended.errors.contains("sslrootcert"))
      }
      try await cluster.restart(with: certificates.issue(for: "localhost"))
      for mode in ["require", "verify-full&\(root)"] {
        let ended = try await hourly("sslmode=\(mode)")
        #expect(ended.status == 0, "\(ended.errors)")
      }
      #expect(try await installation.runStates() == ["succeeded", "succeeded"])
    }
  }
}

extension PostgresCluster {
  /// Makes the server speak TLS with this certificate.
  fileprivate func restart(with pair: TestCertificates.Pair) async throws {
    try await stop()
    try useTLS(pair)
    try await start()
  }
}
