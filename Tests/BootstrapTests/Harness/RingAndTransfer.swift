import CallDomain
import TestSupport
import TwilioSimulator

/// A call of ours to a lead, and the lead's transfer, which it decides.
enum RingAndTransfer {
  static let own = "+34910123456"
  static let lead = "+34611222333"
  static let (ring, transfer) = (TestCalls.sid(1), TestCalls.sid(2))

  /// Has the simulator tell both, priced, and makes the workspaces 4 and 5; no number is listed. Both are of the last
  /// half hour, so at the beginning of a month they are of the month before: who moves them from a workspace that is
  /// not the default one says `--past`.
  static func put(into installation: Installation) async throws {
    let now = installation.simulation.now.wholeSecond
    func life(_ ended: Int) -> CallLife {
      let end = now.adding(seconds: ended)
      return CallLife(
        created: end.adding(seconds: -62), dialled: end.adding(seconds: -61),
        answered: end.adding(seconds: -60), ended: end, priced: end.adding(seconds: 5))
    }
    installation.simulation.put([
      SimulatedCall(sid: ring, from: own, to: lead, life: life(-1200), price: "-0.05600"),
      SimulatedCall(
        sid: transfer, direction: "trunking-originating", from: lead,
        to: "sip:\(own)@pbx.example", life: life(-600), price: "-0.05600"),
    ])
    try await installation.sql("INSERT INTO workspaces (id, name) VALUES (4, 'Acme'), (5, 'Beta')")
  }
}
