import CallDomain
import TestSupport

/// What the table of calls refuses while a plan is committed: by their values a few of the month's calls, and every
/// call of a page that was spoiled.
enum IntakeRefusals {
  private static let duration = 1200
  /// Which no call of a month has.
  private static let spoiledDuration = 40_000

  static let constraint = """
    ALTER TABLE calls ADD CONSTRAINT odd CHECK (
      duration <> \(spoiledDuration) AND (direction <> 'outbound-api' OR duration <> \(duration)))
    """

  static func refuses(_ call: Call) -> Bool {
    call.direction == .outboundAPI && call.duration == duration
  }

  /// The page with values that no call of it is stored with: nothing of a large one is stored, and the calls of a
  /// small one are set aside.
  static func spoiled(_ page: IntakePage) -> IntakePage {
    var page = page
    for index in page.calls.indices { page.calls[index].duration = spoiledDuration }
    return page
  }
}
