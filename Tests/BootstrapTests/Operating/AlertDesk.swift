import Bootstrap
import CallDomain
import Foundation
import Synchronization
import Telemetry
import TestSupport

/// The watch over alerts in this process: the real one with its store and its HTTP, by a clock that the test moves.
final class AlertDesk: Sendable {
  /// A clock that stands still unless it is moved.
  final class Time: Sendable {
    private let start: Timestamp
    private let passed = Mutex<Int64>(0)

    init(_ start: String) {
      self.start = makeTime(start)
    }

    /// Milliseconds since the start.
    var elapsed: Int64 { passed.withLock(\.self) }
    var now: Timestamp { Timestamp(milliseconds: start.milliseconds + elapsed) }

    func move(to moment: String) {
      passed.withLock { $0 = makeTime(moment).milliseconds(since: start) }
    }

    func move(by milliseconds: Int64) {
      passed.withLock { $0 += milliseconds }
    }
  }

  private struct Notes {
    var output = ""
    var limit = Int64.max
  }

  let watch: AlertWatch
  private let notes: SharedNotes
  private let arrivals: AsyncStream<Void>

  private final class SharedNotes: Sendable {
    let state = Mutex(Notes())
  }

  init(_ installation: Installation, _ time: Time, _ changes: [String: String?]) throws {
    let environment = installation.environment.changed(by: changes)
    let notes = SharedNotes()
    let (arrivals, arrival) = AsyncStream.makeStream(of: Void.self)
    self.notes = notes
    self.arrivals = arrivals
    let logger = Logger(format: .text, clock: { "" }) { line in notes.state.withLock { $0.output += line } }
    watch = AlertWatch(
      Service(try Configuration(environment: environment, needs: .all), logger: logger),
      now: { time.now }, milliseconds: { time.elapsed },
      sleep: { milliseconds in
        try Task.checkCancellation()
        guard time.elapsed + milliseconds <= notes.state.withLock(\.limit) else {
          arrival.yield()
          throw CancellationError()
        }
        time.move(by: milliseconds)
      })
  }

  /// What the log was told.
  var output: String { notes.state.withLock(\.output) }

  func count(_ text: String) -> Int { output.components(separatedBy: text).count - 1 }

  /// Lets it look as the server does until so many milliseconds have passed since the start.
  func keepLooking(until limit: Int64) async {
    notes.state.withLock { $0.limit = limit }
    let watch = watch
    let looking = Task { await watch.keepLooking() }
    var arrivals = arrivals.makeAsyncIterator()
    await arrivals.next()
    looking.cancel()
    await looking.value
    notes.state.withLock { $0.limit = .max }
  }
}
