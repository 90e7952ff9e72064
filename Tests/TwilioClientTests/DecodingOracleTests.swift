import CallDomain
import FuzzTargets
import TestSupport
import Testing
import TwilioClient

/// The reader against Foundation's decoder.
@Suite("CallPageDecoding against Foundation's decoder")
struct DecodingOracleTests {
  private static let smallPage =
    #"{"calls":[{"sid":"CAaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa","from":"+3491\u00e9","to":"ñ","status":"busy","#
    + #""price":null,"duration":"4","x":[1,{"y":-2.5e3}],"end_time":"01 Mar 2026 09:05:07 Z"}],"#
    + #""next_page_uri":"\/a\\"}"#

  @Test("reads random pages alike, whole and damaged")
  func random() throws {
    try forEachSeed(120) { random in
      var generator = PageGenerator(random: random)
      let page = generator.page()
      try agree(on: page)
      for _ in 0..<8 {
        var damaged = page
        for _ in 0..<generator.random.number(in: 1...3) { damage(&damaged, &generator.random) }
        try agree(on: damaged)
      }
    }
  }

  @Test("reads random single calls alike, whole and damaged")
  func randomCalls() throws {
    try forEachSeed(120) { random in
      var generator = PageGenerator(random: random)
      var call = Array(generator.record().utf8)
      try agreeOnCall(call)
      damage(&call, &generator.random)
      try agreeOnCall(call)
    }
  }

  @Test("judges a page alike wherever it is cut off")
  func truncated() throws {
    for sample in [TwilioSamples.fullPage1, Self.smallPage] {
      let page = Array(sample.utf8)
      for count in 0...page.count { try agree(on: Array(page[..<count])) }
    }
  }

  @Test("judges a page alike with any byte of it changed to any of ASCII or any kind of others")
  func everyByte() throws {
    let page = Array(Self.smallPage.utf8)
    for place in page.indices {
      for byte in Array(0...0x7F) + [0x80, 0xBF, 0xC0, 0xC3, 0xE2, 0xF0, 0xFF] as [UInt8] {
        var damaged = page
        damaged[place] = byte
        try agree(on: damaged)
      }
    }
  }

  @Test(
    "judges alike what surrounds a page",
    arguments: ["", " \n\t\r", "\u{FEFF}", "\u{FEFF}\u{FEFF}", "x", "\0"])
  func surroundings(text: String) throws {
    try agree(on: Array((text + Self.smallPage).utf8))
    try agree(on: Array((Self.smallPage + text).utf8))
  }

  @Test("nests as deeply, and no deeper", arguments: [1, 509, 510, 511, 512, 513, 100_000])
  func nesting(depth: Int) throws {
    for (open, close) in [("[", "]"), (#"{"a":"#, "}")] {
      let bomb = String(repeating: open, count: depth) + "1" + String(repeating: close, count: depth)
      try agree(on: Array(#"{"calls":[],"x":\#(bomb)}"#.utf8))
      try agree(on: Array(#"{"calls":[\#(bomb)]}"#.utf8))
      // Not asked of the oracle, which traps where the 513th bracket is the last byte.
      #expect(throws: TwilioError.BadAnswer.malformed) {
        try CallPageDecoding.page(Array(String(repeating: open, count: depth).utf8))
      }
    }
  }

  private func agree(on page: [UInt8]) throws {
    let difference = DecodingOracle.difference(onPage: page)
    try #require(difference == nil)
  }

  private func agreeOnCall(_ call: [UInt8]) throws {
    let difference = DecodingOracle.difference(onCall: call)
    try #require(difference == nil)
  }

  private func damage(_ bytes: inout [UInt8], _ random: inout SeededRandom) {
    guard let place = bytes.indices.randomElement(using: &random) else { return }
    let marks: [UInt8] = Array("\"\\{}[],:0e-. u\u{1}".utf8) + [0x80, 0xC3, 0xFF]
    let byte = random.element(of: marks) ?? 0
    switch random.number(in: 0...3) {
    case 0: bytes[place] = byte
    case 1: bytes.insert(byte, at: place)
    case 2: bytes.remove(at: place)
    default: bytes.removeSubrange(place..<min(place + random.number(in: 1...20), bytes.count))
    }
  }
}
