import CallDomain
import Foundation
import Telemetry

#if os(Linux)
  import CSystem
#endif

/// The metrics that every process has under the same names (Prometheus documentation: Writing client
/// libraries, process metrics), and which version it is. What the system does not tell is left out.
enum ProcessMetrics {
  static func register(in registry: MetricRegistry, startedAt: Timestamp) throws(TelemetryError) {
    try registry.counter("process_cpu_seconds_total", help: "Processor time used, user and system.") {
      ProcessFacts.used()?.cpuSeconds
    }
    try registry.gauge("process_resident_memory_bytes", help: "Memory of the process that is in RAM.") {
      ProcessFacts.used()?.residentBytes
    }
    try registry.gauge("process_virtual_memory_bytes", help: "Address space of the process.") {
      ProcessFacts.used()?.virtualBytes
    }
    try registry.gauge("process_open_fds", help: "Open file descriptors.") {
      ProcessFacts.openDescriptors().map(Double.init)
    }
    try registry.gauge("process_max_fds", help: "File descriptors that may be open at once.") {
      ProcessFacts.descriptorLimit()
    }
    try registry.gauge("process_start_time_seconds", help: "When the process began, in seconds since 1970.") {
      Double(startedAt.milliseconds) / 1000
    }
    let build = try registry.gauge(
      "twilio_sync_build_info", help: "1; which version of the program this is.", labels: ["version"])
    build.set(1, Version.text)
  }
}

/// What the system says of this process: proc(5). Nil where there is no such thing, as on macOS, or where it
/// is not mounted.
package enum ProcessFacts {
  /// What the process has used.
  package struct Used: Hashable, Sendable {
    package var cpuSeconds: Double
    package var residentBytes: Double
    package var virtualBytes: Double
  }

  package static func used() -> Used? {
    text("/proc/self/stat").flatMap {
      used(
        stat: $0, ticksPerSecond: Double(sysconf(Int32(_SC_CLK_TCK))),
        pageBytes: Double(sysconf(Int32(_SC_PAGESIZE))))
    }
  }

  /// Reads `/proc/self/stat`, whose second field is the program's name in parentheses and may hold anything.
  package static func used(stat: String, ticksPerSecond: Double, pageBytes: Double) -> Used? {
    guard let name = stat.lastIndex(of: ")") else { return nil }
    // The first of these is field 3 of the manual page.
    let fields = stat[stat.index(after: name)...].split(separator: " ").map { Double($0) }
    guard fields.count > 21, let user = fields[11], let system = fields[12], let size = fields[20],
      let resident = fields[21]
    else { return nil }
    return Used(
      cpuSeconds: (user + system) / ticksPerSecond, residentBytes: resident * pageBytes, virtualBytes: size)
  }

  package static func openDescriptors() -> Int? {
    try? FileManager.default.contentsOfDirectory(atPath: "/proc/self/fd").count
  }

  package static func descriptorLimit() -> Double? {
    text("/proc/self/limits").flatMap(descriptorLimit(limits:))
  }

  /// Reads the soft limit out of `/proc/self/limits`.
  package static func descriptorLimit(limits: String) -> Double? {
    let label = "Max open files"
    guard let line = limits.split(separator: "\n").first(where: { $0.hasPrefix(label) }),
      let soft = line.dropFirst(label.count).split(separator: " ").first
    else { return nil }
    return soft == "unlimited" ? .infinity : Double(soft)
  }

  private static func text(_ path: String) -> String? {
    try? String(contentsOfFile: path, encoding: .utf8)
  }
}

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
  /// prctl(2)). The price: no core dump to look at, and only root can attach a debugger. libcurl would write the
  /// keys of its connections, readable by everybody, where SSLKEYLOGFILE says.
  static func keepPrivate() {
    csystem_unset_key_log()
    #if os(Linux)
      csystem_forbid_dumps()
    #endif
  }
}
