/// Which room may import which: the table of README, "Allowed arrows", as a value. Moving a wall
/// changes this table and the manifest.
struct ArrowTable {
  var arrows: [String: Set<String>]

  static let house = ArrowTable(arrows: [
    "CallDomain": [],
    "BlockingWork": [],
    "WebServer": ["CLinux"],
    "Telemetry": [],
    "Curl": ["CCurl", "BlockingWork"],
    "Postgres": ["CPostgres", "BlockingWork"],
    "SyncEngine": ["CallDomain"],
    "TwilioClient": ["CallDomain", "Curl"],
    "CallStore": ["CallDomain", "Postgres"],
    "Reporting": ["CallDomain", "SyncEngine", "Telemetry"],
    "WebAPI": ["CallDomain", "WebServer"],
    "Terminal": ["CallDomain", "SyncEngine"],
    "TwilioSimulator": ["CallDomain", "WebServer"],
    "Bootstrap": [
      "CLinux", "CTerminal", "CallDomain", "BlockingWork", "Curl", "Postgres", "WebServer", "Telemetry",
      "TwilioClient", "CallStore", "SyncEngine", "Reporting", "WebAPI", "Terminal",
    ],
    "twilio-sync": ["Bootstrap"],
    "twilio-simulator": ["TwilioSimulator"],
    "TestSupport": ["CallDomain", "Postgres"],
    "FuzzTargets": [
      "Bootstrap", "CallDomain", "Curl", "SyncEngine", "Telemetry", "TwilioClient", "WebAPI", "WebServer",
    ],
  ])

  /// What any room may import: the toolchain and the system's C library.
  static let platform: Set<String> = [
    "Foundation", "FoundationEssentials", "Dispatch", "Synchronization", "Glibc", "Musl", "Darwin",
  ]

  /// A sentence for each import the table does not allow.
  func faults(in file: SwiftFile) -> [String] {
    guard let allowed = arrows[file.room] else { return ["\(file.path): no such room in the table"] }
    return file.imports.filter { !allowed.contains($0) && !Self.platform.contains($0) }
      .map { "\(file.path) imports \($0), which \(file.room) may not see" }
  }

  /// A sentence for each difference from the arrows of a manifest.
  func differences(from manifest: String) -> [String] {
    let declared = Self.arrows(ofManifest: manifest)
    return Set(arrows.keys).union(declared.keys).sorted().compactMap { room in
      switch (arrows[room], declared[room]) {
      case (let table?, let manifest?) where table != manifest:
        "\(room) sees \(table.sorted()) in the table and \(manifest.sorted()) in the manifest"
      case (_, nil): "\(room) stands in the table and not in the manifest"
      case (nil, _): "\(room) stands in the manifest and not in the table"
      default: nil
      }
    }
  }

  /// The arrows that the manifest's `room` and `program`, and the `.target` of what tests share, declare.
  static func arrows(ofManifest manifest: String) -> [String: Set<String>] {
    let room = /(?:room|program)\(\s*"([^"]+)"(?:,\s*sees:\s*\[([^\]]*)\])?/
    let support = /\.target\(\s*name:\s*"([^"\\]+)",\s*dependencies:\s*\[([^\]]*)\]/
    var arrows: [String: Set<String>] = [:]
    for match in manifest.matches(of: room) {
      arrows[String(match.1)] = names(in: match.2 ?? "")
    }
    for match in manifest.matches(of: support) {
      arrows[String(match.1)] = names(in: match.2)
    }
    return arrows
  }

  private static func names(in list: Substring) -> Set<String> {
    Set(list.matches(of: /"([^"]+)"/).map { String($0.1) })
  }
}
