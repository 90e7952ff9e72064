import Foundation

/// Certificates of the tests' own making (`openssl`), in a folder that goes with them.
package final class TestCertificates: Sendable {
  /// A certificate and its private key, as PEM files.
  package struct Pair: Sendable {
    package let certificate: String
    package let key: String
  }

  package static let isAvailable = FileManager.default.isExecutableFile(atPath: openssl)
  private static let openssl = "/usr/bin/openssl"

  private let folder: URL
  private let authority: Pair

  /// Makes an authority; whom others trust is up to them.
  package init() throws {
    folder = FileManager.default.temporaryDirectory.appending(path: "certificates-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    authority = Self.pair("authority", in: folder)
    try Self.make(
      "req -x509 -nodes -days 2 -subj /CN=authority \(Self.newKey) -keyout authority.key -out authority.pem",
      in: folder)
  }

  deinit { try? FileManager.default.removeItem(at: folder) }

  /// The authority's own certificate.
  package var authorities: String { authority.certificate }

  /// A certificate of the authority for a host.
  ///
  /// - Parameter days: How long it holds; below zero for one that no longer does.
  package func issue(for host: String, days: Int = 2) throws -> Pair {
    let name = UUID().uuidString
    try Self.make(
      "req -new -nodes -subj /CN=\(host) -addext subjectAltName=DNS:\(host) \(Self.newKey) "
        + "-keyout \(name).key -out \(name).csr", in: folder)
    try Self.make(
      "x509 -req -in \(name).csr -CA authority.pem -CAkey authority.key -CAcreateserial -days \(days) "
        + "-copy_extensions copy -out \(name).pem", in: folder)
    return Self.pair(name, in: folder)
  }

  /// A certificate for a host that only it itself vouches for.
  package func selfSigned(for host: String) throws -> Pair {
    let name = UUID().uuidString
    try Self.make(
      "req -x509 -nodes -days 2 -subj /CN=\(host) -addext subjectAltName=DNS:\(host) \(Self.newKey) "
        + "-keyout \(name).key -out \(name).pem", in: folder)
    return Self.pair(name, in: folder)
  }

  private static let newKey = "-newkey ec -pkeyopt ec_paramgen_curve:P-256"

  private static func pair(_ name: String, in folder: URL) -> Pair {
    Pair(
      certificate: folder.appending(path: "\(name).pem").path, key: folder.appending(path: "\(name).key").path
    )
  }

  private static func make(_ command: String, in folder: URL) throws {
    let process = try ChildProcess(openssl, command.split(separator: " ").map(String.init), in: folder.path)
    guard process.waitForEnd() == 0 else {
      throw ProgramFailure(description: "openssl failed: \(command)")
    }
  }
}

extension PostgresCluster {
  /// Whether there are certificates, and the server was built with TLS; that of some wheels of PyPI is not.
  package static let speaksTLS: Bool = {
    guard TestCertificates.isAvailable, let server = try? PostgresTools().path("postgres"),
      let program = try? Data(contentsOf: URL(filePath: server), options: .mappedIfSafe)
    else { return false }
    return program.range(of: Data("libssl".utf8)) != nil
  }()

  /// Makes the server speak TLS with this certificate from the next start on.
  package func useTLS(_ pair: TestCertificates.Pair) throws {
    for (file, name) in [(pair.certificate, "server.crt"), (pair.key, "server.key")] {
      let data = try Data(contentsOf: URL(filePath: file))
      try PostgresFolder.give(data, to: "\(directory)/data/\(name)", for: tools)
    }
    try set(["ssl = on"])
  }
}
