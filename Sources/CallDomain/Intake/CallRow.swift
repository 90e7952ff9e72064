/// A row to write: a call with its attribution.
package struct CallRow: Hashable, Sendable {
  package let call: Call
  package let attribution: Attribution
  package let leadNumber: PhoneNumber?

  package init(call: Call, attribution: Attribution, leadNumber: PhoneNumber?) {
    self.call = call
    self.attribution = attribution
    self.leadNumber = leadNumber
  }

  /// Whether `stored` already says all of this.
  func isStored(as stored: StoredCall?) -> Bool {
    guard let stored else { return false }
    return stored.call == call && stored.workspace == attribution.workspace
      && stored.phoneNumber == attribution.decidingNumber && stored.leadNumber == leadNumber
      && stored.effectiveTime == call.effectiveTime
      && (call.price == nil || stored.cost == call.price?.magnitude)
  }
}
