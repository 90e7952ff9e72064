/// The texts of a statement's parameters, NUL-terminated and laid out one after another, as libpq takes
/// them.
struct CStrings {
  private var bytes: [UInt8] = []
  private var offsets: [Int?] = []
  /// The position of the first text that C would cut short at a U+0000, if any.
  private(set) var firstWithNUL: Int?

  /// A NULL becomes a null pointer.
  init(_ values: [PostgresValue]) {
    offsets.reserveCapacity(values.count)
    bytes.reserveCapacity(values.reduce(0) { $0 + $1.likelyLength })
    for (position, value) in values.enumerated() {
      let start = bytes.count
      guard value.appendText(to: &bytes) else {
        offsets.append(nil)
        continue
      }
      offsets.append(start)
      if firstWithNUL == nil, bytes[start...].contains(0) { firstWithNUL = position }
      bytes.append(0)
    }
  }

  /// Calls `body` with the array of pointers, which are valid during the call only.
  func withPointers<Value>(_ body: (UnsafePointer<UnsafePointer<CChar>?>?) -> Value) -> Value {
    unsafe bytes.withUnsafeBufferPointer { bytes in
      unsafe bytes.withMemoryRebound(to: CChar.self) { characters in
        let pointers = unsafe offsets.map { offset in
          unsafe offset.flatMap { offset in unsafe characters.baseAddress.map { unsafe $0 + offset } }
        }
        return unsafe pointers.withUnsafeBufferPointer { unsafe body($0.baseAddress) }
      }
    }
  }
}
