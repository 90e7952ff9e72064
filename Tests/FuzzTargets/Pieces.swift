/// Cuts an input into pieces of 1 to 40 bytes, each time differently. The same input is always cut alike,
/// so that a finding repeats itself.
struct Pieces {
  private let input: [UInt8]
  private var state: UInt64

  init(of input: [UInt8]) {
    self.input = input
    // FNV-1a over the input; then Knuth's linear congruence (The Art of Computer Programming, 3.3.4).
    state = input.reduce(0xCBF2_9CE4_8422_2325) { ($0 ^ UInt64($1)) &* 0x100_0000_01B3 }
  }

  mutating func next() -> [ArraySlice<UInt8>] {
    var pieces: [ArraySlice<UInt8>] = []
    var rest = input[...]
    while !rest.isEmpty {
      state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      pieces.append(rest.prefix(1 + Int((state >> 40) % 40)))
      rest = rest.dropFirst(pieces.last?.count ?? 0)
    }
    return pieces
  }
}
