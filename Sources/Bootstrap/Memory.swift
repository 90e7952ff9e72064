#if os(Linux)
  import CLinux
#endif

/// How the process's memory is kept flat.
enum Memory {
  /// Pages of Twilio's log have 2 MB and come and go by the thousand on several threads. By itself glibc
  /// begins to keep blocks of that size in each thread's own heap once one has been freed (mallopt(3),
  /// M_MMAP_THRESHOLD), which cost 20 MB with eight requests in flight; a fixed threshold gives them back.
  static func giveBackLargeBlocks() {
    #if os(Linux)
      _ = clinux_set_mmap_threshold(256 * 1024)
    #endif
  }
}
