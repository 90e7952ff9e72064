import CallDomain
import Foundation
import Testing
import TwilioClient

@Suite("TwilioDate")
struct TwilioDateTests {
  @Test(
    "reads Twilio's form and the few others that mean the same without doubt",
    arguments: [
      ("Sun, 01 Mar 2026 09:05:07 +0000", "2026-03-01T09:05:07Z"),
      ("Fri, 18 Oct 2019 17:01:00 +0000", "2019-10-18T17:01:00Z"),
      ("01 Mar 2026 09:05:07 +0000", "2026-03-01T09:05:07Z"),
      ("Sun, 1 Mar 2026 09:05:07 +0000", "2026-03-01T09:05:07Z"),
      ("Sun, 01 Mar 2026 09:05:07 GMT", "2026-03-01T09:05:07Z"),
      ("Sun, 01 Mar 2026 09:05:07 UTC", "2026-03-01T09:05:07Z"),
      ("Sun, 01 Mar 2026 09:05:07 UT", "2026-03-01T09:05:07Z"),
      ("Sun, 01 Mar 2026 09:05:07 Z", "2026-03-01T09:05:07Z"),
      ("Sun, 01 Mar 2026 09:05:07 -0000", "2026-03-01T09:05:07Z"),
      ("Sun, 01 Mar 2026 09:05:07 +0530", "2026-03-01T03:35:07Z"),
      ("Sun, 01 Mar 2026 00:05:07 +0200", "2026-02-28T22:05:07Z"),
      ("Thu, 31 Dec 2026 23:30:00 -0100", "2027-01-01T00:30:00Z"),
      ("Thu, 29 Feb 2024 00:00:00 +0000", "2024-02-29T00:00:00Z"),
      ("Sat, 31 Dec 2016 23:59:60 +0000", "2017-01-01T00:00:00Z"),
    ])
  func reads(text: String, expected: String) throws {
    #expect(TwilioDate.parse(text) == (try makeTimestamp(expected)))
  }

  @Test(
    "reads nothing else",
    arguments: [
      "", " ", "null", "2026-03-01T09:05:07Z", "Sun, 01 Mar 2026", "Sun, 01 Mar 2026 09:05:07",
      "1 Mar 2026 09:05:07 \0UT",
      "Sun, 01 Mar 2026 09:05:07 ", "Sun, 01 Mar 2026 09:05 +0000", "Sun 01 Mar 2026 09:05:07 +0000",
      "Sun,01 Mar 2026 09:05:07 +0000", "Dom, 01 Mar 2026 09:05:07 +0000",
      "Sun, 01 mar 2026 09:05:07 +0000", "Sun, 01 Mrz 2026 09:05:07 +0000",
      "Sun, 00 Mar 2026 09:05:07 +0000", "Sun, 32 Mar 2026 09:05:07 +0000",
      "Sun, 29 Feb 2026 09:05:07 +0000", "Sun, 01 Mar 26 09:05:07 +0000",
      "Fri, 31 Dec 9999 23:30:00 -0100", "Mon, 01 Jan 0001 00:00:00 +0100", "Fri, 31 Dec 9999 23:59:60 Z",
      "Sun, 01 Mar 20266 09:05:07 +0000", "Sun, 01 Mar 0000 09:05:07 +0000",
      "Sun, 01 Mar 2026 24:00:00 +0000", "Sun, 01 Mar 2026 09:60:00 +0000",
      "Sun, 01 Mar 2026 09:05:61 +0000", "Sun, 01 Mar 2026 9:05:07 +0000",
      "Sun, 01 Mar 2026 09:05:07 +00:00", "Sun, 01 Mar 2026 09:05:07 +000",
      "Sun, 01 Mar 2026 09:05:07 +2400", "Sun, 01 Mar 2026 09:05:07 +0060",
      "Sun, 01 Mar 2026 09:05:07 +0000 ", "Sun, 01 Mar 2026 09:05:07 +0000 (UTC)",
      "Sun, 01 Mar 2026 09:05:07 EST", "Sun,  01 Mar 2026 09:05:07 +0000",
      "Sun, 001 Mar 2026 09:05:07 +0000", "Sun, ٠١ Mar 2026 09:05:07 +0000", ", 01 Mar 2026 09:05:07 Z",
    ])
  func refuses(text: String) {
    #expect(TwilioDate.parse(text) == nil)
  }

  @Test("agrees with Foundation over many random moments and zones")
  func oracle() {
    var random = SeededGenerator.fromEnvironment()
    let formatter = DateFormatter()
    formatter.locale = Locale(identifier: "en_US_POSIX")
    formatter.calendar = Calendar(identifier: .gregorian)
    formatter.dateFormat = "EEE, dd MMM yyyy HH:mm:ss xx"
    for _ in 0..<5000 {
      // From 1970 to 2100: the years a call can have.
      let seconds = Int64.random(in: 0..<4_102_444_800, using: &random)
      formatter.timeZone = TimeZone(secondsFromGMT: Int.random(in: -14 * 4...14 * 4, using: &random) * 900)
      let text = formatter.string(from: Date(timeIntervalSince1970: TimeInterval(seconds)))
      #expect(TwilioDate.parse(text) == Timestamp(seconds: seconds), "\(text), TEST_SEED=\(random.seed)")
    }
  }

  @Test("survives damaged dates")
  func damaged() {
    var random = SeededGenerator.fromEnvironment()
    let letters = Array("0123456789 :,+-JanFebMrSuTZé".unicodeScalars)
    for _ in 0..<5000 {
      var text = Array("Sun, 01 Mar 2026 09:05:07 +0000".unicodeScalars)
      let place = Int.random(in: 0..<text.count, using: &random)
      switch Int.random(in: 0..<3, using: &random) {
      case 0: text.remove(at: place)
      case 1: text.insert(letters[Int.random(in: 0..<letters.count, using: &random)], at: place)
      default: text[place] = letters[Int.random(in: 0..<letters.count, using: &random)]
      }
      let damaged = String(String.UnicodeScalarView(text))
      guard let moment = TwilioDate.parse(damaged) else { continue }
      // What still reads has kept its form, so its parts can be read back from the moment.
      let day = damaged.split(separator: " ").dropFirst(damaged.first?.isLetter == true ? 1 : 0).first
      #expect(
        day.flatMap { Int($0) } != nil && moment.milliseconds % 1000 == 0,
        "\(damaged), TEST_SEED=\(random.seed)")
    }
  }
}

/// A generator that repeats itself from its seed (SplitMix64), taken from TEST_SEED when set.
struct SeededGenerator: RandomNumberGenerator {
  let seed: UInt64
  private var state: UInt64

  init(seed: UInt64) {
    self.seed = seed
    state = seed
  }

  static func fromEnvironment() -> SeededGenerator {
    let given = ProcessInfo.processInfo.environment["TEST_SEED"].flatMap { UInt64($0) }
    let generator = SeededGenerator(seed: given ?? UInt64.random(in: 0...UInt64.max))
    print("TEST_SEED=\(generator.seed)")
    return generator
  }

  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var mixed = state
    mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
    mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
    return mixed ^ (mixed >> 31)
  }
}
