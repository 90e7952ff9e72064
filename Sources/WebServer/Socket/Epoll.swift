#if os(Linux)
  /// The calls and constants of epoll(7), which the toolchain's Glibc module leaves out.
  enum Epoll {
    static let closeOnExec: Int32 = 0x80000
    static let add: Int32 = 1
    static let delete: Int32 = 2

    static let readable: UInt32 = 0x1
    static let writable: UInt32 = 0x4
    static let error: UInt32 = 0x8
    static let hangUp: UInt32 = 0x10
    static let inputEnd: UInt32 = 0x2000
    static let edgeTriggered: UInt32 = 1 << 31

    /// `struct epoll_event` in words of 32 bits: the flags, on x86-64 (where it is packed) at once and
    /// elsewhere after padding the lower and the upper half of the user data.
    #if arch(x86_64)
      static let words = 3
    #else
      static let words = 4
    #endif

    static func event(_ flags: UInt32, key: UInt64) -> [UInt32] {
      var event = [UInt32](repeating: 0, count: words)
      event[0] = flags
      event[words - 2] = UInt32(truncatingIfNeeded: key)
      event[words - 1] = UInt32(truncatingIfNeeded: key >> 32)
      return event
    }

    @_silgen_name("epoll_create1")
    static func create(_ flags: Int32) -> Int32

    @_silgen_name("epoll_ctl")
    static func control(
      _ poller: Int32, _ operation: Int32, _ watched: Int32, _ event: UnsafeMutablePointer<UInt32>
    ) -> Int32

    @_silgen_name("epoll_wait")
    static func wait(
      _ poller: Int32, _ events: UnsafeMutablePointer<UInt32>, _ count: Int32, _ milliseconds: Int32
    ) -> Int32
  }
#endif
