import Foundation
import Testing
import WebServer

@Suite("Request parser, by random mutations of the corpus")
struct ParserPropertyTests {
  /// xorshift64*, so that a seed tells everything.
  struct Random: RandomNumberGenerator {
    private var state: UInt64

    init(seed: UInt64) {
      state = seed == 0 ? 1 : seed
    }

    mutating func next() -> UInt64 {
      state ^= state >> 12
      state ^= state << 25
      state ^= state >> 27
      return state &* 2_685_821_657_736_338_717
    }
  }

  private let seed =
    ProcessInfo.processInfo.environment["TEST_SEED"].flatMap(UInt64.init) ?? UInt64.random(in: 1...UInt64.max)
  private let rounds =
    ProcessInfo.processInfo.environment["TEST_ROUNDS"].flatMap(Int.init) ?? 3000

  @Test("whole or in random pieces, mutated bytes mean the same, and nothing follows a refusal")
  func pieces() {
    var random = Random(seed: seed)
    for round in 0..<rounds {
      let bytes = mutated(using: &random)
      let whole = actions(of: [bytes[...]])
      let parts = cut(bytes, using: &random)
      #expect(actions(of: parts) == whole, "TEST_SEED=\(seed), round \(round): \(text(bytes))")
      let refusals = whole.indices.filter { if case .refuse = whole[$0] { true } else { false } }
      #expect(refusals.allSatisfy { $0 == whole.endIndex - 1 }, "TEST_SEED=\(seed), round \(round)")
    }
  }

  private let pool: [UInt8] = Array("\r\n\t :;,%/?#0159aFx\"-+".utf8) + [0, 11, 127, 128, 255]

  /// Two cases one after the other with a few bytes changed, put in, taken out or doubled.
  private func mutated(using random: inout Random) -> [UInt8] {
    let cases = (0..<2).compactMap { _ in conformanceCorpus.randomElement(using: &random) }
    var bytes = cases.flatMap { $0.bytes.prefix(1500) }
    for _ in 0..<Int.random(in: 0...6, using: &random) {
      guard let index = bytes.indices.randomElement(using: &random),
        let byte = pool.randomElement(using: &random)
      else { break }
      switch Int.random(in: 0..<4, using: &random) {
      case 0: bytes[index] = byte
      case 1: bytes.insert(byte, at: index)
      case 2: bytes.remove(at: index)
      default:
        let piece = bytes[index...].prefix(Int.random(in: 1...40, using: &random))
        bytes.insert(contentsOf: piece, at: index)
      }
    }
    return bytes
  }

  private func cut(_ bytes: [UInt8], using random: inout Random) -> [ArraySlice<UInt8>] {
    var parts: [ArraySlice<UInt8>] = []
    var rest = bytes[...]
    while !rest.isEmpty {
      let count = Int.random(in: 1...(Bool.random(using: &random) ? 3 : 200), using: &random)
      parts.append(rest.prefix(count))
      rest = rest.dropFirst(count)
    }
    return parts
  }

  private func actions(of parts: [ArraySlice<UInt8>]) -> [ParserAction] {
    parserActions(
      of: parts, limits: HTTPLimits(requestLine: 200, headerSection: 600, headerFields: 12, body: 500))
  }

  private func text(_ bytes: [UInt8]) -> String {
    String(decoding: bytes, as: UTF8.self).debugDescription
  }
}
