/// An order to give a number to a workspace, with the calls that it decides (Reference.md, "Assigning a number").
package struct PhoneAssignment: Hashable, Sendable {
  package let number: PhoneNumber
  package let workspace: WorkspaceID
  /// Whether calls of months before the current one may leave a workspace other than the default one.
  package let movesPast: Bool
  package let isRehearsal: Bool

  package init(number: PhoneNumber, workspace: WorkspaceID, movesPast: Bool, isRehearsal: Bool) {
    self.number = number
    self.workspace = workspace
    self.movesPast = movesPast
    self.isRehearsal = isRehearsal
  }

  /// Why no call can have the number, unless stored calls have it as their own: one with a slip of the pen would be
  /// assigned, and nothing would move.
  package var fault: RunFailure? {
    switch PhoneSpelling.lack(of: number) {
    case .number?: return .noNumber
    case .country?: return .numberWithoutCountry
    case nil: break
    }
    let isPossible = !number.canonical.hasPrefix("+0") && number.canonical.utf8.count <= Self.longest
    return isPossible || !number.isDialled ? nil : .noNumber
  }

  // A plus and fifteen digits (ITU-T E.164, 6.1).
  private static let longest = 16
}

/// What an assignment would do.
package struct AssignmentPreview: Hashable, Sendable {
  /// The stored calls that would go to another workspace.
  package var moves: [CallMove] = []
  /// What a person has to do or to say before; nil where nothing is in the way.
  package var obstacle: RunFailure?

  package init() {}
}

/// What gives a number to a workspace by rule 4: the row to change, and what is in the way.
package struct DirectoryChange: Hashable, Sendable {
  package enum Step: Hashable, Sendable {
    /// The row that counts has the workspace already.
    case none
    /// This row gets the workspace.
    case update(row: Int64)
    /// A canonical row is made.
    case insert
  }

  package let step: Step
  /// Rows that would count before the changed one, with another workspace.
  package let rowsInTheWay: [Int64]
  /// What a key may forbid the row to be changed for: those that list the number under the workspace, else itself.
  package let rowsOfKey: [Int64]
  /// The directory afterwards, without what is in the way.
  package let rows: [PhoneRow]

  package init(_ assignment: PhoneAssignment, rows: [PhoneRow], defaultWorkspace: WorkspaceID) {
    let (number, workspace) = (assignment.number, assignment.workspace)
    let own = rows.filter { PhoneNumber(listed: $0.number) == number }
    let row = PhoneDirectory(rows: own, defaultWorkspace: defaultWorkspace).countingRow(of: number)
    let old = own.first { $0.id == row }
    var changed =
      old ?? PhoneRow(id: .max, workspace: nil, number: number.canonical, isPrimary: false)
    step = old.map { $0.workspace == workspace ? .none : .update(row: $0.id) } ?? .insert
    changed.workspace = workspace
    let after = own.filter { $0.id != changed.id } + [changed]
    let inTheWay = Set(
      PhoneDirectory.ranked(after, for: number, defaultWorkspace: defaultWorkspace)
        .prefix { $0.row.id != changed.id && $0.row.workspace != nil }
        .filter { $0.row.workspace != workspace }.map(\.row.id))
    rowsInTheWay = inTheWay.sorted()
    let twins = own.filter { $0.id != changed.id && $0.workspace == workspace }.map(\.id).sorted()
    rowsOfKey = twins.isEmpty ? [old].compactMap { $0?.id } : twins
    self.rows = rows.filter { $0.id != changed.id && !inTheWay.contains($0.id) } + [changed]
  }
}

extension [MoveSum] {
  /// Whether calls of months before the current one are among them that would leave a workspace other than the
  /// default one: their month may have been billed.
  package func changesPast(now: Timestamp, defaultWorkspace: WorkspaceID) -> Bool {
    let month = now.isoDate.prefix(7)
    return contains { sum in
      guard let from = sum.from, from != defaultWorkspace, let moved = sum.month else { return false }
      return moved < month
    }
  }
}

extension RunFailure {
  /// A withheld caller is nobody's number.
  package static let withheldNumber = RunFailure(
    .badParameter, "Eso no es un número: está oculto o vacío, o es demasiado largo.",
    "Escriba el número, en cualquier forma.")

  static let noNumber = RunFailure(
    .badParameter, "Ninguna llamada puede tener ese número.",
    "Escriba uno con su país (como +34), o el que muestran las llamadas.")

  static let numberWithoutCountry = RunFailure(
    .badParameter, "Al número le falta el prefijo de su país, y ninguna llamada lo tiene así.",
    "Escríbalo con él, como +34.")

  package static func unknownWorkspace(_ workspace: WorkspaceID) -> RunFailure {
    RunFailure(
      .badParameter, "El workspace \(workspace.number) no existe.",
      "Vea cuáles hay: SELECT id, name FROM workspaces.")
  }

  /// - Parameter rows: Those to delete before the number can be assigned.
  package static func rowsInTheWay(_ rows: [Int64]) -> RunFailure {
    RunFailure(
      .conflict,
      "El número está en más filas de workspace_phones: otra contaría antes, o una clave impide el cambio.",
      "Como dueño de las tablas: \(PhoneSpelling.deletion(of: rows)) Después repita.")
  }

  /// - Parameter reason: What is in the way, in a few words.
  package static func rowNotTaken(_ reason: String) -> RunFailure {
    RunFailure(
      .conflict, "workspace_phones no admite la fila: \(reason).",
      "Revise las claves, los disparadores y la secuencia de la tabla y repita.")
  }

  /// - Parameter moves: All that would move.
  package static func changesPast(_ moves: [MoveSum]) -> RunFailure {
    var failure = RunFailure(
      .conflict,
      "Llamadas de meses anteriores dejarían un workspace que no es el predeterminado, y quizá estén facturadas.",
      "Vea cuáles y, si es lo que quiere, repita con --past (por HTTP, \"past\": true).")
    failure.moves = moves
    return failure
  }
}
