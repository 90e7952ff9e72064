import Bootstrap
import CallDomain
import Foundation
import Telemetry
import Testing

@Suite("The rules and the dashboard that are shipped")
struct DeployFilesTests {
  private static func text(_ name: String, in folder: String = "scripts/deploy/") throws -> String {
    let root = (0..<4).reduce(URL(filePath: #filePath)) { url, _ in url.deletingLastPathComponent() }
    return try String(contentsOf: root.appending(path: folder + name), encoding: .utf8)
  }

  /// The expression of each rule, by the rule's name, without line breaks.
  private static func expressions() throws -> [String: String] {
    var all: [String: String] = [:]
    for rule in try text("alerts.yml").components(separatedBy: "- alert: ").dropFirst() {
      let name = rule.prefix { !$0.isNewline }
      let expression = try #require(rule.firstMatch(of: /(?s)expr:(.*?)\n        (?:for|labels):/)).1
      all[String(name)] = expression.split(whereSeparator: \.isWhitespace).joined(separator: " ")
    }
    return all
  }

  @Test("The alerts are rules of the same names and bounds, and judge the same facts")
  func bounds() throws {
    let rules = try Self.expressions()
    #expect(Set(rules.keys).isSuperset(of: Alert.Name.allCases.map(\.rawValue)))
    let noCalls = try #require(rules["no_calls"])
    #expect(
      noCalls.contains(
        #"> on (job) max by (job) (twilio_sync_alert_after_seconds{alert="no_calls"})) unless"#))
    #expect(noCalls.contains("newest_call_timestamp_seconds or twilio_sync_installed_timestamp_seconds"))
    let noRun = try #require(rules["no_run"])
    #expect(
      noRun.contains(#"> on (job) max by (job) (twilio_sync_alert_after_seconds{alert="no_run"})) unless"#))
    #expect(noRun.contains(#"last_success_timestamp_seconds{kind="hourly"} or ignoring (kind)"#))
    let share = try #require(rules["default_workspace"])
    #expect(share.contains(#"{workspace="default"}) >= \#(AlertRules.defaultWorkspaceLeast) and"#))
    #expect(share.hasSuffix("* \(AlertRules.defaultWorkspacePercent)") && share.contains("* 100 > on (job)"))
    let failures = try #require(rules["repeated_failures"])
    #expect(failures.hasSuffix("(twilio_sync_failures_in_a_row) >= \(AlertRules.failuresInARow)"))
    #expect(rules["gap"] == "max by (job) (twilio_sync_holes) > 0")
    for (name, rule) in rules {
      for match in rule.matches(of: /alert_firing\{alert="(\w+)"\}/) { #expect(match.1 == name) }
    }
  }

  @Test(
    "Every metric that is asked for is one that the program has",
    arguments: ["alerts.yml", "alerts.test.yml", "grafana-dashboard.json"])
  func names(file: String) throws {
    let registered = Set(try ServiceMetrics(startedAt: Timestamp(seconds: 0)).registry.names)
    let used = Set(try Self.text(file).matches(of: /\b(?:twilio_sync|process)_\w+/).map { String($0.0) })
    #expect(used.count > 5)
    for name in used {
      let family = name.replacing(/_(?:bucket|sum|count)$/, with: "")
      #expect(registered.contains(name) || registered.contains(family), "\(name)")
    }
  }

  @Test("Every family is on the dashboard")
  func dashboard() throws {
    let dashboard = try Self.text("grafana-dashboard.json")
    // Shown by other families: the moments behind the lag and the alert of a fresh installation, and its bound.
    let implied: Set = [
      "twilio_sync_covered_until_timestamp_seconds", "twilio_sync_installed_timestamp_seconds",
      "process_virtual_memory_bytes", "twilio_sync_alert_after_seconds",
    ]
    for name in try ServiceMetrics(startedAt: Timestamp(seconds: 0)).registry.names
    where !implied.contains(name) {
      #expect(dashboard.contains(name), "\(name)")
    }
  }

  @Test("Reference.md names every family that is ours, and no other")
  func reference() throws {
    let reference = try Self.text("Reference.md", in: "Sources/Bootstrap/Documentation.docc/")
    let section = try #require(reference.components(separatedBy: "\n## Metrics\n").last)
      .components(separatedBy: "\n## ")[0]
    let told = section.matches(of: /`(?:twilio_sync|…)(_\w+)/).map { "twilio_sync\($0.1)" }
    let registered = try ServiceMetrics(startedAt: Timestamp(seconds: 0)).registry.names
    #expect(Set(told) == Set(registered.filter { !$0.hasPrefix("process_") }))
  }
}
