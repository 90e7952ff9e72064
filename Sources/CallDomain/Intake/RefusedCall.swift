/// A call that the database does not take by its values: too long, of a character that it cannot hold, against a
/// constraint, or refused by a trigger. It is set aside, so that it never holds up the rest.
package struct RefusedCall: Hashable, Sendable {
  package let sid: CallSID
  package let attributionCase: AttributionCase?
  /// The reason in a few Spanish words, without anything of the call in it.
  package let reason: String

  package init(sid: CallSID, attributionCase: AttributionCase?, reason: String) {
    self.sid = sid
    self.attributionCase = attributionCase
    self.reason = reason
  }
}

/// Stored calls whose rows, or whose workspace alone, the database does not let change, as those of a month that a
/// trigger keeps closed. They stay in their workspace and are not set aside; where it is the workspace alone, what else
/// Twilio says of them is written.
package struct KeptCalls: Hashable, Sendable {
  package var sids: Set<CallSID>
  /// The reason in a few Spanish words, without anything of a call in it.
  package let reason: String

  package init(sids: Set<CallSID>, reason: String) {
    self.sids = sids
    self.reason = reason
  }
}

/// How much may be refused before the table is wrong and not the calls (Reference.md, "Refused calls").
package enum RefusalLimits {
  /// Of so many calls of a page and more no more than half.
  package static let fewestOfPage = 20
  /// Of a run no more than this.
  package static let mostOfRun = 100

  /// Whether so many refused calls mean that the page must not be committed.
  ///
  /// - Parameters:
  ///   - refused: Refused calls of a page.
  ///   - calls: Its calls of cases 1 to 3.
  ///   - before: What the run has set aside before.
  package static func isTooMuch(
    refused: some Collection<CallSID>, of calls: Int, before: Set<CallSID>
  ) -> Bool {
    calls >= fewestOfPage && refused.count > calls / 2 || before.union(refused).count > mostOfRun
  }
}
