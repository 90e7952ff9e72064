import CallDomain
import Testing

@Suite("CallStatus")
struct CallStatusTests {
  @Test(
    "Every word of Twilio's list is known and keeps its spelling",
    arguments: [
      ("queued", CallStatus.queued, false), ("ringing", .ringing, false), ("in-progress", .inProgress, false),
      ("completed", .completed, true), ("busy", .busy, true), ("no-answer", .noAnswer, true),
      ("failed", .failed, true), ("canceled", .canceled, true),
    ])
  func known(_ word: String, _ status: CallStatus, _ isFinal: Bool) {
    #expect(CallStatus(word) == status)
    #expect(CallStatus(word).text == word)
    #expect(CallStatus(word).isFinal == isFinal)
  }

  @Test(
    "A word that is not on the list is kept and not final",
    arguments: ["initiated", "answered", "cancelled", "Completed", "COMPLETED", "completed ", "in_progress"])
  func unknown(_ word: String) {
    #expect(CallStatus(word) == .other(word))
    #expect(CallStatus(word).text == word)
    #expect(!CallStatus(word).isFinal)
  }
}
