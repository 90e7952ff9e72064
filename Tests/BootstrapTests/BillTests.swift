import CallDomain
import Foundation
import TestSupport
import Testing
import TwilioSimulator

@Suite("The bill", .timeLimit(.minutes(10)))
struct BillTests {
  /// Calls of a workspace in a currency.
  private struct Figures {
    var (calls, answered, seconds, minutes, unpriced) = (0, 0, 0, 0, 0)
    var cost: Decimal?

    mutating func add(seconds duration: Int, isCompleted: Bool, cost price: Decimal?) {
      calls += 1
      seconds += duration
      minutes += (duration + 59) / 60
      if let price { cost = (cost ?? 0) + price }
      guard isCompleted, duration > 0 else { return }
      answered += 1
      if price == nil { unpriced += 1 }
    }
  }

  private typealias Bill = [Int: [String: Figures]]

  @Test(
    "CSV, page, views and the guide's queries add up to the same over a month with late prices, currencies and moves"
  )
  func addsUp() async throws {
    try await forEachSeed(2) { random in
      print("bill: seed \(random.seed)")
      try await withInstallation { installation in
        let month = try await fill(installation, &random)
        let bill = try await csv(installation, month)
        try #require(Set(bill.values.flatMap(\.keys)) == ["USD", "EUR", "-"])
        try await compareViews(installation, month, bill)
        try await compareGuide(installation, month, bill)
        try await comparePage(installation, month, bill)
      }
    }
  }

  /// The month before this one, taken in with a third of its prices later; some calls get another currency, some
  /// numbers another workspace.
  private func fill(_ installation: Installation, _ random: inout TestSupport.SeededRandom) async throws
    -> Period
  {
    let end = makeTime("\(installation.simulation.now.isoDate.prefix(7))-01T00:00:00Z")
    let month = Period(start: makeTime("\(end.adding(seconds: -1).isoDate.prefix(7))-01T00:00:00Z"), end: end)
    try await installation.fillDirectory()
    var varied = VariedCalls(seed: random.next())
    let calls = varied.calls(everySeconds: 4 * 3600, from: month.start, until: month.end)
    installation.simulation.put(
      calls.map { call in
        var call = call
        if random.chance(33) { (call.life.priced, call.price) = (nil, nil) }
        return call
      })
    let resync = ["historical", "--since", month.start.iso8601, "--until", month.end.iso8601, "--restart"]
    try #require(try await installation.programs.run(resync, installation.environment).status == 0)
    let unpriced = "SELECT count(*) FROM calls WHERE cost IS NULL AND status = 'completed'"
    let before = try await installation.value(unpriced)
    installation.simulation.put(calls)
    try #require(try await installation.programs.run(resync, installation.environment).status == 0)
    try #require(try await installation.value(unpriced) != before)
    // Twilio bills an account in one currency; who changed it has two.
    try await installation.sql("UPDATE calls SET price_unit = 'EUR' WHERE right(id, 1) < '6'")
    try await installation.sql("UPDATE calls SET price_unit = NULL WHERE right(id, 1) = 'f'")
    // Those that decide something: a call that is of no case any more keeps its number.
    let numbers = try await installation.column(
      """
      SELECT DISTINCT phone_number FROM calls WHERE phone_number IS NOT NULL
        AND direction IN ('outbound-api', 'trunking-terminating', 'trunking-originating') ORDER BY 1
      """
    ).compactMap(\.self)
    for number in numbers.shuffled(using: &random).prefix(3) {
      let now = try await installation.value(
        "SELECT min(workspace_id) FROM calls WHERE phone_number = '\(number)'")
      let others: [String] = ["1", "4", "5", "6"].filter { $0 != now }
      let words = ["phones", "assign", number, others[random.number(in: 0...2)], "--past"]
      try #require(try await installation.programs.run(words, installation.environment).status == 0)
    }
    try #require(try await installation.value("SELECT count(*) > 0 FROM call_moves") == "t")
    return month
  }

  private func csv(_ installation: Installation, _ month: Period) async throws -> Bill {
    let service = try await installation.serve()
    let address = "/api/calls.csv?since=\(month.start.iso8601)&until=\(month.end.iso8601)"
    // Not `ask`, which looks for leads' numbers.
    let answer = try await Answer.of("GET", address, port: service.port, headers: [LiveService.authorization])
    let lines = answer.body.components(separatedBy: "\r\n")
    let columns = try #require(lines.first).components(separatedBy: ",")
    var bill: Bill = [:]
    for line in lines.dropFirst() where !line.isEmpty {
      // None of these calls has a comma in a field.
      let fields = Dictionary(uniqueKeysWithValues: zip(columns, line.components(separatedBy: ",")))
      func field(_ name: String) throws -> String { try #require(fields[name]) }
      let unit = try field("priceUnit")
      try bill[#require(Int(field("workspace"))), default: [:]][unit.isEmpty ? "-" : unit, default: Figures()]
        .add(
          seconds: Int(field("duration")) ?? 0, isCompleted: field("status") == "completed",
          cost: Decimal(string: field("cost")))
    }
    return bill
  }

  /// - Parameter query: Workspace, unit, and the figures by their names in the views.
  private func requireSame(_ installation: Installation, _ query: String, _ bill: Bill) async throws {
    let found = try await installation.column(
      """
      SELECT concat_ws(' ', workspace_id, coalesce(unit, '-'), calls, answered, seconds, minutes, unpriced,
        coalesce(trim_scale(cost)::text, '-'))
      FROM (\(query.replacing(";", with: ""))) AS q(workspace_id, unit, calls, answered, seconds, minutes, unpriced, cost)
      """)
    let expected = bill.flatMap { workspace, units in
      units.map { unit, sum in
        "\(workspace) \(unit) \(sum.calls) \(sum.answered) \(sum.seconds) \(sum.minutes) \(sum.unpriced) "
          + (sum.cost.map { "\($0)" } ?? "-")
      }
    }
    try #require(found.compactMap(\.self).sorted() == expected.sorted())
  }

  private func compareViews(_ installation: Installation, _ month: Period, _ bill: Bill) async throws {
    try await requireSame(
      installation,
      """
      SELECT workspace_id, price_unit, calls, answered, seconds, billable_minutes, unpriced, cost
      FROM twilio_billing_monthly WHERE month = '\(month.start.isoDate)'
      """, bill)
    try await requireSame(
      installation,
      """
      SELECT workspace_id, price_unit, sum(calls), sum(answered), sum(seconds), sum(billable_minutes), sum(unpriced),
        sum(cost)
      FROM twilio_calls_hourly WHERE hour >= '\(month.start.iso8601)' AND hour < '\(month.end.iso8601)' GROUP BY 1, 2
      """, bill)
  }

  private func compareGuide(_ installation: Installation, _ month: Period, _ bill: Bill) async throws {
    let blocks = DocumentTests.blocks("sql", in: try DocumentTests.text(DocumentTests.guide))
    func query(_ word: String) throws -> String {
      try #require(blocks.first { $0.contains(word) }).replacing(";", with: "")
        .replacing(">= NOW() - INTERVAL '24 hours'", with: ">= '\(month.start.iso8601)'")
    }
    try await requireSame(
      installation,
      """
      SELECT workspace_id, moneda, llamadas, atendidas, segundos, minutos_facturables, sin_precio, costo
      FROM (\(query("FROM twilio_billing_monthly"))) g WHERE mes = '\(month.start.isoDate)'
      """, bill)
    // Those by the hour know no workspace, and one of them no currency.
    let all = bill.values.flatMap { $0 }
    let calls = all.reduce(0) { $0 + $1.value.calls }
    func cost(_ unit: String?) -> Decimal {
      all.filter { unit == nil || $0.key == unit }.reduce(0) { $0 + ($1.value.cost ?? 0) }
    }
    let byHour = try await installation.value(
      "SELECT sum(llamadas) || ' ' || trim_scale(sum(costo_total)) FROM (\(query("AS costo_total"))) g")
    try #require(byHour == "\(calls) \(cost(nil))")
    let byUnit = try await installation.column(
      """
      SELECT coalesce(moneda, '-') || ' ' || trim_scale(sum(costo))
      FROM (\(query("FROM twilio_calls_hourly"))) g GROUP BY moneda
      """)
    try #require(Set(byUnit) == Set(["USD", "EUR", "-"].map { "\($0) \(cost($0))" }))
    let ofDefault = try await installation.value(
      "SELECT coalesce(sum(calls), 0) FROM (\(query("SELECT phone_number, COUNT(*) AS calls"))) g")
    try #require(ofDefault == "\(bill[1, default: [:]].values.reduce(0) { $0 + $1.calls })")
  }

  /// The rows of the page's table of money, as text.
  private func comparePage(_ installation: Installation, _ month: Period, _ bill: Bill) async throws {
    let service = try await installation.serve()
    let page = try await service.ask(
      "GET", "/?since=\(month.start.isoDate)&until=\(month.end.isoDate)&lang=en")
    let section = try #require(page.body.components(separatedBy: #"id="money""#).dropFirst().first)
    let table = section.components(separatedBy: "</table>")[0]
    let rows = table.components(separatedBy: "<tr").dropFirst(2).map { row in
      let text = ("<tr" + row).replacing(/<[^>]*>/, with: " ").replacing("\u{202F}", with: "")
      return text.split(whereSeparator: \.isWhitespace).joined(separator: " ")
    }
    let names = [1: "Sin asignar · 1 (default)", 4: "a · 4", 5: "b · 5", 6: "c · 6"]
    let isAnyUnpriced = bill.values.contains { $0.values.contains { $0.unpriced > 0 } }
    func line(_ name: String, _ units: [String: Figures]) -> String {
      let sums = units.values
      let money = units.compactMap { unit, sum in sum.cost.map { (unit, $0) } }
        .sorted { ($1.1, $0.0) < ($0.1, $1.0) }
        .map { unit, cost in Self.money(cost) + (unit == "-" ? "" : " \(unit)") }
      let unpriced = isAnyUnpriced ? ["\(sums.reduce(0) { $0 + $1.unpriced })"] : []
      let counts = ["\(sums.reduce(0) { $0 + $1.calls })", "\(sums.reduce(0) { $0 + $1.minutes })"]
      return ([name] + counts + unpriced + [money.isEmpty ? "–" : money.joined(separator: " + ")])
        .joined(separator: " ")
    }
    let all = bill.values.reduce(into: [String: Figures]()) { all, units in
      for (unit, sum) in units {
        all[unit, default: Figures()].calls += sum.calls
        all[unit, default: Figures()].minutes += sum.minutes
        all[unit, default: Figures()].unpriced += sum.unpriced
        if let cost = sum.cost { all[unit, default: Figures()].cost = (all[unit]?.cost ?? 0) + cost }
      }
    }
    let expected = bill.map { line(names[$0.key] ?? "?", $0.value) } + [line("All", all)]
    try #require(Set(rows) == Set(expected))
  }

  /// `12.35`, rounded half up.
  private static func money(_ cost: Decimal) -> String {
    let cents = (NSDecimalNumber(decimal: cost * 1_000_000).intValue + 5000) / 10_000
    return "\(cents / 100)." + (cents % 100 < 10 ? "0" : "") + "\(cents % 100)"
  }
}
