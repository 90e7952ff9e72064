#if canImport(Darwin)
  import Darwin
#elseif canImport(Musl)
  import Musl
#else
  import Glibc
#endif

/// Small differences between systems, and the manners of system calls.
enum SystemCall {
  /// Repeats a call that a signal interrupted (EINTR, signal(7)).
  static func retried(_ call: () -> Int) -> Int {
    while true {
      let result = call()
      if result >= 0 || errno != EINTR { return result }
    }
  }

  /// Whether an error number only says that there is nothing to do yet.
  static func wouldBlock(_ code: Int32) -> Bool {
    code == EAGAIN || code == EWOULDBLOCK
  }

  /// close(2). Not repeated after EINTR: the descriptor is gone then.
  static func close(_ descriptor: Int32) -> Int32 {
    #if canImport(Darwin)
      Darwin.close(descriptor)
    #elseif canImport(Musl)
      Musl.close(descriptor)
    #else
      Glibc.close(descriptor)
    #endif
  }

  /// send(2) without SIGPIPE; Darwin has a socket option for that, set when the connection is accepted.
  static func send(_ descriptor: Int32, _ bytes: UnsafeRawPointer?, _ count: Int) -> Int {
    #if canImport(Darwin)
      unsafe Darwin.send(descriptor, bytes, count, 0)
    #elseif canImport(Musl)
      unsafe Musl.send(descriptor, bytes, count, Int32(MSG_NOSIGNAL))
    #else
      unsafe Glibc.send(descriptor, bytes, count, Int32(MSG_NOSIGNAL))
    #endif
  }

  /// SOCK_STREAM, which some systems' headers declare as an enumeration.
  static var streamSocket: Int32 {
    #if canImport(Darwin) || canImport(Musl)
      SOCK_STREAM
    #else
      Int32(SOCK_STREAM.rawValue)
    #endif
  }

  /// Makes a descriptor non-blocking and not inherited by child processes, fcntl(2).
  static func prepare(_ descriptor: Int32) {
    _ = fcntl(descriptor, F_SETFL, fcntl(descriptor, F_GETFL) | O_NONBLOCK)
    _ = fcntl(descriptor, F_SETFD, FD_CLOEXEC)
  }

  /// The number of descriptors that this process may have open, getrlimit(2).
  static var descriptorLimit: Int {
    var limit = rlimit()
    #if canImport(Darwin) || canImport(Musl)
      let result = unsafe getrlimit(RLIMIT_NOFILE, &limit)
    #else
      let result = unsafe getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit)
    #endif
    return result == 0 ? Int(clamping: limit.rlim_cur) : 1024
  }

  /// Seconds since 1970 by the system's clock, time(2).
  static var unixSeconds: Int {
    time(nil)
  }
}
