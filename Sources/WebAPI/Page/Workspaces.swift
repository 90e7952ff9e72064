import CallDomain

/// The workspaces of the page, in an order and with colours that are the same in every chart and table.
struct Workspaces: Sendable {
  /// One workspace, or what the charts put together for want of colours.
  struct Entry: Sendable {
    let name: String
    /// Nil for several together.
    let id: WorkspaceID?
    /// The class that colours it.
    let style: String

    var swatch: HTML {
      .element(
        "svg", ["class": "swatch", "viewBox": "0 0 1 1", "aria-hidden": "true"],
        [.element("path", ["class": style, "d": "M0 0h1v1H0z"])])
    }
  }

  /// As many as a person tells apart; what remains shares a colour.
  static let colours = 6

  /// Those with most calls first, then the rest as one, and on top of all the default workspace, in a colour of
  /// its own: its calls are what an operator may have to act on.
  let series: [Entry]
  private let positions: [WorkspaceID: Int]
  private let rest: Int
  private let names: [WorkspaceID: String]
  private let byDefault: WorkspaceID?
  private let language: PageLanguage

  init(_ figures: PageFigures, language: PageLanguage) {
    var calls: [WorkspaceID: Int] = [:]
    for total in figures.totals { if let id = total.workspace { calls[id, default: 0] += total.calls } }
    // The hours may have begun before the period.
    for hour in figures.hours { if let id = hour.workspace { calls[id, default: 0] += 0 } }
    let order = calls.keys.filter { $0 != figures.defaultWorkspace }
      .sorted { (calls[$1] ?? 0, $0) < (calls[$0] ?? 0, $1) }
    let shown = order.prefix(Self.colours)
    let hasRest =
      order.count > shown.count || figures.totals.contains { $0.workspace == nil }
      || figures.hours.contains { $0.workspace == nil }
    self.language = language
    names = figures.names
    byDefault = figures.defaultWorkspace
    rest = shown.count
    var positions = Dictionary(zip(shown, 0...)) { first, _ in first }
    var series = shown.enumerated().map { index, id in
      Entry(name: Self.name(of: id, figures.names), id: id, style: "s\(index)")
    }
    if hasRest {
      series.append(Entry(name: language.say("Los demás", "All others"), id: nil, style: "rest"))
    }
    if let byDefault, calls[byDefault] != nil {
      positions[byDefault] = series.count
      let name = language.say("Por defecto · \(byDefault.number)", "Default · \(byDefault.number)")
      series.append(Entry(name: name, id: byDefault, style: "default"))
    }
    self.positions = positions
    self.series = series
  }

  /// The name of a workspace, its number where it has none.
  func name(of id: WorkspaceID?) -> String {
    guard let id else { return language.say("Sin workspace", "No workspace") }
    let name = Self.name(of: id, names)
    return id == byDefault ? name + language.say(" (por defecto)", " (default)") : name
  }

  /// How charts show a workspace that has calls.
  func swatch(of id: WorkspaceID?) -> HTML {
    let position = id.flatMap { positions[$0] } ?? rest
    return series.indices.contains(position) ? series[position].swatch : .text("")
  }

  /// The calls of one bucket by series.
  func values(_ buckets: [PageFigures.Bucket]) -> [Int] {
    var values = [Int](repeating: 0, count: series.count)
    for bucket in buckets {
      let position = bucket.workspace.flatMap { positions[$0] } ?? rest
      if values.indices.contains(position) { values[position] += bucket.calls }
    }
    return values
  }

  /// With the number, which operators write into the directory, and which tells two of one name apart.
  private static func name(of id: WorkspaceID, _ names: [WorkspaceID: String]) -> String {
    names[id].map { $0.isEmpty ? "\(id.number)" : "\($0) · \(id.number)" } ?? "Workspace \(id.number)"
  }
}
