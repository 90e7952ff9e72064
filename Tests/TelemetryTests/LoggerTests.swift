import Foundation
import Synchronization
import Telemetry
import Testing

struct LoggerTests {
  private final class Recorder: Sendable {
    let output = Mutex<[String]>([])
    var text: String { output.withLock { $0.joined() } }
  }

  private func makeLogger(
    _ format: Logger.Format = .text, minimumLevel: LogLevel = .info, redaction: Redaction = .none,
    into recorder: Recorder
  ) -> Logger {
    Logger(format: format, minimumLevel: minimumLevel, redaction: redaction, clock: { "now" }) { text in
      recorder.output.withLock { $0.append(text) }
    }
  }

  @Test("The text format writes the lines for people and nothing else")
  func textFormat() {
    let recorder = Recorder()
    let logger = makeLogger(into: recorder)
    logger.log(
      .info, "saved", text: ["💾 Insertando 87 llamadas..."], fields: [LogField("calls", .integer(87))])
    logger.log(.info, "silent", fields: [LogField("calls", .integer(1))])
    #expect(recorder.output.withLock { $0 } == ["💾 Insertando 87 llamadas...\n"])
  }

  @Test("The JSON format writes one object for each event")
  func jsonFormat() {
    let recorder = Recorder()
    makeLogger(.json, into: recorder).log(.warning, "hole", text: ["⚠️ x", "y"])
    #expect(recorder.text == #"{"ts":"now","level":"warning","event":"hole"}"# + "\n")
  }

  @Test("Events below the minimum level are dropped, and their time is not asked for")
  func minimumLevel() {
    for minimum in LogLevel.allCases {
      let recorder = Recorder()
      let logger = makeLogger(.json, minimumLevel: minimum, into: recorder)
      for level in LogLevel.allCases { logger.log(level, level.rawValue) }
      let expected = LogLevel.allCases.filter { $0 >= minimum }
      #expect(recorder.output.withLock { $0 }.count == expected.count)
      #expect(expected.allSatisfy { recorder.text.contains($0.rawValue) })
    }
  }

  @Test("Text and fields of an event that is dropped are not made")
  func dropped() {
    func unmade<Value>() -> [Value] {
      Issue.record("made in vain")
      return []
    }
    let logger = makeLogger(minimumLevel: .warning, into: Recorder())
    logger.log(.info, "dropped", text: unmade(), fields: unmade())
  }

  @Test("The hundredth event is written from no deeper a stack than the first")
  func depth() {
    let depths = Mutex<Set<Int>>([])
    let logger = Logger(format: .text, clock: { "now" }) { _ in
      let depth = Thread.callStackReturnAddresses.count
      depths.withLock { _ = $0.insert(depth) }
    }
    for _ in 0..<100 { logger.log(.info, "event", text: ["line"]) }
    #expect(depths.withLock(\.count) == 1)
  }

  @Test("Secrets leave in no format", arguments: Logger.Format.allCases)
  func secrets(format: Logger.Format) {
    let recorder = Recorder()
    let logger = makeLogger(format, redaction: Redaction(secrets: ["hunter2hunter2"]), into: recorder)
    logger.log(
      .error, "e-hunter2hunter2", text: ["❌ hunter2hunter2"],
      fields: [LogField("hunter2hunter2", .text("postgres://u:hunter2hunter2@h/d"))])
    #expect(!recorder.text.contains("hunter2"))
    #expect(recorder.text.contains(Redaction.mark))
  }

  @Test("Events of many threads stay whole")
  func threads() throws {
    // The lines are gathered piece by piece without a lock of their own: only the logger's
    // promise to call its sink once at a time keeps them apart.
    let pieces = Mutex("")
    let logger = Logger(format: .json, clock: { "now" }) { text in
      for character in text { pieces.withLock { $0.append(character) } }
    }
    DispatchQueue.concurrentPerform(iterations: 200) { number in
      logger.log(.info, "n", fields: [LogField("number", .integer(Int64(number)))])
    }
    let lines = pieces.withLock { $0 }.split(separator: "\n")
    var numbers: Set<Int> = []
    for line in lines {
      let object = try JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any]
      numbers.insert(try #require(object?["number"] as? Int))
    }
    #expect(lines.count == 200)
    #expect(numbers == Set(0..<200))
  }
}
