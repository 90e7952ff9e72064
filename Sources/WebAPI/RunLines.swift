import CallDomain

/// The answer in lines (NDJSON) to whoever watches a run: the run as it stands at once and then
/// at every interval, and its result as the last line.
enum RunLines {
  /// Milliseconds between two lines. One is promised at least every 10 seconds; half of
  /// that leaves room for a late timer.
  static let interval: Int64 = 5000

  /// Lines with their line feeds. A reader who is too slow misses lines in the middle, never the
  /// last; one who goes away ends the lines and not the run.
  static func stream(
    of started: any LiveRun, sleep: @escaping @Sendable (Int64) async -> Void
  ) -> AsyncStream<String> {
    let (lines, writer) = AsyncStream.makeStream(of: String.self, bufferingPolicy: .bufferingNewest(2))
    writer.yield(started.progress.record.json + "\n")
    let ticker = Task {
      await sleep(interval)
      while !Task.isCancelled {
        writer.yield(started.progress.record.json + "\n")
        await sleep(interval)
      }
    }
    Task {
      let result: RunAnswer
      do throws(RunFailure) {
        result = try await started.success().answer
      } catch {
        result = error.answer
      }
      // Waited for, so that nothing comes after the result.
      ticker.cancel()
      await ticker.value
      writer.yield(result.json + "\n")
      writer.finish()
    }
    writer.onTermination = { _ in ticker.cancel() }
    return lines
  }
}
