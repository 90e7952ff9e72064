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
    .enabled(if: TestCertificates.isAvailable, "needs the openssl command"))
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
