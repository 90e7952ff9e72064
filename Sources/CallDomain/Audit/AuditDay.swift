/// A call of which the stored row and Twilio's log do not say the same.
package struct AuditDifference: Hashable, Codable, Sendable {
  package enum Kind: String, Hashable, Codable, Sendable, CaseIterable {
    /// Listed and not stored.
    case missing
    /// Stored, not listed, and unknown to Twilio when it is asked for alone.
    case gone
    /// A resync that is begun anew would change something else than the attribution.
    case different
    /// It would change the attribution alone.
    case misattributed
  }

  /// The row's id: no SID where somebody else made the row.
  package let sid: String
  package let kind: Kind
  /// The first field that differs, by its name in answers; nil where the whole row does.
  package let field: String?

  package init(_ sid: String, _ kind: Kind, field: String? = nil) {
    self.sid = sid
    self.kind = kind
    self.field = field
  }
}

/// What an audit found of a UTC day (Reference.md, "Audit").
package struct AuditDay: Hashable, Codable, Sendable {
  /// 00:00 UTC.
  package var day: Timestamp
  /// Whether Twilio still keeps it: else there is no verdict.
  package var isKept = true
  @StoredCount package var twilioCalls = 0
  @StoredCount package var storedCalls = 0
  @StoredCount package var missing = 0
  @StoredCount package var gone = 0
  @StoredCount package var different = 0
  @StoredCount package var misattributed = 0
  /// Listed calls that the database does not take and that are set aside.
  @StoredCount package var refusedCalls = 0
  /// Listed calls of no case that are not stored.
  @StoredCount package var skippedCalls = 0
  /// The first differences.
  package var examples: [AuditDifference] = []
  /// The run that looked at it; nil while it does.
  package var run: RunID?

  package init(_ day: Timestamp) {
    self.day = day
  }

  package var period: Period { Period(start: day, end: day.startOfNextDay) }

  /// How many differences a resync or a reattribution settles.
  package var differences: Int { missing.addingClamped(different).addingClamped(misattributed) }

  /// Every figure with its name in answers; the columns of `sync_audits` have the same with underscores.
  package static var figures: [(name: String, path: WritableKeyPath<AuditDay, Int>)] {
    [
      ("twilioCalls", \.twilioCalls), ("storedCalls", \.storedCalls), ("missing", \.missing),
      ("gone", \.gone),
      ("different", \.different), ("misattributed", \.misattributed), ("refusedCalls", \.refusedCalls),
      ("skippedCalls", \.skippedCalls),
    ]
  }

  package subscript(kind: AuditDifference.Kind) -> Int {
    get { self[keyPath: Self.path(of: kind)] }
    set { self[keyPath: Self.path(of: kind)] = newValue }
  }

  private static func path(of kind: AuditDifference.Kind) -> WritableKeyPath<AuditDay, Int> {
    switch kind {
    case .missing: \.missing
    case .gone: \.gone
    case .different: \.different
    case .misattributed: \.misattributed
    }
  }

  /// The day as an object of answers; its figures are null where there is no verdict.
  package var answer: AnswerValue {
    .object(
      [AnswerField("day", .text(day.isoDate)), AnswerField("kept", .bool(isKept))]
        + Self.figures.map { figure in
          AnswerField(figure.name, isKept ? .number(Int64(self[keyPath: figure.path])) : .null)
        })
  }

  fileprivate var exampleAnswers: [AnswerValue] {
    examples.map { example in
      .object([
        AnswerField("sid", .text(example.sid)), AnswerField("day", .text(day.isoDate)),
        AnswerField("kind", .text(example.kind.rawValue)), AnswerField("field", .orNull(example.field)),
      ])
    }
  }
}

extension [AuditDay] {
  /// What settles the differences, by neighbouring days: a resync, or where attributions alone differ a
  /// reattribution, and the audit that clears the days.
  package var remedies: [[String]] {
    var spans: [(period: Period, isAttribution: Bool)] = []
    for day in filter({ $0.differences > 0 }).sorted(by: { $0.day < $1.day }) {
      let isAttribution = day.differences == day.misattributed
      guard let last = spans.last, last.period.end == day.day else {
        spans.append((day.period, isAttribution))
        continue
      }
      spans.removeLast()
      spans.append(
        (Period(start: last.period.start, end: day.period.end), last.isAttribution && isAttribution))
    }
    return spans.map { period, isAttribution in
      let (since, until) = ("--since \(period.start.isoDate)", "--until \(period.end.isoDate)")
      let remedy = isAttribution ? "reattribute \(since)" : "historical \(since) \(until) --restart"
      return ["twilio-sync \(remedy)", "twilio-sync audit \(since) \(until)"]
    }
  }

  /// The same as a Spanish sentence; nil where nothing differs.
  package var whatToDo: String? {
    let remedies = remedies
    guard !remedies.isEmpty else { return nil }
    let commands = remedies.prefix(3).map { $0.map { "«\($0)»" }.joined(separator: " y después ") }
    let rest = remedies.count > 3 ? " (y \(remedies.count - 3) periodos más)" : ""
    return "Ejecute " + commands.joined(separator: "; ") + rest + "."
  }

  /// What the answer to an audit tells of its days.
  var answer: [AnswerField] {
    [
      AnswerField("agrees", .bool(allSatisfy { $0.differences == 0 })),
      AnswerField("days", .list(map(\.answer))),
      AnswerField("examples", .list(flatMap(\.exampleAnswers))), AnswerField("whatToDo", .orNull(whatToDo)),
    ]
  }
}

/// How far an audit has come.
package struct AuditProgress: Hashable, Codable, Sendable {
  /// The days that it has done, oldest first.
  package var days: [AuditDay] = []
  /// The day that it is at.
  package var open: OpenDay?
  /// Calls that decide other transfers than their rows do; at most `mostChanged`.
  package private(set) var changed: [ChangedCandidate] = []

  private static let mostChanged = 1000

  package init() {}

  /// Ends the open day. What was kept for the days after the last one is dropped then: it holds numbers of leads.
  package mutating func close(_ day: AuditDay, isLast: Bool) {
    days.append(day)
    open = nil
    if isLast { changed = [] }
  }

  /// Takes in what was found of a page of the open day.
  ///
  /// - Returns: The days before it of which the verdict is another now.
  package mutating func count(_ found: AuditComparison) -> [AuditDay] {
    open?.count(found)
    changed = (changed + found.changed).suffix(Self.mostChanged)
    // Transfers that were compared before this page told of a call that decides them, or no longer does.
    var corrected: Set<Timestamp> = []
    for transfer in found.redecided {
      if transfer.day == open?.day.day {
        _ = open?.day.correct(transfer)
      } else if let index = days.firstIndex(where: { $0.day == transfer.day && $0.isKept }),
        days[index].correct(transfer)
      {
        corrected.insert(transfer.day)
      }
    }
    return days.filter { corrected.contains($0.day) }
  }

  /// A day that is compared from its end on, page by page.
  package struct OpenDay: Hashable, Codable, Sendable {
    package var day: AuditDay
    /// What began at this moment or later has been compared.
    package var comparedFrom: Timestamp
    /// How many calls were asked for alone.
    @StoredCount package var asked = 0
    /// Those of them that Twilio gave: they have been compared, wherever the list may still show them.
    package var given: Set<String> = []
    /// Rows that Twilio is known not to know.
    package var gone: Set<String> = []

    package init(_ day: Timestamp) {
      self.day = AuditDay(day)
      comparedFrom = day.startOfNextDay
    }

    fileprivate mutating func count(_ found: AuditComparison) {
      day.twilioCalls = day.twilioCalls.addingClamped(found.twilioCalls)
      day.storedCalls = day.storedCalls.addingClamped(found.storedCalls)
      day.refusedCalls = day.refusedCalls.addingClamped(found.refusedCalls)
      day.skippedCalls = day.skippedCalls.addingClamped(found.skippedCalls)
      for difference in found.differences { day.add(difference) }
      for id in found.unlisted {
        day.add(AuditDifference(id, .gone))
        if CallSID(id) == nil { gone.insert(id) }
      }
    }
  }
}

extension AuditDay {
  private static let mostExamples = 100

  fileprivate mutating func add(_ difference: AuditDifference) {
    self[difference.kind] = self[difference.kind].addingClamped(1)
    if examples.count < Self.mostExamples { examples.append(difference) }
  }

  /// - Returns: Whether that is news.
  fileprivate mutating func correct(_ transfer: AuditComparison.Redecided) -> Bool {
    let known = examples.firstIndex { $0.sid == transfer.sid }
    if let difference = transfer.difference {
      if known == nil { add(difference) }
      return known == nil
    }
    guard let known, examples[known].kind == .misattributed else { return false }
    examples.remove(at: known)
    misattributed = max(0, misattributed - 1)
    return true
  }
}

extension Timestamp: Codable {
  package init(from decoder: any Decoder) throws {
    self.init(milliseconds: try decoder.singleValueContainer().decode(Int64.self))
  }

  package func encode(to encoder: any Encoder) throws {
    var container = encoder.singleValueContainer()
    try container.encode(milliseconds)
  }
}
