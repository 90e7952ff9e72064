import Foundation
import Postgres
import TestSupport
import Testing

@Suite(
  "Postgres over TLS",
  .enabled(if: PostgresCluster.speaksTLS, "needs the openssl command, and a server with TLS"),
  .timeLimit(.minutes(5)))
struct PostgresTLSTests {
  private static let password = "geheim-7731"

  @Test("What sslmode demands is held: a certificate that is not right is refused")
  func certificates() async throws {
    let certificates = try TestCertificates()
    let cluster = try await PostgresCluster(withTCP: true)
    _ = try await cluster.pool().repeatable(
      PostgresStatement("CREATE ROLE ana LOGIN PASSWORD '\(Self.password)'"))
    let trusting = "sslrootcert=\(certificates.authorities)"
    // (whose certificate, what is asked of it, how it ends)
    let cases: [(TestCertificates.Pair, [(String, PostgresError.Kind?)])] = try [
      (
        certificates.issue(for: "localhost"),
        [
          ("sslmode=verify-full \(trusting)", nil), ("sslmode=require \(trusting)", nil),
          // Without the authorities' file `require` asks for encryption only, as libpq documents.
          ("sslmode=require sslrootcert=/nowhere/root.crt", nil),
          ("sslmode=verify-full sslrootcert=/nowhere/root.crt", .certificateFile),
        ]
      ),
      (
        certificates.issue(for: "localhost", days: -1),
        [
          ("sslmode=verify-full \(trusting)", .untrustedCertificate),
          ("sslmode=require \(trusting)", .untrustedCertificate),
        ]
      ),
      (
        certificates.issue(for: "db.example.com"),
        [
          ("sslmode=verify-full \(trusting)", .untrustedCertificate), ("sslmode=verify-ca \(trusting)", nil),
        ]
      ),
      (
        certificates.selfSigned(for: "localhost"),
        [
          ("sslmode=verify-full \(trusting)", .untrustedCertificate),
          ("sslmode=require \(trusting)", .untrustedCertificate),
        ]
      ),
    ]
    for (pair, asked) in cases {
      try await cluster.stop()
      try cluster.useTLS(pair)
      try await cluster.start()
      for (options, kind) in asked {
        let (found, isEncrypted) = await open(cluster, options)
        #expect(found?.kind == kind, "\(options): \(found?.cause ?? "")")
        #expect(kind != nil || isEncrypted == true, "\(options)")
        #expect(found?.cause.contains(Self.password) != true)
      }
    }
    await cluster.remove()
  }

  @Test("A server without TLS is refused where TLS is demanded", arguments: ["require", "verify-full"])
  func withoutTLS(mode: String) async throws {
    let cluster = try await PostgresCluster(withTCP: true)
    let (found, _) = await open(cluster, "sslmode=\(mode) sslrootcert=/dev/null")
    #expect(
      found?.kind == .tlsRefused || found?.kind == .untrustedCertificate, "\(found?.cause ?? "")")
    await cluster.remove()
  }

  @Test("A host name without an address is told apart from a server that does not answer")
  func unknownHost() async {
    let error = await #expect(throws: PostgresError.self) {
      // A label of more than 63 characters is no name, so no name server is asked.
      try await PostgresConnection.open(
        PostgresConfiguration("host=\(String(repeating: "a", count: 64)).invalid user=ana dbname=x"))
    }
    #expect(error?.kind == .hostNotFound)
    #expect(error?.isUnavailable == true)
  }

  /// What became of opening a connection by the name `localhost`, and whether it is encrypted.
  private func open(_ cluster: PostgresCluster, _ options: String) async -> (PostgresError?, Bool?) {
    let address = "host=localhost hostaddr=127.0.0.1 port=\(cluster.tcpPort ?? 0) gssencmode=disable"
    let configuration = PostgresConfiguration(
      "\(address) user=ana password=\(Self.password) dbname=postgres \(options)")
    do throws(PostgresError) {
      let connection = try await PostgresConnection.open(configuration)
      return (nil, await connection.transport()?.isEncrypted)
    } catch {
      return (error, nil)
    }
  }
}
