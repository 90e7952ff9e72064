/// Where a call of case 1 or 2 that rang a lead arrived, changed or went away. It can only have changed the
/// decision of the lead's transfers that lie between the calls before and after this moment: for every
/// other transfer one of those is nearer.
package struct TouchedMoment: Hashable, Sendable {
  package let lead: PhoneNumber
  /// The call's effective time.
  package let time: Timestamp

  package init(lead: PhoneNumber, time: Timestamp) {
    self.lead = lead
    self.time = time
  }
}
