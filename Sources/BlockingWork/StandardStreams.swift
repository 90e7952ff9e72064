#if canImport(Darwin)
  import Darwin
#elseif canImport(Musl)
  import Musl
#else
  import Glibc
#endif

/// Standard input, output and error as a process may find them.
package enum StandardStreams {
  /// Makes a process survive them; to be called before it opens anything.
  ///
  /// The descriptor of a closed one would go to the next file or connection, and logs be written into that. So
  /// it becomes /dev/null, for reading alone, and what is written there fails as before.
  /// A reader that has gone (SIGPIPE) and a file at its limit (SIGXFSZ) make write(2) fail instead of ending
  /// the process.
  package static func prepare() {
    for descriptor in 0...2 where fcntl(Int32(descriptor), F_GETFD) < 0 {
      _ = unsafe open("/dev/null", O_RDONLY)
    }
    for number in [SIGPIPE, SIGXFSZ] { signal(number, SIG_IGN) }
  }

  /// Whether both descriptors lead to the same file, pipe or terminal.
  package static func areOne(_ first: Int32, _ second: Int32) -> Bool {
    var (one, other) = (stat(), stat())
    guard unsafe fstat(first, &one) == 0, unsafe fstat(second, &other) == 0 else { return false }
    return one.st_dev == other.st_dev && one.st_ino == other.st_ino
  }
}
