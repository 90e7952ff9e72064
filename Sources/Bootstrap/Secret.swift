/// A text that no description, dump or interpolation shows.
struct Secret: Sendable, CustomStringConvertible, CustomReflectable {
  /// The text itself, for the one place that needs it.
  let exposed: String

  init(_ text: String) {
    exposed = text
  }

  var description: String { "•••" }

  var customMirror: Mirror { Mirror(self, children: []) }
}
