/// Where in the bytes a value stands, and what it is.
struct JSONToken {
  enum Kind {
    /// A string in ASCII that reads as its bytes do.
    case plain
    /// Any other string.
    case coded
    case number
    case null
    /// True, false, an array or an object.
    case other
  }

  let kind: Kind
  /// Strings without their quotes.
  let range: Range<Int>

  init(_ kind: Kind, _ range: Range<Int>) {
    self.kind = kind
    self.range = range
  }
}
