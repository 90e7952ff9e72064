import Foundation

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
