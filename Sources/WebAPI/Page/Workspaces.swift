import CallDomain

/// The workspaces of the page, in an order and with colours that are the same in every chart and table.
struct Workspaces: Sendable {
  /// One workspace, or what the charts put together for want of colours.
  struct Entry: Sendable {
    /// Nil for the rest and for calls without a workspace.
    let id: WorkspaceID?
    let name: String
    /// The class that colours it.
    let style: String
  }

  /// As many as a person tells apart; what remains shares the last colour.
  static let colours = 7

  /// Those with most calls first, then what remains of them.
  let series: [Entry]
  private let positions: [WorkspaceID: Int]
  private let names: [WorkspaceID: String]
  private let language: PageLanguage

  init(_ figures: PageFigures, language: PageLanguage) {
    self.language = language
    names = figures.names
    var calls: [WorkspaceID: Int] = [:]
    for total in figures.totals { if let id = total.workspace { calls[id, default: 0] += total.calls } }
    let order = calls.sorted { ($1.value, $0.key) < ($0.value, $1.key) }.map(\.key)
    let hasRest = order.count > Self.colours || figures.totals.contains { $0.workspace == nil }
    let shown = order.prefix(Self.colours)
    positions = Dictionary(uniqueKeysWithValues: zip(shown, 0...))
    let names = names
    series =
      shown.enumerated().map { index, id in
        Entry(id: id, name: Self.name(of: id, names, language), style: "s\(index)")
      } + (hasRest ? [Entry(id: nil, name: language.say("Los demás", "All others"), style: "rest")] : [])
  }

  /// The name of a workspace, its number where it has none.
  func name(of id: WorkspaceID?) -> String {
    id.map { Self.name(of: $0, names, language) } ?? language.say("Sin workspace", "No workspace")
  }

  /// The calls of one bucket by series.
  func values(_ buckets: [PageFigures.Bucket]) -> [Int] {
    var values = [Int](repeating: 0, count: series.count)
    for bucket in buckets {
      let position = bucket.workspace.flatMap { positions[$0] } ?? series.count - 1
      if values.indices.contains(position) { values[position] += bucket.calls }
    }
    return values
  }

  var legend: HTML {
    .element(
      "ul", ["class": "legend"],
      series.map { entry in
        .element(
          "li", [:],
          [
            .element(
              "svg", ["viewBox": "0 0 10 10", "aria-hidden": "true"],
              [.element("rect", ["class": entry.style, "width": "10", "height": "10", "rx": "2"])]),
            .text(entry.name),
          ])
      })
  }

  private static func name(
    of id: WorkspaceID, _ names: [WorkspaceID: String], _ language: PageLanguage
  ) -> String {
    names[id].map { $0.isEmpty ? "\(id.number)" : $0 } ?? "Workspace \(id.number)"
  }
}
