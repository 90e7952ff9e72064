import Foundation

/// What the Dockerfile and vercel.json must say for the service to run where `Deployment.md` says it runs.
enum Deployment {
  /// The system libraries that the program is linked with, the certificates for TLS, and the time zones.
  static let runtimePackages: Set<String> = ["ca-certificates", "libcurl4", "libpq5", "tzdata"]

  /// A sentence for each thing the Dockerfile lacks or has too much.
  static func faults(inDockerfile text: String) -> [String] {
    let joined = text.replacing(/\\\n/, with: " ")
    let lines = joined.split(separator: "\n").map(String.init).filter { !$0.hasPrefix("#") }
    let start = lines.lastIndex { $0.hasPrefix("FROM ") } ?? lines.startIndex
    let (build, runtime) = (lines[..<start], lines[start...])
    var faults: [String] = []
    if !build.contains(where: { $0.contains("--static-swift-stdlib") && $0.contains("-c release") }) {
      faults.append("the build stage does not link the Swift standard library statically")
    }
    if !build.contains(where: { $0.contains(/swift build .*-Xlinker -s\b/) }) {
      faults.append("the build stage does not strip the program")
    }
    if !runtime.contains(where: { $0.hasPrefix("RUN find / ") && $0.contains("-perm /6000 -exec chmod a-s") })
    {
      faults.append("the runtime stage leaves setuid bits")
    }
    if packages(in: runtime) != runtimePackages {
      faults.append("the runtime stage installs \(packages(in: runtime).sorted())")
    }
    if !runtime.contains(where: { $0.contains(/^USER [1-9]\d*(:[1-9]\d*)?$/) }) {
      faults.append("the runtime stage has no numeric user other than root")
    }
    if lines.contains(where: { $0.contains(/--platform|TARGETARCH|amd64|arm64|aarch64|x86/) }) {
      faults.append("an architecture is named")
    }
    let needed = [
      "ENV SWIFT_BACKTRACE=enable=no", "EXPOSE 3093", "STOPSIGNAL SIGTERM", #"CMD ["twilio-sync", "health"]"#,
      #"ENTRYPOINT ["twilio-sync"]"#,
    ]
    return faults
      + needed.filter { need in !runtime.contains { $0.contains(need) } }
      .map { "the runtime stage lacks \($0)" }
  }

  /// A sentence for each thing that a systemd unit of this service lacks.
  static func faults(inUnit text: String) -> [String] {
    let lines = Set(text.split(separator: "\n"))
    var needed: [Substring] = [
      "Environment=SWIFT_BACKTRACE=enable=no", "DynamicUser=yes", "TimeoutStopSec=30",
    ]
    if lines.contains("ExecStart=/usr/local/bin/twilio-sync serve") { needed.append("LimitNOFILE=16384") }
    return needed.filter { !lines.contains($0) }.map { "the unit lacks \($0)" }
  }

  private static func packages(in lines: ArraySlice<String>) -> Set<String> {
    let installs = lines.flatMap { $0.matches(of: /apt-get install ([^&]*)/).map(\.1) }
    return Set(installs.flatMap { $0.split(separator: " ") }.filter { !$0.hasPrefix("-") }.map(String.init))
  }

  /// A sentence for each thing vercel.json says otherwise. Throws when it is not of that form at all.
  static func faults(inVercelJSON text: String) throws -> [String] {
    let project = try JSONDecoder().decode(VercelProject.self, from: Data(text.utf8))
    var faults: [String] = []
    if project.crons != [.init(path: "/api/sync-twilio-hourly", schedule: "0 * * * *")] {
      faults.append("the cron is not 0 * * * * on /api/sync-twilio-hourly")
    }
    // A Dockerfile is deployed only where a service names it; every path must then lead there.
    let containers = project.services.filter {
      $0.value.runtime == "container" && $0.value.entrypoint == "Dockerfile"
    }
    if containers.count != 1 || project.services.count != 1 {
      faults.append("there is not exactly one service that is the Dockerfile's container")
    }
    if project.rewrites.map(\.destination.service) != Array(containers.keys)
      || project.rewrites.first?.source != "/(.*)"
    {
      faults.append("not every path leads to the container")
    }
    return faults
  }
}

/// The part of vercel.json that matters here.
private struct VercelProject: Decodable {
  struct Service: Decodable {
    var runtime: String
    var entrypoint: String
  }
  struct Destination: Decodable {
    var service: String
  }
  struct Rewrite: Decodable {
    var source: String
    var destination: Destination
  }
  struct Cron: Decodable, Equatable {
    var path: String
    var schedule: String
  }
  var services: [String: Service]
  var rewrites: [Rewrite]
  var crons: [Cron]
}
