import BlockingWork
import CallDomain
import Dispatch
import Foundation
import Synchronization
import Telemetry
import Terminal

/// Standard output and standard error. The log goes on whether somebody reads it or not; a command's result
/// is waited for.
enum Output {
  /// How the lines look that no logger writes.
  struct Form {
    var format = Logger.Format.text
    var redaction = Redaction.none
  }

  static let form = Mutex(Form())

  private static let errors = OutputQueue(loss: lossLine)
  /// The same queue where both lead to the same place, so that the order stays.
  private static let lines =
    StandardStreams.areOne(STDOUT_FILENO, STDERR_FILENO) ? errors : OutputQueue(loss: lossLine)

  /// Lines of the log for standard output.
  static func log(_ text: String) {
    lines.log(text, to: STDOUT_FILENO)
  }

  /// The same for standard error.
  static func error(_ text: String) {
    errors.log(text, to: STDERR_FILENO)
  }

  /// Writes a command's result to standard output.
  ///
  /// - Parameter status: How the command ends.
  /// - Returns: The same, unless a command that went well has a result that cannot be written.
  static func result(_ text: String, _ status: ExitStatus = .done) async -> ExitStatus {
    guard let code = await lines.write(text, to: STDOUT_FILENO) else { return status }
    let sentence = "No se pudo escribir el resultado en la salida estándar: \(reason(code))."
    error(
      line(.error, "result_not_written", "❌ \(sentence)", [LogField("error", .text(sentence))]))
    return status == .done ? .failed : status
  }

  /// Tells why a command has no result.
  static func failure(_ failure: RunFailure, as event: String, json: Bool) async -> ExitStatus {
    error(
      line(
        .error, event, "❌ \(failure.message)", [LogField("error", .text(failure.message))],
        cause: failure.cause))
    return json ? await result(failure.answer.json + "\n", .failed) : .failed
  }

  /// Waits until everything is written, but not long for readers that stand still.
  static func flush(within limit: DispatchTimeInterval = .seconds(2)) {
    let deadline = DispatchTime.now() + limit
    for queue in [lines, errors] { queue.flush(until: deadline) }
  }

  /// A line that no logger writes, in the format of the log.
  static func line(
    _ level: LogLevel, _ event: String, _ text: String, _ fields: [LogField], cause: String? = nil
  ) -> String {
    let form = form.withLock(\.self)
    return LogLine(
      time: Clocks.now().iso8601, level: level, event: event, text: [text], fields: fields, cause: cause
    ).written(form.format, form.redaction)
  }

  private static let lossLine: @Sendable (Int) -> String = { count in
    line(
      .warning, "log_lines_dropped", "⚠️ Líneas del registro perdidas porque no se podían escribir: \(count)",
      [LogField("count", .integer(Int64(count)))])
  }

  private static func reason(_ code: Int32) -> String {
    switch code {
    case EPIPE: "quien la leía la ha cerrado"
    case ENOSPC, EDQUOT: "no queda espacio"
    case EFBIG: "el fichero ha llegado a su límite"
    case EBADF: "está cerrada"
    default: "error \(code)"
    }
  }
}
