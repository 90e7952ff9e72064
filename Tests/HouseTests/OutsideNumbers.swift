/// Numbers and times from outside (Twilio, database, requests, environment) end no process. What a reading of
/// the text can hold of that: they come in through few doors, which clamp them, and what is computed from them
/// is computed where somebody has looked at the operators.
enum OutsideNumbers {
  /// The rooms that compute with what others sent or stored.
  static let rooms = ["CallStore", "Reporting", "SyncEngine", "Terminal", "TwilioClient", "WebAPI"]

  /// Their files that multiply or shift, and why no product there is too large.
  static let multiplying = [
    "Sources/CallStore/CallBackfill.swift": "a number of days that is written there",
    "Sources/CallStore/Database.swift": "a number of seconds that is written down",
    "Sources/CallStore/PageCommit.swift": "a number of seconds that is written down",
    "Sources/CallStore/PageQuery.swift": "a number of days that is written there",
    "Sources/CallStore/SchemaChange.swift": "a constant",
    "Sources/SyncEngine/History/HistoryWriter.swift": "the pause before is at most the longest",
    "Sources/SyncEngine/RetryPolicy.swift":
      "of the policy's own limits; attempts shift twenty places at most",
    "Sources/SyncEngine/SliceIntake.swift": "a constant",
    "Sources/Terminal/ProgressBar.swift": "of whole percent and a terminal's columns",
    "Sources/Terminal/ProgressState.swift": "binary fractions, which have infinities",
    "Sources/TwilioClient/TwilioError.swift": "a constant",
    "Sources/TwilioClient/JSONText.swift": "four hexadecimal digits",
    "Sources/TwilioClient/JSONReader.swift": "a word of eight bytes",
    "Sources/TwilioClient/TwilioDate.swift": "four decimal digits, and hours and minutes of two",
    "Sources/WebAPI/Page/CallCharts.swift": "of the page's own days and bars, and of counts that are clamped",
    "Sources/WebAPI/SecretGuard.swift": "the length of a secret rounded up",
  ]

  static func faults(in file: SwiftFile) -> [String] {
    let code = file.code
    var found: [String] = []
    if code.contains("uniqueKeysWithValues") {
      found.append("uniqueKeysWithValues, which ends the process on a key that comes twice")
    }
    // To a regular expression a full stop between letters is no boundary of words.
    if code.contains(/[^A-Za-z]Int\d*\((?!counted:)[^\n]*[ .(]requiredInt\(/)
      || code.contains(/[ .(]int\([^\n]*\.map\(Int\.init\)/)
    {
      found.append("a stored number that is not read as a count")
    }
    if code.contains(/\bU?Int\d*\((?!exactly:|clamping:)[^\n]*\.rounded\(/),
      !roundingOwnTime.contains(file.path)
    {
      found.append("a binary fraction made an integer without init(clamping:)")
    }
    // SQL stands in strings.
    if file.text.contains("extract(epoch"), !readingTimes.contains(file.path) {
      found.append("a stored time that is not read through SQL.milliseconds")
    }
    if rooms.contains(file.room), multiplying[file.path] == nil, code.contains(/\s(?:\*|<<)=?\s/) {
      found.append("a product; use multipliedClamped(by:), or say why none is too large")
    }
    return found.map { "\(file.path) has \($0)" }
  }

  private static let roundingOwnTime = [
    "Sources/Bootstrap/Clocks.swift", "Sources/Postgres/Deadline.swift",
  ]
  private static let readingTimes = [
    "Sources/CallStore/Locks.swift", "Sources/CallStore/SQL.swift",
  ]
}
