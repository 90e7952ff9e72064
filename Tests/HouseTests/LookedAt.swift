/// The files that compute in a way that could end the process, and why they never do (`OutsideNumbers`).
enum LookedAt {
  /// They multiply or shift, and no product is too large.
  static let products = [
    "Sources/Bootstrap/Clocks.swift": "the machine's own clocks, as binary fractions",
    "Sources/Bootstrap/Operating/Notifier.swift": "constants",
    "Sources/Bootstrap/Operating/ProcessMetrics.swift": "binary fractions, which have infinities",
    "Sources/Bootstrap/Serve.swift": "a setting of an hour at most, in milliseconds",
    "Sources/CallDomain/Calls/CallSearch.swift": "a constant",
    "Sources/CallDomain/History/SlicePlan.swift": "of a hundred workers at most, and shares of a period",
    "Sources/CallDomain/Intake/MergedPage.swift": "a constant",
    "Sources/CallDomain/SIPAddress.swift": "two hexadecimal digits",
    "Sources/CallDomain/Status/AlertTelling.swift": "ten doublings at most",
    "Sources/CallDomain/Status/PageFigures.swift": "of 366 days at most",
    "Sources/CallDomain/Status/QuietTimes.swift":
      "of the minutes of a week, and of the weeks of ten thousand years",
    "Sources/CallDomain/Timestamp+Parsing.swift": "four decimal digits at most",
    "Sources/CallDomain/Timestamp.swift": "of moments and dates within the years 1 to 9999",
    "Sources/CallDomain/WindowPlan.swift": "of the hours of a day",
    "Sources/CallStore/CallBackfill.swift": "a number of days that is written there",
    "Sources/CallStore/CallStore+Phones.swift": "a number of days that is written there",
    "Sources/CallStore/Database.swift": "a number of seconds that is written down",
    "Sources/CallStore/PageCommit.swift": "a number of seconds that is written down",
    "Sources/CallStore/SchemaChange.swift": "a constant",
    "Sources/Curl/CurlRequest.swift": "of limits that are written down",
    "Sources/Curl/CurlTransfer.swift": "the size of a piece that libcurl holds in memory",
    "Sources/Postgres/LoginPause.swift": "three doublings at most",
    "Sources/Postgres/PostgresSettings.swift": "of limits that are written down",
    "Sources/Postgres/PostgresValue.swift": "of elements that are held in memory",
    "Sources/SyncEngine/AuditRun.swift": "numbers of days that are written there, and binary fractions",
    "Sources/SyncEngine/History/HistoryWriter.swift": "the pause before is at most the longest",
    "Sources/SyncEngine/LateFacts.swift": "of the minutes of a day at most",
    "Sources/SyncEngine/RetryPolicy.swift":
      "of the policy's own limits; attempts shift twenty places at most",
    "Sources/SyncEngine/SliceIntake.swift": "a constant",
    "Sources/Telemetry/PhoneMask.swift": "of four digits at the most",
    "Sources/Telemetry/SecretSearch.swift": "of the length of a secret, and four hexadecimal digits",
    "Sources/Terminal/ProgressBar.swift": "of whole percent and a terminal's columns",
    "Sources/Terminal/ProgressState.swift": "binary fractions, which have infinities",
    "Sources/TwilioClient/TwilioError.swift": "a constant",
    "Sources/TwilioClient/JSONText.swift": "four hexadecimal digits",
    "Sources/TwilioClient/JSONReader.swift": "a word of eight bytes",
    "Sources/TwilioClient/TwilioDate.swift": "four decimal digits, and hours and minutes of two",
    "Sources/WebAPI/Page/CallCharts.swift": "of the page's own days and bars, and of counts that are clamped",
    "Sources/WebAPI/Page/OpenSections.swift": "of the page's own days",
    "Sources/WebAPI/SecretGuard.swift": "the length of a secret rounded up",
    "Sources/WebServer/Message/RequestTarget.swift": "two hexadecimal digits",
    "Sources/WebServer/Server/EventLoop.swift":
      "a descriptor beside a count that wraps, and a span cut to a day",
    "Sources/WebServer/Wire/ChunkSize.swift": "fifteen hexadecimal digits at most",
    "Sources/WebServer/Wire/RequestHead.swift": "eighteen decimal digits at most",
    "Sources/WebServer/Wire/RequestLine.swift": "five decimal digits at most",
    "Sources/WebServer/Wire/ResponseEncoder.swift": "the date of the machine's own clock",
  ]

  /// They add times or numbers of things, and no sum is too large.
  static let sums = [
    "Sources/Bootstrap/Operating/ServiceMetrics.swift": "binary fractions, which have infinities",
    "Sources/Bootstrap/Serve.swift": "a second less than a setting of two seconds or more",
    "Sources/CallDomain/History/SlicePlan.swift": "a share of a period, from its start",
    "Sources/CallDomain/Status/PageFigures.swift": "a moment within the years 1 to 9999",
    "Sources/CallDomain/Status/QuietTimes.swift": "a moment within the years 1 to 9999, and three days",
    "Sources/CallDomain/Timestamp.swift": "moments within the years 1 to 9999",
    "Sources/CallDomain/WindowPlan.swift": "a moment within the years 1 to 9999, and a day",
    "Sources/CallStore/Locks.swift": "constants",
    "Sources/CallStore/PoolerProbe.swift": "constants",
    "Sources/Curl/CurlRequest.swift": "of limits that are written down",
    "Sources/Postgres/LoginPause.swift": "a pause of a minute at most",
    "Sources/SyncEngine/History/HistoryReader.swift": "two moments within the years 1 to 9999",
    "Sources/SyncEngine/RetryPolicy.swift": "time between two moments, and a pause that is capped",
    "Sources/Terminal/ProgressDisplay.swift": "times since the program began",
    "Sources/TwilioClient/CallListRequest.swift": "a moment within the years 1 to 9999, and a second",
  ]

  /// They work out ranges or places of what came from outside, and none lies beyond it.
  static let places = [
    "Sources/CallDomain/History/SlicePlan.swift": "parts are two or more",
    "Sources/CallDomain/PhoneNumber.swift": "from the first to the last character that is no space",
    "Sources/CallDomain/Status/QuietTimes.swift": "spans that begin before they end; the last of some",
    "Sources/CallDomain/Timestamp+Parsing.swift": "a number of digits that is written there",
    "Sources/CallDomain/Timestamp.swift": "a number of digits that is written there",
    "Sources/CallStore/PoolerProbe.swift": "three columns at most, and one at least",
    "Sources/CallStore/SchemaChange.swift": "the next word, where there is one",
    "Sources/Postgres/ConnectionString.swift": "the colon stands before the at sign",
    "Sources/Postgres/PostgresConfiguration.swift": "as many as the longer list has",
    "Sources/Postgres/PostgresResult.swift": "a number has more than its sign",
    "Sources/Postgres/ReceivedBytes.swift": "eight bytes that the system says it has filled",
    "Sources/SyncEngine/LateFacts.swift": "only days on which ten calls wait are listed",
    "Sources/Telemetry/PhoneMask.swift": "places go forward, and the end is looked at",
    "Sources/Telemetry/Redaction.swift": "what was found is in order, and none lies over another",
    "Sources/Telemetry/SecretSearch.swift": "what was found is not empty; ends are looked at",
    "Sources/TwilioClient/CallRecord.swift": "lengths in order, the longer ones after the others",
    "Sources/TwilioClient/JSONReader.swift": "places go forward, and the end is looked at",
    "Sources/TwilioClient/TwilioDate.swift": "the end is looked at",
    "Sources/TwilioClient/TwilioHost.swift": "behind a bracket that opens; the next part, where there is one",
    "Sources/WebAPI/RequestOrigin.swift": "a length that is written there",
    "Sources/WebServer/Message/RequestTarget.swift": "behind a mark that was found; the end is looked at",
    "Sources/WebServer/Server/HTTPServer.swift": "one loop at least",
    "Sources/WebServer/Wire/FieldLine.swift": "behind a colon that was found",
    "Sources/WebServer/Wire/LineBuffer.swift": "places go forward, and the end is looked at",
    "Sources/WebServer/Wire/RequestLine.swift": "behind spaces and brackets that were found, in their order",
    "Sources/WebServer/Wire/ResponseEncoder.swift": "a day of the week and a month of the year",
  ]

  /// They fill up or cut off so much as a difference says, which is never negative.
  static let lengths = [
    "Sources/CallDomain/RunAnswer.swift": "four hexadecimal digits at most",
    "Sources/CallStore/RefusedCalls.swift": "four hexadecimal digits at most",
    "Sources/Telemetry/JSONText.swift": "four hexadecimal digits at most",
    "Sources/Terminal/ProgressBar.swift": "a share of the length",
    "Sources/Terminal/Usage.swift": "of the longest name",
    "Sources/WebAPI/Page/CostSection.swift": "six digits at most",
    "Sources/WebAPI/SecretGuard.swift": "of a length that is rounded up",
    "Sources/WebServer/Server/Connection+Answering.swift": "what was sent is part of the bytes",
    "Sources/WebServer/Server/EventLoop.swift": "the place lies beyond the end",
  ]

  /// They take something by its number, and there are so many.
  static let numbered = [
    "Sources/CallStore/RunRecords.swift": "of two that stand there",
    "Sources/SyncEngine/RunProgress.swift": "of three that stand there",
    "Sources/Terminal/ArgumentWords.swift": "a split that keeps empty pieces has one",
    "Sources/TwilioClient/JSONReader.swift": "of eight that were taken",
    "Sources/WebServer/Server/HTTPServer.swift": "one loop at least",
  ]
}
