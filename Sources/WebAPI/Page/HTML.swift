/// A piece of HTML or of SVG within it. Text and attribute values are escaped where they enter, so that nothing
/// that is stored or sent can become markup.
struct HTML: Sendable {
  /// As it goes over the wire.
  let source: String

  private init(source: String) {
    self.source = source
  }

  /// Text, with the characters that HTML reads as markup written out.
  static func text(_ text: String) -> HTML {
    HTML(source: escaped(text))
  }

  /// An element with its attributes in order; one whose value is nil is left out.
  static func element(
    _ name: StaticString, _ attributes: KeyValuePairs<StaticString, String?> = [:], _ children: [HTML] = []
  ) -> HTML {
    HTML(source: opening(name, attributes) + children.map(\.source).joined() + "</\(name)>")
  }

  /// An element with text in it.
  static func element(
    _ name: StaticString, _ attributes: KeyValuePairs<StaticString, String?> = [:], text: String
  ) -> HTML {
    element(name, attributes, [.text(text)])
  }

  /// An element that has no end tag, such as `meta`.
  static func void(_ name: StaticString, _ attributes: KeyValuePairs<StaticString, String?>) -> HTML {
    HTML(source: opening(name, attributes))
  }

  /// What others wrote, for the middle of a sentence: written from right to left or with marks of direction in it, it
  /// turns nothing but itself. As `bdi` does, where no element can stand (Unicode Standard Annex 9, 2.4 and 2.7).
  static func isolated(_ text: String) -> String {
    guard !text.utf8.allSatisfy({ $0 < 0x80 }) else { return text }
    let plain = text.unicodeScalars.filter {
      !("\u{202A}"..."\u{202E}" ~= $0 || "\u{2066}"..."\u{2069}" ~= $0)
    }
    return "\u{2068}\(String(plain))\u{2069}"
  }

  /// A party of a call as it was written. An address such as `sip:ana@pbx.example` may break after its dots and its @:
  /// whole it would push columns of a table out of sight.
  static func party(_ written: String?) -> HTML {
    guard let written else { return .text("–") }
    guard written.utf8.contains(UInt8(ascii: "@")) else { return .element("bdi", text: written) }
    var parts: [HTML] = []
    var part = String.UnicodeScalarView()
    for scalar in written.unicodeScalars {
      part.append(scalar)
      guard scalar == "." || scalar == "@" else { continue }
      parts += [.text(String(part)), .void("wbr", [:])]
      part = String.UnicodeScalarView()
    }
    return .element("bdi", [:], parts + [.text(String(part))])
  }

  static func paragraph(_ text: String, style: String? = nil) -> HTML {
    element("p", ["class": style], text: text)
  }

  /// A number that stands out, and what it is.
  static func figure(_ value: String, _ text: String) -> HTML {
    element(
      "p", [:],
      [
        element("b", ["class": "figure"], text: value), .text(" "),
        element("span", ["class": "quiet"], text: text),
      ])
  }

  /// A part of the page under its heading.
  static func section(_ id: String, _ title: String, _ children: [HTML]) -> HTML {
    element("section", ["aria-labelledby": id], [element("h2", ["id": id], text: title)] + children)
  }

  /// A whole page. The style is a constant, which needs no escaping.
  static func page(language: String, head: [HTML], style: StaticString, body: [HTML]) -> String {
    "<!DOCTYPE html>\n"
      + element(
        "html", ["lang": language],
        [
          HTML(source: "<head>" + head.map(\.source).joined() + "<style>\(style)</style></head>\n"),
          element("body", [:], body),
        ]
      ).source + "\n"
  }

  private static func opening(_ name: StaticString, _ attributes: KeyValuePairs<StaticString, String?>)
    -> String
  {
    let list = attributes.compactMap { name, value in value.map { " \(name)=\"\(escaped($0))\"" } }
    return "<\(name)\(list.joined())>"
  }

  private static func escaped(_ text: String) -> String {
    var escaped = ""
    for scalar in text.unicodeScalars {
      switch scalar {
      case "&": escaped += "&amp;"
      case "<": escaped += "&lt;"
      case ">": escaped += "&gt;"
      case "\"": escaped += "&quot;"
      case "'": escaped += "&#39;"
      // What no document may hold (HTML Standard, 13.1.4).
      case "\u{0}"..."\u{8}", "\u{B}", "\u{E}"..."\u{1F}", "\u{7F}"..."\u{9F}": escaped += "\u{FFFD}"
      default: escaped.unicodeScalars.append(scalar)
      }
    }
    return escaped
  }
}

/// A table whose first column names its rows.
struct Table {
  /// The heading of a column, and how its cells look.
  struct Column {
    let heading: String
    let style: String?

    static func text(_ heading: String) -> Column { Column(heading: heading, style: nil) }
    /// Names, which may be words of any length: they break where they would push other columns out of sight.
    static func name(_ heading: String) -> Column { Column(heading: heading, style: "long") }
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
  /// Whether each row becomes a card where the screen is narrow, in which each cell has its heading.
  var isStacked = false

  /// A group of its own that is reached by keyboard, since it is scrolled where it is wider than the screen, unless
  /// its rows are stacked there.
  var html: HTML {
    .element(
      "div", ["class": "scroll", "role": "group", "aria-label": caption, "tabindex": "0"],
      [
        .element(
          "table", ["class": isStacked ? "stacked" : nil],
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
      let heading = isStacked ? cell.0.heading : nil
      return index == 0
        ? HTML.element("th", ["scope": "row", "class": cell.0.style, "data-heading": heading], [cell.1])
        : .element("td", ["class": cell.0.style, "data-heading": heading], [cell.1])
    }
    let line = HTML.element("tr", [:], cells)
    guard let note = row.note else { return [line] }
    return [
      line, .element("tr", ["class": "note"], [.element("td", ["colspan": "\(columns.count)"], [note])]),
    ]
  }
}
