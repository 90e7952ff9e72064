import CallDomain
import Telemetry

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
