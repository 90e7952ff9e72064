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
