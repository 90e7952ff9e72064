/// Bytes that wait to be sent.
struct Outbox {
  var bytes: [UInt8] = []
  private(set) var sent = 0

  /// More capacity than this is given back when everything is sent.
  private static let keptCapacity = 2048

  /// How many bytes wait.
  var count: Int {
    bytes.count - sent
  }

  var isEmpty: Bool {
    count == 0
  }

  mutating func advance(by sentBytes: Int) {
    sent += sentBytes
    guard isEmpty else { return }
    if bytes.capacity > Self.keptCapacity { bytes = [] } else { bytes.removeAll(keepingCapacity: true) }
    sent = 0
  }
}
