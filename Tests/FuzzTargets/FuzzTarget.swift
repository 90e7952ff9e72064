/// What is fed with arbitrary bytes. Each name is also that of the target's folder in the corpus.
package enum FuzzTarget: String, CaseIterable, Sendable {
  /// The parser of HTTP requests, whole against in pieces.
  case requests
  /// The service's routes: paths, queries and the headers that they read.
  case routes
  /// Twilio's pages and single calls, against Foundation's decoder.
  case pages
  /// Twilio's error answers: status, headers and body.
  case failures
  /// Twilio's dates and ISO 8601, against Foundation's.
  case dates
  /// What is computed from a page and from stored numbers: rows, plans, counts, alerts and the page.
  case figures
  /// The canonical form of phone numbers and SIP addresses.
  case numbers
  /// The environment that the service is configured by.
  case settings

  /// Runs the target on one input; whatever traps or throws is a finding.
  package func check(_ input: [UInt8]) throws(BrokenProperty) {
    switch self {
    case .requests: try RequestProperties.check(input)
    case .routes: try RouteProperties.check(input)
    case .pages: try PageProperties.check(input)
    case .failures: try FailureProperties.check(input)
    case .dates: try DateProperties.check(input)
    case .figures: try FigureProperties.check(input)
    case .numbers: try NumberProperties.check(input)
    case .settings: try SettingProperties.check(input)
    }
  }
}
