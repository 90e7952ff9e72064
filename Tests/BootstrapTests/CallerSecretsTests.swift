import Foundation
import TestSupport
import Testing

@Suite("The secrets of callers, before the real program", .timeLimit(.minutes(5)))
struct CallerSecretsTests {
  private static let secrets = [
    "CRON_SECRET": Secrets.cron, "CRON_SECRET_PREVIOUS": "cron-anterior-5d1f0a7be",
    "READ_SECRET": "solo-lectura-8d1f0a7be", "METRICS_SECRET": "solo-cifras-8d1f0a7bee",
  ]

  private static func authorizations(_ name: String) -> [String] {
    let secret = secrets[name] ?? ""
    return ["Bearer \(secret)", "Basic " + Data("ana:\(secret)".utf8).base64EncodedString()]
  }

  @Test("Each opens what it may and nothing else; without the new ones only CRON_SECRET does")
  func access() async throws {
    let figures = ["/metrics", "/api/sync-status"]
    let reads = ["/", "/phones", "/calls", "/api/phones", "/api/calls", "/api/sync-runs"]
    let starts = [("POST", "/api/reattribute?dryRun=true"), ("GET", LiveService.route)]
    try await withInstallation { installation in
      for isSet in [true, false] {
        let others = Self.secrets.filter { $0.key != "CRON_SECRET" }.mapValues { isSet ? $0 : nil }
        let service = try await installation.serve(changes: others)
        for name in Self.secrets.keys {
          let isKnown = isSet || name == "CRON_SECRET"
          let opensAll = isKnown && name.hasPrefix("CRON")
          let opensReads = opensAll || (isKnown && name == "READ_SECRET")
          for (form, header) in Self.authorizations(name).enumerated() {
            // Who sends many wrong ones is told so by 429.
            func opens(_ method: String, _ path: String) async throws -> Bool {
              let answer = try await service.askOpenly(method, path, headers: ["Authorization: \(header)"])
              #expect([200, 401, 429].contains(answer.status), "\(name) \(path): \(answer.status)")
              return answer.status == 200
            }
            for path in figures { #expect(try await opens("GET", path) == isKnown, "\(name) \(path)") }
            for path in reads { #expect(try await opens("GET", path) == opensReads, "\(name) \(path)") }
            for (method, path) in starts {
              #expect(try await opens(method, path) == (opensAll && form == 0), "\(name) \(path)")
            }
          }
        }
        #expect(try await service.end() == 0)
        #expect(Self.secrets.values.allSatisfy { !service.program.output.contains($0) })
      }
    }
  }

  @Test("The scheduler changes its secret while both are right: no run is refused")
  func rotation() async throws {
    try await withInstallation { installation in
      let changes = ["CRON_SECRET": "cron-nuevo-99d1f0a7be", "CRON_SECRET_PREVIOUS": Secrets.cron]
      let service = try await installation.serve(changes: changes)
      for secret in [Secrets.cron, "cron-nuevo-99d1f0a7be", Secrets.cron] {
        let header = "Authorization: Bearer \(secret)"
        #expect(try await service.askOpenly("POST", LiveService.route, headers: [header]).status == 200)
      }
    }
  }

  @Test(
    "The new ones follow the same rules, and all differ",
    arguments: ["CRON_SECRET_PREVIOUS", "READ_SECRET", "METRICS_SECRET"]
  )
  func rules(name: String) async throws {
    let faults = [
      ("corto", "\(name) tiene menos de 16"), (" \(Secrets.apiSecret)", "\(name) empieza o acaba"),
      ("'\(Secrets.apiSecret)'", "\(name) está entre comillas"),
      ("\(Secrets.apiSecret)ñ", "\(name) solo puede tener"),
      (Secrets.cron, "CRON_SECRET y \(name) son el mismo secreto."),
    ]
    try await withPrograms { programs in
      for (value, sentence) in faults {
        let environment = ConfigurationTests.environment.changed(by: [name: value])
        let ended = try await programs.run(["serve"], environment)
        #expect(ended.status == 2 && ended.errors.hasPrefix("❌ \(sentence)"), "\(ended.errors)")
        #expect(ended.errors.split(separator: "\n").count == 1)
        let doctor = try await programs.run(["doctor"], environment)
        #expect(doctor.output.contains("❌ configuración: \(sentence)"))
      }
    }
  }
}
