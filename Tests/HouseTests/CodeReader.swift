/// Leaves out comments and the contents of string literals, and keeps every line break, so that a
/// word is found where the compiler reads it, and not where a sentence or an SQL statement has it.
///
/// Not read: regular expression literals; a quote in one ends at the line's end at the latest.
struct CodeReader {
  private let text: [Character]
  private var position = 0
  private var code = ""

  init(_ text: String) {
    self.text = Array(text)
  }

  mutating func read() -> String {
    readCode(closesAtParenthesis: false)
    return code
  }

  /// Reads to the end of the text, or to the parenthesis that closes an interpolation.
  private mutating func readCode(closesAtParenthesis: Bool) {
    var depth = 0
    while position < text.count {
      if starts("//") {
        skip { $0 == "\n" }
      } else if starts("/*") {
        skipBlockComment()
      } else if let pounds = poundsBeforeQuote() {
        position += pounds
        readString(pounds: pounds)
      } else {
        let character = text[position]
        if character == "(" { depth += 1 }
        if character == ")" {
          if closesAtParenthesis, depth == 0 { return }
          depth -= 1
        }
        code.append(character)
        position += 1
      }
    }
  }

  /// Reads a literal from its opening quote; interpolations are code again.
  private mutating func readString(pounds: Int) {
    let quote = starts("\"\"\"") ? "\"\"\"" : "\""
    let closing = quote + String(repeating: "#", count: pounds)
    let escape = "\\" + String(repeating: "#", count: pounds)
    code.append("\"")
    position += quote.count
    while position < text.count, !starts(closing) {
      if starts(escape + "(") {
        position += escape.count + 1
        // Apart from what another one holds.
        code.append(" ")
        readCode(closesAtParenthesis: true)
        position += 1
      } else if starts(escape) {
        position += escape.count + 1
      } else if text[position] == "\n" {
        code.append("\n")
        position += 1
        if quote.count == 1 { return }
      } else {
        position += 1
      }
    }
    code.append("\"")
    position += closing.count
  }

  /// How many `#` stand before the quote that begins a literal here; nil when none begins here.
  private func poundsBeforeQuote() -> Int? {
    var pounds = 0
    while position + pounds < text.count, text[position + pounds] == "#" { pounds += 1 }
    guard position + pounds < text.count, text[position + pounds] == "\"" else { return nil }
    return pounds
  }

  /// Swift's block comments nest.
  private mutating func skipBlockComment() {
    var depth = 0
    repeat {
      if starts("/*") {
        depth += 1
        position += 2
      } else if starts("*/") {
        depth -= 1
        position += 2
      } else {
        if text[position] == "\n" { code.append("\n") }
        position += 1
      }
    } while depth > 0 && position < text.count
  }

  private mutating func skip(until isEnd: (Character) -> Bool) {
    while position < text.count, !isEnd(text[position]) { position += 1 }
  }

  private func starts(_ prefix: String) -> Bool {
    text[position...].starts(with: prefix)
  }
}
