import Synchronization

/// The calls of a stream, each made and written once, in blocks: what a page of a long history costs
/// then is copying. Bounded in bytes: what comes when it is full is made anew each time.
final class SettledCalls: Sendable {
  /// A page of 1000 looks up few blocks, and a page of 10 makes few calls that it does not show.
  static let blockSize = 64

  private struct Kept {
    var blocks: [Int: [SettledCall]] = [:]
    var bytes = 0
  }

  let stream: CallStream
  private let json: CallJSON
  private let capacity: Int
  private let kept = Mutex(Kept())

  /// `capacity` in bytes of JSON.
  init(_ stream: CallStream, json: CallJSON, capacity: Int) {
    self.stream = stream
    self.json = json
    self.capacity = capacity
  }

  /// The same calls written in another way.
  func written(as json: CallJSON) -> SettledCalls {
    SettledCalls(stream, json: json, capacity: capacity)
  }

  /// The calls from `number * blockSize` on, as far as the stream goes.
  func block(_ number: Int) -> [SettledCall] {
    if let block = kept.withLock({ $0.blocks[number] }) { return block }
    let first = number * Self.blockSize
    let block = (first..<first + Self.blockSize).filter(stream.timetable.exists)
      .map { SettledCall(stream.call(at: $0), json: json) }
    let size = block.reduce(0) { $0 + $1.json.count }
    kept.withLock { kept in
      guard kept.bytes + size <= capacity, kept.blocks[number] == nil else { return }
      kept.blocks[number] = block
      kept.bytes += size
    }
    return block
  }
}
