/// Where a call stands, as Twilio names it (docs: Call resource, `status`).
package enum CallStatus: Hashable, Sendable {
  case queued
  case ringing
  case inProgress
  case completed
  case busy
  case failed
  case noAnswer
  case canceled
  /// A value that Twilio's list did not hold when this was written; counts as not final.
  case other(String)

  package init(_ text: String) {
    switch text {
    case "queued": self = .queued
    case "ringing": self = .ringing
    case "in-progress": self = .inProgress
    case "completed": self = .completed
    case "busy": self = .busy
    case "failed": self = .failed
    case "no-answer": self = .noAnswer
    case "canceled": self = .canceled
    default: self = .other(text)
    }
  }

  /// The word as Twilio sends it.
  package var text: String {
    switch self {
    case .queued: "queued"
    case .ringing: "ringing"
    case .inProgress: "in-progress"
    case .completed: "completed"
    case .busy: "busy"
    case .failed: "failed"
    case .noAnswer: "no-answer"
    case .canceled: "canceled"
    case .other(let text): text
    }
  }

  /// Whether the call has ended and its status will not change.
  package var isFinal: Bool {
    switch self {
    case .completed, .busy, .failed, .noAnswer, .canceled: true
    case .queued, .ringing, .inProgress, .other: false
    }
  }

  /// How far a call has come, for choosing between two versions of the same second.
  var progress: Int {
    switch self {
    case .other: 0
    case .queued: 1
    case .ringing: 2
    case .inProgress: 3
    case .completed, .busy, .failed, .noAnswer, .canceled: 4
    }
  }
}
