import Testing
import WebAPI

@Suite("The comparison with the secret")
struct SecretComparisonTests {
  private static func makeBytes(_ count: Int) -> [UInt8] {
    (0..<count).map { UInt8(ascii: "a") + UInt8($0 % 26) }
  }

  private static func makeSecret(_ count: Int) -> String {
    String(decoding: makeBytes(count), as: UTF8.self)
  }

  @Test("The secret itself matches, at every length", arguments: 1...600)
  func sameMatches(count: Int) {
    #expect(SecretComparison(Self.makeSecret(count)).matches(Self.makeBytes(count)))
  }

  @Test("Nothing of another length matches, shorter or longer, its beginning or its continuation")
  func otherLengthsDiffer() {
    for count in [1, 16, 40, 255, 256, 257, 512, 600] {
      let comparison = SecretComparison(Self.makeSecret(count))
      for other in 0...1100 where other != count {
        #expect(!comparison.matches(Self.makeBytes(other)), "\(other) bytes against \(count)")
      }
    }
  }

  @Test("Padding does not count: zero bytes after the secret do not match")
  func zerosDiffer() {
    let comparison = SecretComparison(Self.makeSecret(40))
    for zeros in 1...600 {
      #expect(!comparison.matches(Self.makeBytes(40) + [UInt8](repeating: 0, count: zeros)))
    }
  }

  @Test("One changed bit anywhere is a difference")
  func changedBitDiffers() {
    let secret = Self.makeBytes(300)
    let comparison = SecretComparison(String(decoding: secret, as: UTF8.self))
    for index in secret.indices {
      for bit in 0..<8 {
        var given = secret
        given[index] ^= 1 << bit
        #expect(!comparison.matches(given), "bit \(bit) of byte \(index)")
      }
    }
  }

  @Test("An empty secret equals nothing, not even the empty one")
  func emptySecretMatchesNothing() {
    #expect(!SecretComparison("").matches([]))
    #expect(!SecretComparison("").matches([0]))
  }

  @Test(
    "What is read depends on the length of what is given, not on where it differs nor on the secret",
    arguments: [0, 1, 15, 16, 39, 40, 41, 200, 255, 256, 257, 1000])
  func readsTheSame(length: Int) {
    for secret in [1, 16, 40, 100, 255].map(Self.makeSecret) {
      for difference in [nil, 0, 7, 15, 16, 39, 100, length - 1] {
        var given = Self.makeBytes(length)
        if let difference, given.indices.contains(difference) { given[difference] ^= 1 }
        let traced = TracedBytes(given)
        let isSame = SecretComparison(secret).matches(traced)
        #expect(isSame == (given == Array(secret.utf8)))
        #expect(traced.read == Array(0..<min(length, 256)), "different at \(difference ?? -1)")
      }
    }
  }
}

/// Bytes that note which of them are read, in what order.
private final class TracedBytes: Collection {
  private let bytes: [UInt8]
  private(set) var read: [Int] = []

  init(_ bytes: [UInt8]) {
    self.bytes = bytes
  }

  var startIndex: Int { 0 }
  var endIndex: Int { bytes.count }

  func index(after index: Int) -> Int { index + 1 }

  subscript(index: Int) -> UInt8 {
    read.append(index)
    return bytes[index]
  }
}
