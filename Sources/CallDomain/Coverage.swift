/// How far the stored log reaches, as an hourly run needs to know it.
package struct Coverage: Hashable, Sendable {
  /// Up to where hourly runs have taken in the log; nil before the first.
  package var coveredUntil: Timestamp?
  /// Where nothing is covered, the newest `call_date` of a stored Twilio call that is not in the future.
  package var newestCall: Timestamp?
  /// How many numbers the directory holds.
  package var listedNumbers: Int

  package init(coveredUntil: Timestamp?, newestCall: Timestamp?, listedNumbers: Int) {
    self.coveredUntil = coveredUntil
    self.newestCall = newestCall
    self.listedNumbers = listedNumbers
  }
}
