/// A table whose first column names its rows; all others hold numbers unless they are said to hold text.
struct Table {
  let caption: String
  let headings: [String]
  let rows: [[String]]
  /// Which columns hold text, besides the first.
  var text: Set<Int> = []

  var html: HTML {
    .element(
      "div", ["class": "scroll", "role": "region", "aria-label": caption, "tabindex": "0"],
      [
        .element(
          "table", [:],
          [
            .element("caption", [:], text: caption),
            .element("thead", [:], [.element("tr", [:], headings.enumerated().map(heading))]),
            .element("tbody", [:], rows.map { row in .element("tr", [:], row.enumerated().map(cell)) }),
          ])
      ])
  }

  private func heading(_ column: Int, _ text: String) -> HTML {
    .element("th", ["scope": "col", "class": style(column)], text: text)
  }

  private func cell(_ column: Int, _ text: String) -> HTML {
    column == 0
      ? .element("th", ["scope": "row"], text: text)
      : .element("td", ["class": style(column)], text: text)
  }

  private func style(_ column: Int) -> String? {
    column == 0 || text.contains(column) ? nil : "number"
  }
}
