// swift-tools-version: 6.2
import PackageDescription

// The rooms of the house and the arrows between them. A room may import only what
// stands in its `dependencies`; the build is run with
// `--explicit-target-dependency-import-check error`, so the compiler holds the arrows.
// Architecture.md repeats this table, and a test compares them: moving a wall is visible in two places of the diff.

let strict: [SwiftSetting] = [
  .swiftLanguageMode(.v6),
  .enableUpcomingFeature("ExistentialAny"),
  .enableUpcomingFeature("MemberImportVisibility"),
  .enableUpcomingFeature("InternalImportsByDefault"),
  .strictMemorySafety(),
  .treatAllWarnings(as: .error),
]

func room(_ name: String, sees rooms: [Target.Dependency] = [], embeds: [Resource] = []) -> Target {
  .target(name: name, dependencies: rooms, resources: embeds, swiftSettings: strict)
}

func program(_ name: String, sees rooms: [Target.Dependency]) -> Target {
  .executableTarget(name: name, dependencies: rooms, swiftSettings: strict)
}

func tests(of name: String, sees rooms: [Target.Dependency] = []) -> Target {
  .testTarget(
    name: "\(name)Tests", dependencies: [.target(name: name), "TestSupport"] + rooms,
    swiftSettings: strict)
}

let package = Package(
  name: "TwilioSync",
  platforms: [.macOS(.v15)],
  products: [
    .executable(name: "twilio-sync", targets: ["twilio-sync"]),
    .executable(name: "twilio-simulator", targets: ["twilio-simulator"]),
  ],
  targets: [
    // Doors to C libraries: a module map and typed shims, no Swift.
    .systemLibrary(
      name: "CCurl", pkgConfig: "libcurl",
      providers: [.apt(["libcurl4-openssl-dev"]), .brew(["curl"])]),
    .systemLibrary(
      name: "CPostgres", pkgConfig: "libpq",
      providers: [.apt(["libpq-dev"]), .brew(["libpq"])]),
    .systemLibrary(name: "CSystem"),

    // Floor 0: pure.
    room("CallDomain"),
    room("BlockingWork"),

    // Floor 1: one C library or one protocol each.
    room("Curl", sees: ["CCurl", "BlockingWork"]),
    room("Postgres", sees: ["CPostgres", "BlockingWork"]),
    room("WebServer", sees: ["CSystem"]),
    room("Telemetry"),

    // Floor 2: the outside world in our own words, and what is done with it.
    room("TwilioClient", sees: ["CallDomain", "Curl"]),
    room("CallStore", sees: ["CallDomain", "Postgres"], embeds: [.embedInCode("Migrations")]),
    room("SyncEngine", sees: ["BlockingWork", "CallDomain"]),
    room("TwilioSimulator", sees: ["CallDomain", "WebServer"]),

    // Floor 3: what people and programs see.
    room("Reporting", sees: ["CallDomain", "SyncEngine", "Telemetry"]),
    room("WebAPI", sees: ["CallDomain", "WebServer"], embeds: [.embedInCode("openapi.json")]),
    room("Terminal", sees: ["CallDomain", "SyncEngine"]),

    // Floor 4: knows everyone, decides nothing.
    room(
      "Bootstrap",
      sees: [
        "CSystem", "CallDomain", "BlockingWork", "Curl", "Postgres", "WebServer", "Telemetry",
        "TwilioClient", "CallStore", "SyncEngine", "Reporting", "WebAPI", "Terminal",
      ]),

    // Floor 5: the two programs.
    program("twilio-sync", sees: ["Bootstrap"]),
    program("twilio-simulator", sees: ["TwilioSimulator"]),

    // Tests: one folder per room, files mirroring the room's files.
    .systemLibrary(name: "CSpawn", path: "Tests/CSpawn"),
    .target(
      name: "TestSupport", dependencies: ["CSpawn", "CallDomain", "Postgres"], path: "Tests/TestSupport",
      swiftSettings: strict),
    tests(of: "BlockingWork"),
    tests(of: "CallDomain"),
    tests(of: "Curl"),
    tests(of: "Postgres"),
    tests(of: "WebServer"),
    tests(of: "Telemetry"),
    tests(of: "TwilioClient", sees: ["CallDomain", "Curl", "FuzzTargets", "TwilioSimulator", "WebServer"]),
    tests(of: "CallStore", sees: ["CallDomain", "Postgres", "SyncEngine"]),
    tests(of: "SyncEngine", sees: ["CallDomain"]),
    tests(of: "TwilioSimulator", sees: ["CallDomain", "WebServer"]),
    tests(of: "Reporting", sees: ["CallDomain", "SyncEngine", "Telemetry"]),
    tests(of: "WebAPI", sees: ["CallDomain", "WebServer"]),
    tests(of: "Terminal", sees: ["CallDomain", "SyncEngine"]),
    tests(
      of: "Bootstrap",
      sees: [
        "BlockingWork", "CallDomain", "Postgres", "WebServer", "TwilioSimulator", "CallStore", "Curl",
        "Telemetry", "SyncEngine", "Terminal", "TwilioClient", "twilio-sync", "twilio-simulator",
      ]),
    .testTarget(name: "HouseTests", swiftSettings: strict),

    // What is fed with arbitrary bytes: by a test with the corpus, by libFuzzer with what it makes of it.
    .target(
      name: "FuzzTargets",
      dependencies: [
        "Bootstrap", "CallDomain", "Curl", "SyncEngine", "Telemetry", "TwilioClient", "WebAPI", "WebServer",
      ],
      path: "Tests/FuzzTargets", swiftSettings: strict),
    .testTarget(
      name: "FuzzTargetsTests", dependencies: ["FuzzTargets"], exclude: ["Corpus"], swiftSettings: strict),
  ]
)

// libFuzzer brings the program's main, so nothing but scripts/fuzz, which links it, can build this.
if Context.environment["FUZZING"] == "1" {
  package.targets.append(
    .executableTarget(name: "fuzz", dependencies: ["FuzzTargets"], path: "Tests/FuzzProgram"))
}
