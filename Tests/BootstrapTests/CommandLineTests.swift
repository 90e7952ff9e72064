import Bootstrap
import Foundation
import TestSupport
import Testing
import WebServer

@Suite("Command line of the real program", .timeLimit(.minutes(5)))
struct CommandLineTests {
  static let commands = [
    "serve", "hourly", "historical", "reattribute", "phones", "explain", "migrate", "doctor", "health",
  ]

  @Test(
    "What cannot be understood ends with 2 and one line on standard error",
    arguments: [
      ["sync"], ["hourly", "now"], ["--verbose"], ["hourly", "--since", "2025-08-01"], ["serve", "-x"],
      ["explain"], ["explain", "CA0123"], ["phones", "assign"], ["phones", "assign", "+34911679868", "Acme"],
      ["phones", "--past"], ["historical", "--since", "ayer"], ["historical", "--since"],
      ["health", "--url", "ftp://127.0.0.1"],
    ])
  func misuse(arguments: [String]) async throws {
    try await withPrograms { programs in
      let ended = try await programs.run(arguments, ConfigurationTests.environment)
      #expect(ended.status == 2)
      #expect(ended.output.isEmpty)
      #expect(ended.errors.hasPrefix("❌ ") && ended.errors.contains("--help"))
      #expect(ended.errors.split(separator: "\n").count == 1)
    }
  }

  @Test("Arguments that cannot be read are no command to serve")
  func unreadable() async {
    #expect(await Program.run(commandLine: [], environment: ConfigurationTests.environment) == 2)
  }

  @Test("--help and --version work with nothing configured", arguments: [[]] + commands.map { [$0] })
  func help(command: [String]) async throws {
    try await withPrograms { programs in
      let help = try await programs.run(command + ["--help"], [:])
      #expect(help.status == 0)
      #expect(help.output.contains("Uso: twilio-sync \(command.first ?? "[COMANDO]")"))
      let version = try await programs.run(command + ["--version"], [:])
      #expect(version.status == 0)
      #expect(version.output.wholeMatch(of: /twilio-sync \d+\.\d+\.\d+\n/) != nil)
      #expect(help.errors.isEmpty && version.errors.isEmpty)
    }
  }

  /// For a server on another address than 127.0.0.1: no other test's server is there before or after it, on this port,
  /// nor on 127.0.0.1 or on all addresses, because 127.0.0.1 keeps it bound.
  private static func portOfItsOwn() throws -> String { "\(try RawServer.makeFreePort())" }

  @Test("health ends with 0 while the server lives and with 1 when it is gone")
  func health() async throws {
    try await withPrograms { programs in
      let port = try Self.portOfItsOwn()
      let place = ["HOST": "127.0.0.2", "PORT": port]
      let server = try programs.start([], ConfigurationTests.environment.changed(by: place))
      _ = try await server.line(containing: "escucha en http://127.0.0.2:\(port)")
      let alive = try await programs.run(["health"], place)
      #expect(alive.status == 0 && alive.errors.isEmpty)
      let url = "http://127.0.0.2:\(port)/"
      #expect(try await programs.run(["health", "--url", url], [:]).status == 0)
      let json = try await programs.run(["health", "--json"], place)
      #expect(json.output == "{\"success\":true}\n")
      server.send(SIGTERM)
      #expect(try await server.exitStatus() == 0)
      let dead = try await programs.run(["health"], place)
      #expect(dead.status == 1 && dead.output.isEmpty)
      #expect(dead.errors.contains("no responde"))
      let deadJSON = try await programs.run(["health", "--json"], place)
      #expect(deadJSON.status == 1 && deadJSON.output.hasPrefix("{\"success\":false,\"error\":\""))
    }
  }

  @Test(
    "health asks where the server listens, by its family where that is everywhere",
    arguments: ["::1", "127.0.0.2", "::", "0:0:0:0:0:0:0:0", "localhost", "0.0.0.0"])
  func healthElsewhere(host: String) async throws {
    try await withPrograms { programs in
      let isElsewhere = ["127.0.0.2", "::1"].contains(host)
      let environment = ConfigurationTests.environment.changed(
        by: ["HOST": host, "PORT": isElsewhere ? try Self.portOfItsOwn() : "0"])
      let server = try programs.start([], environment)
      let line = try await server.line(containing: "escucha en http://")
      let port = try #require(line.firstMatch(of: /:(\d+)$/).map { String($0.output.1) })
      #expect(try await programs.run(["health"], ["HOST": host, "PORT": port]).status == 0)
      if isElsewhere {
        #expect(try await programs.run(["health"], ["PORT": port]).status == 1)
        // Given an address, it asks nowhere else, and needs no setting.
        let elsewhere = ["health", "--url", "http://127.0.0.3:\(port)"]
        #expect(try await programs.run(elsewhere, ["HOST": host, "PORT": "puerto"]).status == 1)
      }
      server.send(SIGTERM)
      #expect(try await server.exitStatus() == 0)
    }
  }

  @Test("health ends with 1 when the server answers anything but 200")
  func unhealthy() async throws {
    let server = HTTPServer(configuration: HTTPServerConfiguration(host: "127.0.0.1", port: 0)) { _ in
      .text("no", status: .serviceUnavailable)
    }
    let address = try await server.start()
    try await withPrograms { programs in
      let ended = try await programs.run(["health"], ["PORT": "\(address.port)"])
      #expect(ended.status == 1)
      #expect(ended.errors.contains("503"))
    }
    await server.stop(gracePeriod: .zero)
  }

  @Test("serve ends with 1 and a sentence when the port is in use")
  func portInUse() async throws {
    try await withPrograms { programs in
      let environment = ConfigurationTests.environment
      let service = try await LiveService(programs, programs.start(["serve"], environment))
      let second = try await programs.run(
        ["serve"], environment.changed(by: ["PORT": "\(service.port)"]))
      #expect(second.status == 1)
      #expect(second.output.contains("❌ No se puede escuchar en 127.0.0.1:\(service.port)"))
      #expect(try await service.askOpenly("GET", "/health").body == #"{"status":"ok"}"#)
    }
  }

  @Test("migrate creates the schema, says so, and finds nothing to do the next time")
  func migrate() async throws {
    try await withInstallation(template: TestCluster.empty) { installation in
      let first = try await installation.run("migrate")
      #expect(first.status == 0)
      #expect(first.output.contains("✅ El esquema está al día"))
      let again = try await installation.run("migrate", "--json")
      #expect(again.output == "{\"success\":true,\"applied\":[]}\n")
      #expect(try await installation.run("hourly").status == 0)
    }
  }

  @Test("Four replicas that migrate at once all end with 0")
  func migrateAtOnce() async throws {
    try await withInstallation(template: TestCluster.empty) { installation in
      let programs = try (0..<4).map { _ in try installation.start("migrate") }
      for program in programs { #expect(try await program.exitStatus() == 0) }
      #expect(try await installation.run("hourly").status == 0)
    }
  }
}
