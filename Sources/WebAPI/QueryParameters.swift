import CallDomain
import WebServer

/// The query parameters of a route that knows them by name: unknown and repeated ones are
/// refused, so that a mistyped `dryRun` or `since` does not start more than was meant.
struct QueryParameters: Sendable {
  private let values: [String: String]
  private let items: [RequestTarget.QueryItem]

  /// Throws `badParameter`.
  ///
  /// - Parameter allowed: Nil for a query that is not looked at.
  init(_ items: [RequestTarget.QueryItem], allowed: [String]?) throws(RunFailure) {
    var values: [String: String] = [:]
    for item in items {
      guard let allowed else { break }
      guard allowed.contains(item.name) else { throw .unknownParameter(allowed: allowed) }
      guard values.updateValue(item.value, forKey: item.name) == nil else {
        throw .repeatedParameter(item.name)
      }
    }
    self.values = values
    self.items = items
  }

  /// A date or an ISO 8601 time; UTC unless it has an offset.
  func timestamp(_ name: String) throws(RunFailure) -> Timestamp? {
    guard let text = values[name] else { return nil }
    // An offset's plus sign that was not percent-encoded arrives as a space.
    let plus = text.replacing(" ", with: "+")
    guard let timestamp = Timestamp(iso8601: text) ?? Timestamp(iso8601: plus) else { throw .badTime(name) }
    return timestamp
  }

  /// `since` and `until`, which are in order.
  func bounds() throws(RunFailure) -> (since: Timestamp?, until: Timestamp?) {
    let (since, until) = (try timestamp("since"), try timestamp("until"))
    if let since, let until, since >= until { throw .sinceNotBeforeUntil }
    return (since, until)
  }

  /// `true` or `false`; false when absent.
  func flag(_ name: String) throws(RunFailure) -> Bool {
    switch values[name] {
    case nil, "false": return false
    case "true": return true
    default: throw .badFlag(name)
    }
  }

  /// `true` or `false`; nil when absent.
  func choice(_ name: String) throws(RunFailure) -> Bool? {
    values[name] == nil ? nil : try flag(name)
  }

  /// A text as it was sent; nil when absent.
  func text(_ name: String) throws(RunFailure) -> String? {
    if values[name]?.isEmpty == true { throw .emptyParameter(name) }
    return values[name]
  }

  /// Whether it is this word.
  func holds(_ word: String, _ name: String) -> Bool { values[name] == word }

  /// A telephone number in any spelling; nil when absent.
  func phoneNumber(_ name: String) throws(RunFailure) -> PhoneNumber? {
    guard try text(name) != nil, let item = items.first(where: { $0.name == name }) else { return nil }
    guard let number = PhoneNumber(listed: item.number) else { throw .noNumber(name) }
    return number
  }

  /// A whole number within `range`.
  func number(_ name: String, in range: ClosedRange<Int64>) throws(RunFailure) -> Int64? {
    guard let text = values[name] else { return nil }
    guard text.utf8.allSatisfy({ (0x30...0x39).contains($0) }), let number = Int64(text),
      range.contains(number)
    else { throw .badNumber(name, range) }
    return number
  }

  /// One of a few words.
  func word<Word: RawRepresentable<String> & CaseIterable>(_ name: String) throws(RunFailure) -> Word? {
    guard let text = values[name] else { return nil }
    guard let word = Word(rawValue: text) else {
      throw .badWord(name, allowed: Word.allCases.map(\.rawValue))
    }
    return word
  }
}

extension RunListQuery {
  /// How many runs a page holds when nothing else is asked for.
  private static let defaultLimit = 50
  /// The most runs that a page may hold.
  private static let largestLimit: Int64 = 500

  static let names = ["limit", "before", "kind"]

  /// Reads what is named above. Throws `badParameter`.
  init(_ parameters: QueryParameters) throws(RunFailure) {
    let limit = try parameters.number("limit", in: 1...Self.largestLimit)
    let before = try parameters.number("before", in: 1...Int64.max)
    self.init(
      limit: limit.map { Int($0) } ?? Self.defaultLimit, before: before.map { RunID($0) },
      kind: try parameters.word("kind"))
  }
}

extension CallSearch {
  /// The most calls of one answer.
  private static let largestLimit: Int64 = 500
  private static let defaultLimit = 50

  /// Reads what narrows the calls down, as `/api/calls`, its CSV and its page take it. Throws `badParameter`.
  init(_ parameters: QueryParameters) throws(RunFailure) {
    let limit = try parameters.number("limit", in: 1...Self.largestLimit)
    self.init(limit: limit.map { Int($0) } ?? Self.defaultLimit)
    isWithoutWorkspace = parameters.holds(Self.noWorkspace, "workspace")
    if !isWithoutWorkspace {
      workspace = try parameters.number("workspace", in: 0...Int64.max).map { WorkspaceID($0) }
    }
    number = try parameters.phoneNumber("number")
    for text in try parameters.text("case")?.split(separator: ",", omittingEmptySubsequences: false) ?? [] {
      guard let one = AttributionCase.all.first(where: { "\($0.number)" == text }) else {
        throw .badCases("case")
      }
      cases.insert(one)
    }
    pending = try parameters.word("pending")
    isUnmatched = try parameters.choice("unmatched")
    isUnpriced = try parameters.choice("unpriced")
    status = try parameters.text("status")
    (since, until) = try parameters.bounds()
    if let text = try parameters.text("before") {
      guard let place = Place(text) else { throw .badPlace("before") }
      after = place
    }
  }

  static let names = [
    "workspace", "number", "case", "unmatched", "unpriced", "pending", "status", "since", "until", "limit",
    "before",
  ]

  /// Asks for calls without one.
  private static let noWorkspace = "none"

  /// The query that asks for the same, without a place in the list.
  var query: [(name: String, value: String)] {
    let values: [(String, String?)] = [
      ("workspace", isWithoutWorkspace ? Self.noWorkspace : workspace.map { "\($0.number)" }),
      ("number", number?.canonical), ("case", cases.isEmpty ? nil : caseNumbers(separator: ",")),
      ("unmatched", isUnmatched.map { "\($0)" }), ("unpriced", isUnpriced.map { "\($0)" }),
      ("pending", pending?.rawValue), ("status", status),
      ("since", since.map(Self.short)),
      ("until", until.map(Self.short)), ("limit", limit == Self.defaultLimit ? nil : "\(limit)"),
    ]
    return values.compactMap { name, value in value.map { (name, $0) } }
  }

  /// A day's beginning as its date, and no fraction where there is none: a page has hundreds of them.
  private static func short(_ moment: Timestamp) -> String {
    guard moment != moment.startOfDay else { return moment.isoDate }
    return moment.iso8601.replacing(".000Z", with: "Z")
  }

  func caseNumbers(separator: String) -> String {
    cases.map(\.number).sorted().map(String.init).joined(separator: separator)
  }
}

extension RunOrder {
  /// The order that a request for `kind` gives. Throws `badParameter`.
  init(_ kind: RunKind, _ request: RouteRequest) throws(RunFailure) {
    let items = request.http.target.query
    switch kind {
    case .hourly:
      // Schedulers add parameters of their own; an hourly run has none, so none can be mistyped.
      self = .hourly
    case .historical, .audit:
      let (since, until) = try QueryParameters(items, allowed: ["since", "until"]).bounds()
      self =
        kind == .audit
        ? .audit(since: since, until: until) : .historical(since: since, until: until, restart: false)
    case .reattribute:
      let parameters = try QueryParameters(items, allowed: ["since", "dryRun"])
      self = .reattribute(since: try parameters.timestamp("since"), dryRun: try parameters.flag("dryRun"))
    case .assign:
      let isRehearsal = try QueryParameters(items, allowed: ["dryRun"]).flag("dryRun")
      guard let number = request.parameters["number"].flatMap(PhoneNumber.init(listed:)) else {
        throw .withheldNumber
      }
      let content = try AssignmentContent(request.http)
      self = .assign(
        PhoneAssignment(
          number: number, workspace: WorkspaceID(content.workspace), movesPast: content.past ?? false,
          isRehearsal: isRehearsal))
    }
  }
}
