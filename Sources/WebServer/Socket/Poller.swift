/// One thing that happened to a watched descriptor.
struct PollerEvent {
  /// What the descriptor was added with.
  let key: UInt64
  let isReadable: Bool
  let isWritable: Bool
  /// The other end sends no more.
  let inputEnds: Bool
  /// The connection is of no use any more.
  let isBroken: Bool
}
