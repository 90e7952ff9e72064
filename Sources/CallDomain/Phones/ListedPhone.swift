/// A number of the directory with its activity and what is odd (Reference.md, "The directory").
package struct ListedPhone: Hashable, Sendable {
  /// What is odd about a number.
  package enum Oddity: String, Hashable, Sendable, CaseIterable {
    /// It has the default workspace, or none, and is not primary: nobody has given it to a customer.
    case unassigned
    /// No stored call has it as its own.
    case neverCalled = "never_called"
    /// Its rows name several workspaces.
    case severalWorkspaces = "several_workspaces"
    /// A row is not written as calls have the number.
    case notCanonical = "not_canonical"
    /// It stands in `workspaces`, where it does not count.
    case onlyInWorkspaces = "only_in_workspaces"
  }

  /// The canonical form; of what is no number, as somebody wrote it.
  package var number: String
  /// Its rows, the one that counts first.
  package var rows: [PhoneRow]
  package var workspace: WorkspaceID?
  package var workspaceName: String?
  package var activity: PhoneActivity
  package var odd: [Oddity]
  /// The rows that are no canonical numbers.
  package var spellings: [PhoneSpelling]
  /// The workspace that `workspaces` names for the number, where nobody has given it one.
  package var named: WorkspaceID?

  /// The number as an object of answers.
  package var answer: AnswerValue {
    .object([
      AnswerField("number", .text(number)), AnswerField("rows", .list(rows.map(\.answer))),
      AnswerField("workspace", .orNull(workspace?.number)),
      AnswerField("workspaceName", .orNull(workspaceName)),
      AnswerField("firstCall", .orNull(activity.firstCall?.iso8601)),
      AnswerField("lastCall", .orNull(activity.lastCall?.iso8601)),
      AnswerField("calls30", .number(Int64(activity.calls))),
      AnswerField("cost30", .list(activity.cost.map(\.answer))),
      AnswerField("odd", .list(odd.map { .text($0.rawValue) })),
    ])
  }
}

/// How a number has called.
package struct PhoneActivity: Hashable, Sendable {
  /// When its first call of cases 1 and 2 began.
  package var firstCall: Timestamp?
  package var lastCall: Timestamp?
  /// Calls of any case that it decided, of the last days.
  package var calls = 0
  /// What those cost.
  package var cost: [MoveSum.Cost] = []

  package init() {}

  /// How far back calls and cost are counted.
  package static let days = 30
}

/// The directory as it is stored, from which the list of numbers is made.
package struct DirectoryFacts: Sendable {
  package var rows: [PhoneRow] = []
  package var names: [WorkspaceID: String] = [:]
  /// The numbers in `workspaces`, which older databases have.
  package var numbersOfWorkspaces: [Inspection.Listing] = []
  /// Of numbers that stand anywhere in it.
  package var activity: [PhoneNumber: PhoneActivity] = [:]

  package init() {}

  /// Every number that stands in it.
  package var numbers: Set<PhoneNumber> {
    Set(rows.compactMap { PhoneNumber(listed: $0.number) } + numbersOfWorkspaces.map(\.number))
  }

  /// Those of `workspaces` that no row gives a workspace.
  package var unlisted: [Inspection.Listing] {
    let listed = Set(rows.filter { $0.workspace != nil }.compactMap { PhoneNumber(listed: $0.number) })
    return numbersOfWorkspaces.filter { !listed.contains($0.number) }
  }

  /// The numbers in the order of their canonical forms; what is no number comes by itself.
  package func phones(defaultWorkspace: WorkspaceID) -> [ListedPhone] {
    let called = Set(activity.filter { $0.value.firstCall != nil }.keys)
    let spellings = Dictionary(
      PhoneSpelling.all(in: rows, defaultWorkspace: defaultWorkspace, brought: called).map { ($0.id, $0) },
      uniquingKeysWith: { first, _ in first })
    let byNumber = Dictionary(grouping: rows) { PhoneNumber(listed: $0.number) }
    let unlisted = Dictionary(
      unlisted.map { ($0.number, $0.workspace) }, uniquingKeysWith: { first, _ in first })
    func phone(_ text: String, _ rows: [PhoneRow], _ number: PhoneNumber?) -> ListedPhone {
      let listed = number.map {
        PhoneDirectory.ranked(rows, for: $0, defaultWorkspace: defaultWorkspace).map(\.row)
      }
      var phone = ListedPhone(
        number: text, rows: listed ?? rows, workspace: (listed ?? rows).first?.workspace,
        activity: number.flatMap { activity[$0] } ?? PhoneActivity(), odd: [],
        spellings: rows.compactMap { spellings[$0.id] }.sorted { $0.id < $1.id })
      let waiting = number.flatMap { unlisted[$0] }
      if let first = phone.rows.first, !first.isPrimary,
        first.workspace ?? defaultWorkspace == defaultWorkspace
      {
        phone.odd.append(.unassigned)
      }
      if phone.activity.firstCall == nil { phone.odd.append(.neverCalled) }
      if Set(rows.compactMap(\.workspace)).count > 1 { phone.odd.append(.severalWorkspaces) }
      if !phone.spellings.isEmpty { phone.odd.append(.notCanonical) }
      if waiting != nil { phone.odd.append(.onlyInWorkspaces) }
      phone.named =
        phone.odd.contains(.unassigned)
        ? numbersOfWorkspaces.first { $0.number == number && $0.workspace != defaultWorkspace }?.workspace
        : waiting
      if phone.workspace == nil { phone.workspace = waiting }
      phone.workspaceName = phone.workspace.flatMap { names[$0] }
      return phone
    }
    let listed = numbers.map { phone($0.canonical, byNumber[$0] ?? [], $0) }
    let others = (byNumber[PhoneNumber?.none] ?? []).map { phone($0.number, [$0], nil) }
    return (listed + others).sorted {
      ($0.number, $0.rows.first?.id ?? 0) < ($1.number, $1.rows.first?.id ?? 0)
    }
  }
}

extension ListedPhone {
  /// What mends what is odd, each a sentence with its statement or command; nothing where nothing need be done.
  package func whatToDo(_ say: Wording = { spanish, _ in spanish }) -> [String] {
    let deleted = deletions
    var statements = deleted.isEmpty ? [] : [PhoneSpelling.deletion(of: deleted)]
    statements += spellings.filter { !deleted.contains($0.id) }.compactMap(\.update)
    var sentences =
      statements.isEmpty
      ? []
      : [
        say("Como dueño de las tablas: ", "As the tables' owner: ") + statements.joined(separator: " ")
      ]
    for spelling in spellings {
      guard case .complete(let lack) = spelling.remedy else { continue }
      let missing =
        switch lack {
        case .country:
          say("le falta el prefijo de su país (como +34)", "it lacks its country's prefix (such as +34)")
        case .number: say("no es un número", "it is no number")
        }
      sentences.append(
        say(
          "Complete o borre la fila \(spelling.id): \(missing).",
          "Complete or delete row \(spelling.id): \(missing)."))
    }
    let isComplete = !spellings.contains { if case .complete = $0.remedy { true } else { false } }
    if isComplete, odd.contains(.unassigned) || odd.contains(.onlyInWorkspaces) {
      let workspace = named.map { "\($0.number)" } ?? "WORKSPACE"
      let command = "twilio-sync phones assign \(PhoneAssignment.argument(number)) \(workspace)"
      sentences.append(say("Si es de un cliente: «\(command)».", "If it is a customer's: “\(command)”."))
    }
    return sentences
  }

  /// Rows that say nothing, or something else than the one that counts.
  private var deletions: [Int64] {
    let others = odd.contains(.severalWorkspaces) ? rows.dropFirst().map(\.id) : []
    let spelled = spellings.compactMap { spelling in
      if case .delete = spelling.remedy { spelling.id } else { nil }
    }
    return Set(others + spelled).sorted()
  }
}

extension ListedPhone.Oddity {
  /// In a few words.
  package func words(_ say: Wording = { spanish, _ in spanish }) -> String {
    switch self {
    case .unassigned: say("sin asignar", "not assigned")
    case .neverCalled: say("nunca ha llamado", "never called")
    case .severalWorkspaces: say("en varios workspaces", "in several workspaces")
    case .notCanonical: say("mal escrito", "not canonical")
    case .onlyInWorkspaces: say("solo en workspaces", "only in workspaces")
    }
  }
}

extension PhoneAssignment {
  /// A number as a shell takes it for one word.
  package static func argument(_ word: String) -> String {
    let isPlain = word.utf8.allSatisfy { byte in
      switch byte {
      case 0x30...0x39, 0x41...0x5A, 0x61...0x7A, 0x2B, 0x2D, 0x2E, 0x3A, 0x40, 0x5F: true
      default: false
      }
    }
    return isPlain && !word.isEmpty ? word : "'" + word.escaping("'", as: "'\\''") + "'"
  }
}

extension PhoneRow {
  fileprivate var answer: AnswerValue {
    .object([
      AnswerField("id", .number(id)), AnswerField("written", .text(number)),
      AnswerField("workspace", .orNull(workspace?.number)), AnswerField("isPrimary", .bool(isPrimary)),
    ])
  }
}

extension [ListedPhone] {
  /// As `/api/phones` and `phones --json` answer.
  package var answer: AnswerValue {
    .object([AnswerField("phones", .list(map(\.answer)))])
  }
}
