/// A table whose first column names its rows.
struct Table {
  /// What stands in a column.
  struct Column {
    let heading: String
    let style: String?

    static func text(_ heading: String) -> Column { Column(heading: heading, style: nil) }
    static func number(_ heading: String) -> Column { Column(heading: heading, style: "number") }
    /// Left out where the screen is narrow.
    static func aside(_ heading: String) -> Column { Column(heading: heading, style: "aside") }
  }

  /// One row, and what is to be said of it below its cells.
  struct Row {
    let cells: [HTML]
    var note: HTML?

    init(_ cells: [HTML], note: HTML? = nil) {
      self.cells = cells
      self.note = note
    }

    init(texts: [String]) {
      cells = texts.map(HTML.text)
    }
  }

  let caption: String
  let columns: [Column]
  let rows: [Row]
  var sum: Row?

  /// A group of its own that is reached by keyboard, since it is scrolled where it is wider than the screen.
  var html: HTML {
    .element(
      "div", ["class": "scroll", "role": "group", "aria-label": caption, "tabindex": "0"],
      [
        .element(
          "table", [:],
          [
            .element("caption", [:], text: caption),
            .element("thead", [:], [.element("tr", [:], columns.map(heading))]),
            .element("tbody", [:], rows.flatMap(lines)),
          ] + (sum.map { [.element("tfoot", [:], lines($0))] } ?? []))
      ])
  }

  private func heading(_ column: Column) -> HTML {
    .element("th", ["scope": "col", "class": column.style], text: column.heading)
  }

  private func lines(_ row: Row) -> [HTML] {
    let cells = zip(columns, row.cells).enumerated().map { index, cell in
      index == 0
        ? HTML.element("th", ["scope": "row", "class": cell.0.style], [cell.1])
        : .element("td", ["class": cell.0.style], [cell.1])
    }
    let line = HTML.element("tr", [:], cells)
    guard let note = row.note else { return [line] }
    return [
      line, .element("tr", ["class": "note"], [.element("td", ["colspan": "\(columns.count)"], [note])]),
    ]
  }
}
