import CallDomain
import Foundation
import TestSupport
import Testing
import TwilioSimulator

/// What an audit says of one call.
struct Named: Hashable, CustomStringConvertible {
  let sid: String
  let day: String
  let kind: String

  var description: String { "\(sid) \(day) \(kind)" }
}

/// The answer to an audit.
struct AuditAnswer {
  let status: Int32
  let text: String
  let agrees: Bool?
  let days: [[String: Any]]
  let named: [Named]
  let fields: [String: String]

  init(status: Int32, _ text: String) throws {
    self.status = status
    self.text = text
    let object = try JSONSerialization.jsonObject(with: Data(text.utf8)) as? [String: Any] ?? [:]
    agrees = object["agrees"] as? Bool
    days = object["days"] as? [[String: Any]] ?? []
    let examples = object["examples"] as? [[String: Any]] ?? []
    func value(_ example: [String: Any], _ key: String) -> String { example[key] as? String ?? "" }
    named = examples.map { Named(sid: value($0, "sid"), day: value($0, "day"), kind: value($0, "kind")) }
    fields = Dictionary(
      examples.map { (value($0, "sid"), value($0, "field")) }, uniquingKeysWith: { first, _ in first })
  }

  /// The sum of a figure over all days.
  func sum(_ key: String) -> Int { days.reduce(0) { $0 + (($1[key] as? Int) ?? 0) } }
}

/// A company whose month lies two weeks back, all of it stored.
struct AuditSite {
  let installation: Installation
  let calls: [SimulatedCall]
  let period: Period

  var dates: [String] { ["--since", period.start.isoDate, "--until", period.end.isoDate] }

  func audit(_ changes: [String: String?] = [:]) async throws -> AuditAnswer {
    let ended = try await installation.programs.run(
      ["audit", "--json"] + dates, installation.environment.changed(by: changes))
    return try AuditAnswer(status: ended.status, ended.output)
  }

  func resync(restart: Bool = true) async throws {
    let ended = try await installation.programs.run(
      ["historical", "--json"] + dates + (restart ? ["--restart"] : []), installation.environment)
    try #require(ended.status == 0, "\(ended.errors)")
  }
}

/// Runs a test with such a company.
///
/// - Parameters:
///   - days: How long its month is.
///   - step: Seconds from one call to the next.
func withAuditedMonth(
  seed: UInt64 = ChaosProfile.seed(), days: Int = 30, every step: Int = 7200,
  _ body: (AuditSite) async throws -> Void
) async throws {
  try await withInstallation { installation in
    let end = installation.simulation.now.adding(hours: -24 * 14).startOfDay
    let period = Period(start: end.adding(hours: -24 * days), end: end)
    var varied = VariedCalls(seed: seed)
    // None that begins on the day after the month.
    let calls = varied.calls(
      everySeconds: step, from: period.start.adding(seconds: 60), until: period.end.adding(seconds: -step))
    installation.simulation.put(calls)
    try await installation.fillDirectory()
    let site = AuditSite(installation: installation, calls: calls, period: period)
    try await site.resync(restart: false)
    try await body(site)
  }
}
