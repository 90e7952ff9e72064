/// Colours for texts, or none (ECMA-48, select graphic rendition).
package struct Paint: Hashable, Sendable {
  private let isOn: Bool

  /// Leaves texts as they are.
  package static let none = Paint(isOn: false)
  /// Always colours.
  package static let colours = Paint(isOn: true)

  private init(isOn: Bool) {
    self.isOn = isOn
  }

  /// Colours only where a person looks: on a terminal that can show them, unless `NO_COLOR` is
  /// set and not empty (no-color.org).
  package init(isTerminal: Bool, environment: [String: String]) {
    let refused = environment["NO_COLOR"]?.isEmpty == false || environment["TERM"] == "dumb"
    isOn = isTerminal && !refused
  }

  func green(_ text: String) -> String { coloured(text, 32) }
  func yellow(_ text: String) -> String { coloured(text, 33) }
  func red(_ text: String) -> String { coloured(text, 31) }

  private func coloured(_ text: String, _ colour: Int) -> String {
    isOn && !text.isEmpty ? "\u{1B}[\(colour)m\(text)\u{1B}[0m" : text
  }
}
