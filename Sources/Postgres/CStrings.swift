/// NUL-terminated strings laid out one after another, for C functions that take an array of them.
struct CStrings {
  private var bytes: [CChar] = []
  private var offsets: [Int?] = []
  /// The position of the first string that C would cut short at a U+0000, if any.
  private(set) var firstWithNUL: Int?

  /// A nil becomes a null pointer.
  init(_ strings: [String?]) {
    offsets.reserveCapacity(strings.count)
    for (position, string) in strings.enumerated() {
      offsets.append(string == nil ? nil : bytes.count)
      guard let string else { continue }
      if firstWithNUL == nil, string.utf8.contains(0) { firstWithNUL = position }
      bytes.append(contentsOf: string.utf8.lazy.map { CChar(bitPattern: $0) })
      bytes.append(0)
    }
  }

  /// Calls `body` with the array of pointers, which are valid during the call only.
  func withPointers<Value>(_ body: (UnsafePointer<UnsafePointer<CChar>?>?) -> Value) -> Value {
    unsafe bytes.withUnsafeBufferPointer { bytes in
      let pointers = unsafe offsets.map { offset in
        unsafe offset.flatMap { offset in unsafe bytes.baseAddress.map { unsafe $0 + offset } }
      }
      return unsafe pointers.withUnsafeBufferPointer { unsafe body($0.baseAddress) }
    }
  }
}
