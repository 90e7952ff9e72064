import CallDomain
import Foundation
import Testing
import TwilioSimulator

/// A page against Twilio's published schema and samples.
@Suite struct SchemaTests {
  private typealias Properties = [String: [String: Any]]

  private func properties(_ text: String) throws -> Properties {
    try #require(JSONSerialization.jsonObject(with: Data(text.utf8)) as? Properties)
  }

  /// What is wrong with a value; nil when nothing is.
  private func fault(_ value: Any?, _ rule: [String: Any], emptyIsNull: Bool) -> String? {
    guard let value else { return "is missing" }
    if value is NSNull { return rule["nullable"] as? Bool == true ? nil : "is null" }
    switch rule["type"] as? String {
    case "integer": return value is Int ? nil : "is no integer"
    case "array": return value is [Any] ? nil : "is no array"
    case "object": return value is [String: String] ? nil : "is no map of strings"
    default: break
    }
    guard let text = value as? String else { return "is no string" }
    if rule["$ref"] != nil { return PublishedSchema.statuses.contains(text) ? nil : "is \(text)" }
    if emptyIsNull, text.isEmpty { return nil }
    if let pattern = rule["pattern"] as? String, text.range(of: pattern, options: .regularExpression) == nil {
      return "does not match \(pattern): \(text)"
    }
    if rule["format"] as? String == "date-time-rfc-2822", Timestamp(rfc2822: text) == nil {
      return "is no date: \(text)"
    }
    return nil
  }

  private func check(_ object: [String: Any], _ properties: Properties, emptyIsNull: Bool) {
    for (key, rule) in properties {
      let fault = fault(object[key], rule, emptyIsNull: emptyIsNull)
      #expect(fault == nil, "\(key) \(fault ?? "")")
    }
  }

  @Test(
    "Pages of every scenario satisfy the schema, with empty strings for null where real answers have them",
    arguments: [Scenario.example87, .history, .steady], [EmptyFieldStyle.documented, .real])
  func pages(scenario: Scenario, style: EmptyFieldStyle) throws {
    var options = SimulatorOptions()
    options.emptyFields = style
    let simulation = try Simulation(
      makeConfiguration(
        scenario: scenario, callCount: 600, options: options, rates: CallRates(oddities: false)))
    let page = try simulation.list("StartTime%3E=2025-08-01&PageSize=300")
    check(page.fields, try properties(PublishedSchema.envelope), emptyIsNull: false)
    #expect(page.calls.count >= 87)
    let rules = try properties(PublishedSchema.call)
    for call in page.calls { check(call, rules, emptyIsNull: style == .real) }
  }

  @Test("The envelope has the keys of the published samples and no other")
  func envelope() throws {
    let simulation = try Simulation(makeConfiguration())
    let expected: Set = [
      "calls", "end", "first_page_uri", "next_page_uri", "page", "page_size", "previous_page_uri", "start",
      "uri",
    ]
    let page = try simulation.list("StartTime%3E=2008-01-02&PageSize=2")
    #expect(Set(page.fields.keys) == expected)
    #expect(page.fields["start"] as? Int == 0 && page.fields["end"] as? Int == 0)
    #expect(page.fields["next_page_uri"] is NSNull && page.fields["previous_page_uri"] is NSNull)
    #expect(page.calls.isEmpty)
  }

  @Test("The published filters of the sample with odd dates come back as published")
  func sampleURI() throws {
    let query =
      "EndTime%3C=2019-06-11+22%3A05%3A25.000&Status=completed&From=%2B987654321&To=%2B123456789"
      + "&ParentCallSid=CAaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa&StartTime%3C=06%2F11%2F2019+22%3A05%3A25+MST&PageSize=2"
    let page = try Simulation(makeConfiguration()).list(query)
    #expect(page.fields["uri"] as? String == "\(listPath)?\(query)&Page=0")
  }

  @Test("A call names the subresources of the published sample")
  func subresources() throws {
    let simulation = try Simulation(makeConfiguration())
    simulation.put([makeCall(1)])
    let call = try #require(try simulation.list().calls.first)
    let base = "/2010-04-01/Accounts/\(credentials.accountSID)/Calls/\(makeSID(1))"
    #expect(call["uri"] as? String == base + ".json")
    let uris = try #require(call["subresource_uris"] as? [String: String])
    #expect(uris == PublishedSchema.subresources.mapValues { "\(base)/\($0)" })
  }

  @Test("An error has the keys of published errors")
  func errors() throws {
    let answer = try Simulation(makeConfiguration()).get(listPath, authorization: nil)
    #expect(Set(answer.fields.keys) == ["code", "message", "more_info", "status"])
    #expect(answer.fields["message"] as? String == "Authenticate")
  }
}
