#if os(Linux)
  import CSystem
#endif

/// How the process's memory is kept flat, and to itself.
enum Memory {
  /// Pages of Twilio's log have up to 2 MB and come and go by the thousand on several threads. By itself
  /// glibc gives each thread a heap of its own (mallopt(3), M_ARENA_MAX), and each keeps the largest pages
  /// that it has ever held: 66 MB with eight requests in flight, where two heaps make it 42. (Giving every
  /// large block back at once, M_MMAP_THRESHOLD, saves as much and costs a tenth of the speed.)
  static func shareHeaps() {
    #if os(Linux)
      _ = csystem_limit_arenas(2)
    #endif
  }

  /// Memory and environment hold the secrets. A core dump would write them to a disk or hand them to a
  /// collector, and any process of the same user could read them in /proc (core(5), PR_SET_DUMPABLE in
  /// prctl(2)). The price: no core dump to look at, and only root can attach a debugger.
  static func keepPrivate() {
    #if os(Linux)
      csystem_forbid_dumps()
    #endif
  }
}
