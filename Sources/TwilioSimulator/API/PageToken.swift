/// Where a page begins: behind the last call of the page before it, or before the first call of the
/// page after it (facts 1.6).
struct PageToken: Hashable, Sendable {
  enum Direction: String {
    case next = "PA"
    case previous = "PB"
  }

  let direction: Direction
  let sid: String

  init(_ direction: Direction, _ sid: String) {
    self.direction = direction
    self.sid = sid
  }

  /// Nil for what is no token; whether its call exists shows later.
  init?(_ text: String) {
    guard let direction = Direction(rawValue: String(text.prefix(2))),
      CallDocument.isCallSID(String(text.dropFirst(2)))
    else { return nil }
    self.init(direction, String(text.dropFirst(2)))
  }

  var text: String { direction.rawValue + sid }
}
