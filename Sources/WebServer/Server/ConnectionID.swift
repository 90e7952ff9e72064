/// Which connection something is meant for: descriptors are used again, so each use has a number of its own.
struct ConnectionID: Hashable, Sendable {
  let descriptor: Int32
  let generation: UInt32

  init(descriptor: Int32, generation: UInt32) {
    self.descriptor = descriptor
    self.generation = generation
  }

  /// What the poller carries.
  var key: UInt64 {
    UInt64(generation) << 32 | UInt64(UInt32(bitPattern: descriptor))
  }

  init(key: UInt64) {
    descriptor = Int32(bitPattern: UInt32(truncatingIfNeeded: key))
    generation = UInt32(truncatingIfNeeded: key >> 32)
  }
}
