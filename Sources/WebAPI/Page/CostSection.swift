import CallDomain

/// What the calls of each workspace cost.
struct CostSection {
  let scope: PageScope
  let figures: PageFigures
  let workspaces: Workspaces
  let language: PageLanguage

  /// The calls of a workspace, whatever their unit.
  private struct Sum {
    var calls = 0
    var minutes = 0
    var unpriced = 0
    var money = Money()

    mutating func add(_ total: PageFigures.Total) {
      calls += total.calls
      minutes += total.minutes
      unpriced += total.unpriced
      if let cost = total.cost { money.add(cost, unit: total.unit) }
    }
  }

  var html: HTML {
    let title = language.say(
      "Coste y minutos facturables, \(language.days(scope))",
      "Cost and billable minutes, \(language.days(scope))")
    guard !figures.totals.isEmpty else { return .section("money", title, [language.noCalls]) }
    var all = Sum()
    var sums: [WorkspaceID?: Sum] = [:]
    for total in figures.totals {
      all.add(total)
      sums[total.workspace, default: Sum()].add(total)
    }
    let order = sums.sorted {
      ($1.value.calls, $0.key?.number ?? 0) < ($0.value.calls, $1.key?.number ?? 0)
    }
    return .section(
      "money", title,
      [
        Table(
          caption: title, columns: columns(all),
          rows: order.map { id, sum in
            Table.Row(
              [
                .element(
                  "span", ["class": "name"],
                  [workspaces.swatch(of: id), name(id)])
              ] + cells(sum, all, of: id.map(Share.workspace) ?? .nobodys))
          },
          sum: Table.Row([.text(language.say("Todos", "All"))] + cells(all, all, of: .all)), isStacked: true
        ).html,
        .paragraph(
          language.say(
            "Cada llamada cuenta con su duración redondeada al minuto siguiente. El coste es el de las que ya tienen precio.",
            "Each call counts with its duration rounded up to the minute. The cost is that of calls that have a price."
          ),
          style: "quiet"),
      ])
  }

  /// Leads to the page of that workspace alone.
  private func name(_ id: WorkspaceID?) -> HTML {
    let name = HTML.element("bdi", text: workspaces.name(of: id))
    guard let id, scope.workspace == nil else { return name }
    let address = scope.address(scope.period.start, scope.endsNow ? nil : scope.period.end, id, language)
    return .element("a", ["href": address], [name])
  }

  private func columns(_ all: Sum) -> [Table.Column] {
    [
      .name("Workspace"), .number(language.say("Llamadas", "Calls")),
      .number(language.say("Minutos", "Minutes")),
    ]
      + (all.unpriced > 0
        ? [Table.Column(heading: language.say("Sin precio", "No price"), style: "number aside")] : [])
      + [.number(language.say("Coste", "Cost"))]
  }

  /// Whose calls they are.
  private enum Share {
    case all
    case workspace(WorkspaceID)
    case nobodys
  }

  private func cells(_ sum: Sum, _ all: Sum, of share: Share) -> [HTML] {
    var calls = scope.calls
    switch share {
    case .all: break
    case .workspace(let id): calls.workspace = id
    case .nobodys: calls.isWithoutWorkspace = true
    }
    var unpriced = calls
    unpriced.isUnpriced = true
    func count(_ count: Int, _ search: CallSearch) -> HTML {
      language.link(language.number(count), to: search)
    }
    return [count(sum.calls, calls), .text(language.number(sum.minutes))]
      + (all.unpriced > 0 ? [count(sum.unpriced, unpriced)] : [])
      + [.text(sum.money.text(language) ?? "–")]
  }
}

/// Sums of money by unit, exact to the millionth: Twilio's prices have five decimals at the most.
private struct Money {
  private(set) var millionths: [String: Int64] = [:]

  /// Adds a decimal as PostgreSQL prints it; one that no bill could show is left out.
  mutating func add(_ decimal: String, unit: String?) {
    guard let amount = Self.millionths(decimal) else { return }
    millionths[unit ?? "", default: 0] &+= amount
  }

  /// `12,35 USD`, or several of them, the largest first; nil without any.
  func text(_ language: PageLanguage) -> String? {
    guard !millionths.isEmpty else { return nil }
    return millionths.sorted { ($1.value, $0.key) < ($0.value, $1.key) }
      .map { language.money(millionths: $0.value, unit: $0.key) }.joined(separator: " + ")
  }

  private static func millionths(_ decimal: String) -> Int64? {
    let isNegative = decimal.hasPrefix("-")
    let parts = decimal.drop { $0 == "-" }.split(separator: ".", omittingEmptySubsequences: false)
    guard let whole = parts.first, whole.utf8.count <= 12, parts.count <= 2,
      parts.allSatisfy({ $0.utf8.allSatisfy { (0x30...0x39).contains($0) } })
    else { return nil }
    let fraction = parts.count == 2 ? String(parts[1].prefix(6)) : ""
    let padded = fraction + String(repeating: "0", count: 6 - fraction.utf8.count)
    guard let amount = Int64(whole + padded) else { return nil }
    return isNegative ? -amount : amount
  }
}
