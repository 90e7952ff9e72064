/// Takes what a client or a server of PostgreSQL sends apart into messages (manual, section 55.7), however
/// the bytes are cut into pieces.
struct ProtocolMessages {
  /// Where a message begins in the bytes at hand, and its type.
  struct Beginning {
    let offset: Int
    let type: Character
  }

  /// The type and the length of the message being read.
  private var head: [UInt8] = []
  private var headSize: Int
  /// Bytes of its body that are still to come.
  private var body = 0

  /// Those of a connection that begins; a client's first message has no type.
  init(ofClient isClient: Bool = true) {
    headSize = isClient ? 4 : 5
  }

  /// The messages that begin in `bytes`, a client's first one left out.
  mutating func take(_ bytes: [UInt8]) -> [Beginning] {
    var beginnings: [Beginning] = []
    var offset = 0
    while offset < bytes.count {
      if body > 0 {
        let count = min(body, bytes.count - offset)
        body -= count
        offset += count
        continue
      }
      if head.isEmpty, headSize == 5 {
        beginnings.append(Beginning(offset: offset, type: Character(UnicodeScalar(bytes[offset]))))
      }
      head.append(bytes[offset])
      offset += 1
      guard head.count == headSize else { continue }
      // The length counts itself and not the type.
      body = head.suffix(4).reduce(0) { $0 << 8 | Int($1) } - 4
      head = []
      headSize = 5
    }
    return beginnings
  }
}
