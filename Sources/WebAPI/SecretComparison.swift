/// Holds the secret and says whether something given equals it, in a time that tells nothing
/// about the secret.
///
/// Every comparison walks over the same number of bytes: the secret's length rounded up to a
/// multiple of 256. What is given is taken as if it were cut or filled up with zeros to that width, and its
/// length is folded into the result. So the time depends on the length of what was given, which its sender
/// knows, and neither on where the two differ nor on whether their lengths are equal. (There is no keyed
/// hash in Foundation on Linux that would make both sides equally long.)
package struct SecretComparison: Sendable {
  private static let step = 256

  private let padded: [UInt8]
  private let count: Int

  /// Keeps a padded copy of the secret's UTF-8 bytes.
  package init(_ secret: String) {
    let bytes = Array(secret.utf8)
    let width = (bytes.count / Self.step + 1) * Self.step
    padded = bytes + repeatElement(0, count: width - bytes.count)
    count = bytes.count
  }

  /// Whether `given` is the secret, byte by byte. An empty secret equals nothing.
  @inline(never)
  package func matches(_ given: some Collection<UInt8>) -> Bool {
    var difference = UInt64(truncatingIfNeeded: given.count ^ count)
    var position = given.startIndex
    let end = given.endIndex
    for expected in padded {
      // The one branch depends on the length of what was given only.
      var byte: UInt8 = 0
      if position < end {
        byte = given[position]
        given.formIndex(after: &position)
      }
      difference |= UInt64(expected ^ byte)
    }
    return difference == 0 && count > 0
  }
}
