#if os(Linux)
  import CLinux
#endif

/// How the process's memory is kept flat.
enum Memory {
  /// Pages of Twilio's log have up to 2 MB and come and go by the thousand on several threads. By itself
  /// glibc gives each thread a heap of its own (mallopt(3), M_ARENA_MAX), and each keeps the largest pages
  /// that it has ever held: 66 MB with eight requests in flight, where two heaps make it 42. (Giving every
  /// large block back at once, M_MMAP_THRESHOLD, saves as much and costs a tenth of the speed.)
  static func shareHeaps() {
    #if os(Linux)
      _ = clinux_limit_arenas(2)
    #endif
  }
}
