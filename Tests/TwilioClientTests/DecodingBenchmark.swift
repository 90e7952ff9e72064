import CallDomain
import Foundation
import FuzzTargets
import TestSupport
import Testing
import TwilioClient

/// How fast pages are read, beside Foundation's decoder. Figures, no expectations:
/// `TEST_BENCH=1 swift test -c release --filter DecodingBenchmark`.
@Suite(
  "Decoding benchmark", .serialized,
  .enabled(if: ProcessInfo.processInfo.environment["TEST_BENCH"] == "1", "only with TEST_BENCH=1"))
struct DecodingBenchmark {
  /// A thousand calls in Twilio's published form, without white space.
  private static func makePage() throws -> [UInt8] {
    var random = SeededRandom(seed: 1)
    let record = TwilioSamples.oneCall.split(separator: "\n").map { $0.drop { $0 == " " } }.joined()
      .replacing(": ", with: ":")
    let records = (0..<1000).map { number in
      let digits = String(UInt64.random(in: 0...UInt64.max, using: &random), radix: 16)
      let sid = "CA" + String(repeating: "e", count: 32 - digits.count) + digits
      return record.replacing("CA" + String(repeating: "a", count: 32), with: sid)
        .replacing("+13051913581", with: "+346\(10_000_000 + number)")
    }
    let page = Array(
      #"{"next_page_uri":"\#(listPath)?Page=1","calls":[\#(records.joined(separator: ","))]}"#.utf8)
    let calls = try CallPageDecoding.page(page).calls
    try #require(calls.count == 1000)
    return page
  }

  @Test("reads a page of a thousand calls")
  func decode() throws {
    let page = try Self.makePage()
    let ours = try median(of: 101) { _ = try CallPageDecoding.page(page) }
    let foundation = try median(of: 21) { _ = try DecodingOracle.page(page) }
    print("decode: \(page.count) bytes, 1000 calls: \(text(ours)) ms; JSONDecoder \(text(foundation)) ms")
  }

  @Test("fetches and reads a page of a thousand calls over loopback, in one process with its server")
  func fetch() async throws {
    let page = try Self.makePage()
    let server = try makeServer(body: String(decoding: page, as: UTF8.self))
    let log = try makeLog(server.url)
    var times: [Duration] = []
    for _ in 0..<51 {
      let start = ContinuousClock.now
      _ = try await log.next(listPath)
      times.append(ContinuousClock.now - start)
    }
    print("fetch: \(page.count) bytes, 1000 calls: \(text(times.sorted()[times.count / 2])) ms wall")
  }

  private func median(of count: Int, _ body: () throws -> Void) rethrows -> Duration {
    let clock = ContinuousClock()
    let times = try (0..<count).map { _ in try clock.measure(body) }
    return times.sorted()[count / 2]
  }

  private func text(_ time: Duration) -> String {
    String(format: "%.2f", time / .milliseconds(1))
  }
}
