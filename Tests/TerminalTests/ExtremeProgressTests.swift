import CallDomain
import SyncEngine
import Terminal
import Testing

@Suite("Progress of extreme numbers")
struct ExtremeProgressTests {
  static let shares: [Double] = [
    .nan, .infinity, -.infinity, .greatestFiniteMagnitude, -.greatestFiniteMagnitude, 1e18, -1e18, -3e14, -1,
    0, 1e-300, 0.5, 1, 2,
  ]

  @Test(
    "Whatever is planned, done and dropped, there is a line as wide as the terminal allows",
    arguments: shares,
    shares)
  func lines(planned: Double, page: Double) {
    for calls in [Int.min, -1, 0, 1000, .max] {
      var progress = ProgressState()
      progress.take(.resuming(slicesDone: 3, slices: calls, share: planned))
      for _ in 0..<2 {
        progress.take(.pageStored(calls: calls, share: page))
        progress.take(.sliceReplaced(parts: calls, share: planned))
        progress.take(sliceDone)
      }
      if let percent = progress.percent { #expect((0...100).contains(percent)) }
      for elapsed in [Duration.zero, .milliseconds(1), .seconds(Int64.max), .seconds(Int64.min)] {
        _ = progress.remainingSeconds(after: elapsed)
        let bar = ProgressBar(.historical)
        #expect(bar.plainLine(progress, after: elapsed).hasPrefix("Progreso: "))
        for width in [Int.min + 1, 0, 1, 80] {
          #expect(bar.drawn(progress, after: elapsed, width: width).count == max(1, width - 1))
        }
      }
    }
  }
}
