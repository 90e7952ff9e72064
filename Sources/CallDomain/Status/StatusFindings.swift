extension ServiceStatus {
  /// What is told of the stored state: the alerts, the last runs, and what runs left undone. They decide the state.
  package var findings: [Finding] {
    alerts.map(Self.finding) + lastRuns + [unsettled, givenUp, refused, audits]
      + [unusable].compactMap(\.self)
  }

  /// How the service stands.
  package var state: ServiceState { findings.state }

  private static func finding(_ alert: Alert) -> Finding {
    Finding(
      alert.isFiring ? .fault : .ok, check: "alerta \(alert.name.rawValue)", detail: alert.detail,
      whatToDo: alert.whatToDo, state: alert.name.state, topic: .alert)
  }

  /// That of the hourly run, and those of the others that did not end well. An assignment is its caller's to repeat.
  private var lastRuns: [Finding] {
    [failed(.hourly) ?? hourly]
      + RunKind.allCases.filter { $0 != .hourly && $0 != .assign }.compactMap(failed)
  }

  private func failed(_ kind: RunKind) -> Finding? {
    guard let run = facts.runs[kind]?.ended.first, run.state != .succeeded else { return nil }
    let rest =
      switch kind {
      case .hourly: "; recupera lo que falte."
      case .historical: ", con las mismas fechas: sigue donde quedó."
      default: "."
      }
    return Finding(
      .fault, check: kind == .hourly ? "última ejecución" : "última ejecución \(kind.rawValue)",
      detail: "La ejecución \(run.id.number) empezó el \(run.startedAt.iso8601) y no acabó bien: "
        + (run.error ?? "su proceso murió o se detuvo."),
      whatToDo: "Haga lo que dice el error y ejecute «twilio-sync \(kind.rawValue)»\(rest)",
      state: .attention,
      topic: .lastRun(kind))
  }

  private var hourly: Finding {
    guard let run = facts.runs[.hourly]?.last else {
      return Finding(
        .warning, check: "última ejecución", detail: "Todavía no ha habido ninguna ejecución horaria.",
        whatToDo: "Ejecute «twilio-sync hourly» o llame a /api/sync-twilio-hourly.")
    }
    let rest =
      run.state == .running
      ? "sigue en curso."
      : "acabó bien; el registro está al día hasta \(facts.coveredUntil?.iso8601 ?? "ahora")."
        + (nextExpected.map { " La siguiente se espera el \($0.iso8601)." } ?? "")
    return Finding(
      .ok, check: "última ejecución",
      detail: "La ejecución horaria \(run.id.number) empezó el \(run.startedAt.iso8601) y \(rest)")
  }

  private var unsettled: Finding {
    Finding(
      .ok, check: "llamadas sin cerrar",
      detail:
        Self.count(facts.unsettledCalls, "llamada", "llamadas")
        + " sin estado final o sin precio; las próximas ejecuciones preguntan otra vez.")
  }

  /// A number of things, in words.
  fileprivate static func count(_ number: Int, _ one: String, _ many: String) -> String {
    "\(number) \(number == 1 ? one : many)"
  }

  private var givenUp: Finding {
    guard facts.givenUpCalls > 0 else {
      return Finding(
        .ok, check: "llamadas abandonadas",
        detail: "Por toda llamada sin estado final o sin precio se pregunta todavía, o se preguntó otra vez.")
    }
    return Finding(
      .fault, check: "llamadas abandonadas",
      detail: Self.count(facts.givenUpCalls, "llamada sigue", "llamadas siguen")
        + " sin estado final o sin precio tras \(UnsettledList.givenUpAfterHours) horas, y ya no se pregunta por ellas.",
      whatToDo: """
        Pregunte otra vez con «\(facts.givenUpPeriod.historicalCommand)»; de lo que Twilio tampoco sepa entonces no se \
        avisa más.
        """, state: .attention, topic: .givenUpCalls)
  }

  private var refused: Finding {
    guard facts.refusedCalls > 0 else {
      return Finding(
        .ok, check: "llamadas rechazadas", detail: "La base de datos no rechaza ninguna llamada.")
    }
    return Finding(
      .fault, check: "llamadas rechazadas",
      detail: Self.count(facts.refusedCalls, "llamada está", "llamadas están")
        + " aparte en refused_calls, porque la base de datos no la admite.",
      whatToDo: """
        Vea el motivo (SELECT call_id, reason, raw FROM refused_calls), corrija la tabla calls y ejecute \
        «\(facts.refusedPeriod.historicalCommand)».
        """, state: .attention, topic: .refusedCalls)
  }

  private var unusable: Finding? { facts.unusable.map { Finding($0, check: "base de datos") } }

  private var audits: Finding {
    let differing = facts.differingAudits
    guard let whatToDo = differing.whatToDo else {
      return Finding(
        .ok, check: "auditoría",
        detail: facts.audits.isEmpty
          ? "Todavía no se ha comparado ningún día con Twilio: «twilio-sync audit»."
          : "Ningún día comparado difiere de Twilio.")
    }
    let days = differing.prefix(5).map(\.day.isoDate).joined(separator: ", ")
    let rest = differing.count > 5 ? " y \(differing.count - 5) más" : ""
    let calls = differing.reduce(0) { $0.addingClamped($1.differences) }
    return Finding(
      .fault, check: "auditoría",
      detail: "Lo guardado difiere de Twilio en "
        + Self.count(calls, "llamada", "llamadas") + " (\(days)\(rest)).", whatToDo: whatToDo,
      state: .attention, topic: .audit)
  }
}

extension Inspection {
  /// What `doctor` says of the tables. `now` is the process's clock.
  package func findings(now: Timestamp) -> [Finding] {
    [
      directory, numbersOfWorkspaces, sharedNumbers, spelledNumbers, rowsWithoutWorkspace, edits,
      columns, characters, views,
    ] + olderSums(now) + clock(now)
  }

  private var directory: Finding {
    guard assignedNumbers == 0 else {
      return Finding(
        .ok, check: "directorio",
        detail: ServiceStatus.count(listedNumbers, "número tiene", "números tienen") + " workspace.")
    }
    return Finding(
      .warning, check: "directorio",
      detail: (listedNumbers == 0
        ? "workspace_phones no tiene números"
        : "workspace_phones solo tiene números que trajeron las llamadas")
        + ": toda llamada va al workspace por defecto.",
      whatToDo:
        "Dé a cada número de un cliente su workspace: «twilio-sync phones assign NÚMERO WORKSPACE».")
  }

  private var spelledNumbers: Finding {
    guard !spellings.isEmpty else {
      return Finding(
        .ok, check: "números mal escritos",
        detail: "Todo número de workspace_phones está en su forma canónica.")
    }
    // A row can be written anew once no other is written so.
    let ordered = spellings.filter { $0.deletion != nil } + spellings.filter { $0.deletion == nil }
    let shown = ordered.prefix(Self.shownSpellings)
    let list = shown.map { "id \($0.id) «\($0.written)»\($0.remedy.note)" }
    let rest = spellings.count > shown.count ? "; y \(spellings.count - shown.count) más" : ""
    let statements = shown.compactMap { $0.deletion ?? $0.update }
    let incomplete = shown.filter { if case .complete = $0.remedy { true } else { false } }.map { "\($0.id)" }
    var advice: [String] = []
    if !statements.isEmpty { advice.append("Como dueño de las tablas: " + statements.joined(separator: " ")) }
    if !incomplete.isEmpty {
      let rows = (incomplete.count == 1 ? "la fila " : "las filas ") + incomplete.joined(separator: ", ")
      advice.append("Complete o borre \(rows) y ejecute «twilio-sync reattribute».")
    }
    return Finding(
      .warning, check: "números mal escritos",
      detail: "No están en su forma canónica: \(list.joined(separator: "; "))\(rest).",
      whatToDo: advice.joined(separator: " "))
  }

  private static let shownSpellings = 20

  private var columns: Finding {
    guard !misfits.isEmpty else {
      return Finding(.ok, check: "columnas", detail: "Sus tipos admiten toda llamada.")
    }
    let list = misfits.map { "\($0.column) es \($0.type)" }
    return Finding(
      .warning, check: "columnas",
      detail: "Hay tipos que rechazan algunas llamadas, o todas: \(list.joined(separator: "; ")).",
      whatToDo: "Como dueño de las tablas: " + misfits.map(\.remedy).joined(separator: " ")
        + " Después, «twilio-sync migrate».")
  }

  private var characters: Finding {
    guard let encoding, encoding != "UTF8" else {
      return Finding(.ok, check: "caracteres", detail: "La base de datos admite todo carácter.")
    }
    return Finding(
      .warning, check: "caracteres",
      detail: "La base de datos está en \(encoding): rechaza los nombres con caracteres que no tiene.",
      whatToDo:
        "Pase los datos a una base de datos en UTF8; mientras tanto esas llamadas quedan en refused_calls.")
  }

  private var views: Finding {
    guard !hasViews else {
      return Finding(.ok, check: "vistas", detail: "twilio_billing_monthly y twilio_calls_hourly están.")
    }
    return Finding(
      .warning, check: "vistas", detail: "twilio_billing_monthly o twilio_calls_hourly falta o es antigua.",
      whatToDo: "Ejecute «twilio-sync migrate» como dueño de las tablas.")
  }

  // Nothing is said while another program fills them.
  private func olderSums(_ now: Timestamp) -> [Finding] {
    guard let snapshots, snapshots.last.map({ $0.adding(hours: 48) < now }) ?? true else {
      return []
    }
    let last = snapshots.last.map { "no tiene filas desde el \($0.iso8601)" } ?? "no tiene filas"
    return [
      Finding(
        .ok, check: "twilio_snapshots",
        detail: """
          La tabla \(last), y este servicio no la llena: los paneles que la leen encuentran lo mismo, al día, en la vista \
          twilio_calls_hourly.
          """)
    ]
  }

  private var numbersOfWorkspaces: Finding {
    guard !unlisted.isEmpty else {
      return Finding(.ok, check: "números de workspaces", detail: "Todos están en workspace_phones.")
    }
    let values = unlisted.map {
      "(\($0.workspace.number), \($0.number.literal), true)"
    }
    return Finding(
      .warning, check: "números de workspaces",
      detail: ServiceStatus.count(unlisted.count, "número está", "números están")
        + " solo en workspaces, y solo workspace_phones cuenta.",
      whatToDo: """
        Si son de esos workspaces: INSERT INTO workspace_phones (workspace_id, phone_number, is_primary) VALUES \
        \(values.joined(separator: ", ")); y después «twilio-sync reattribute».
        """)
  }

  private var sharedNumbers: Finding {
    guard !shared.isEmpty else {
      return Finding(.ok, check: "números repetidos", detail: "Cada número está en un solo workspace.")
    }
    let list = shared.map { phone in
      let workspaces = Set(phone.rows.compactMap(\.workspace?.number)).sorted().map(String.init)
      return "\(phone.number) (\(workspaces.joined(separator: ", ")))"
    }
    let spare = shared.flatMap { $0.rows.dropFirst().map(\.id) }.sorted()
    return Finding(
      .warning, check: "números repetidos",
      detail: "Están en varios workspaces: \(list.joined(separator: "; ")).",
      whatToDo: """
        Decide is_primary, después un workspace distinto del predeterminado, después la fila más antigua. Para que \
        cada número quede en el que cuenta, como dueño de las tablas: \(PhoneSpelling.deletion(of: spare)) Para \
        darlo después a otro, «twilio-sync phones assign NÚMERO WORKSPACE».
        """)
  }

  private var rowsWithoutWorkspace: Finding {
    guard phonesWithoutWorkspace > 0 else {
      return Finding(
        .ok, check: "filas sin workspace", detail: "Toda fila de workspace_phones tiene workspace.")
    }
    return Finding(
      .warning, check: "filas sin workspace",
      detail: ServiceStatus.count(
        phonesWithoutWorkspace, "fila de workspace_phones no tiene workspace y no cuenta.",
        "filas de workspace_phones no tienen workspace y no cuentan."),
      whatToDo: """
        «twilio-sync phones» las nombra, y «twilio-sync phones assign NÚMERO WORKSPACE» les da uno; si no, reciben el \
        predeterminado cuando su número llame.
        """)
  }

  private var edits: Finding {
    guard callsBeforeEdits > 0 else {
      return Finding(
        .ok, check: "llamadas y directorio", detail: "Cada llamada está en el workspace de su número.")
    }
    return Finding(
      .warning, check: "llamadas y directorio",
      detail: ServiceStatus.count(callsBeforeEdits, "llamada no está", "llamadas no están")
        + " en el workspace que el directorio da hoy a su número.",
      whatToDo: """
        Vea cuáles con «twilio-sync reattribute --dry-run», y cámbielas con «twilio-sync reattribute»; si lo que está \
        mal es el directorio, antes «twilio-sync phones assign NÚMERO WORKSPACE».
        """)
  }

  private func clock(_ now: Timestamp) -> [Finding] {
    guard let databaseTime else { return [] }
    let seconds = now.milliseconds(since: databaseTime) / 1000
    guard abs(seconds) > Int64(ClockLimits.warning) else {
      return [Finding(.ok, check: "reloj de la base de datos", detail: "Va con el de este equipo.")]
    }
    return [
      Finding(
        .warning, check: "reloj de la base de datos",
        detail: "Difiere \(abs(seconds)) segundos del de este equipo.",
        whatToDo:
          "Ponga en hora los dos equipos (NTP): created_at y updated_at son del reloj de la base de datos.")
    ]
  }
}

extension PhoneSpelling.Remedy {
  /// What is said of the row where it is named.
  fileprivate var note: String {
    switch self {
    case .rewrite: ""
    case .delete(let number): ", que es \(number.canonical) y no cuenta porque otra fila va antes"
    case .complete(.country): ", sin el prefijo de su país (como +34)"
    case .complete(.number): ", que no es un número"
    }
  }
}

extension Period {
  /// The command that reads it again.
  package var historicalCommand: String {
    "twilio-sync historical --since \(start.iso8601) --until \(end.iso8601)"
  }
}

extension Period? {
  /// The same; of all where no time is known.
  package var historicalCommand: String { self?.historicalCommand ?? "twilio-sync historical" }
}

/// A column whose type does not take every call.
package struct ColumnMisfit: Hashable, Sendable {
  /// `calls.status`.
  package let column: String
  /// Its type as SQL writes it.
  package let type: String
  /// The statement that mends it.
  package let remedy: String

  package init(column: String, type: String, remedy: String) {
    self.column = column
    self.type = type
    self.remedy = remedy
  }
}

/// What only `doctor` looks at in the database, because it reads whole tables.
package struct Inspection: Hashable, Sendable {
  /// A number and a workspace that it stands under.
  package struct Listing: Hashable, Sendable {
    package let number: PhoneNumber
    package let workspace: WorkspaceID

    package init(number: PhoneNumber, workspace: WorkspaceID) {
      self.number = number
      self.workspace = workspace
    }
  }

  /// `twilio_snapshots`, hourly sums that the older system wrote.
  package struct Snapshots: Hashable, Sendable {
    /// The newest of them; nil without one.
    package let last: Timestamp?

    package init(last: Timestamp?) {
      self.last = last
    }
  }

  /// Rows of `workspace_phones` with a workspace.
  package var listedNumbers = 0
  /// Those of them that somebody made: what a call brings has the default workspace and is not primary.
  package var assignedNumbers = 0
  /// Rows of `workspace_phones` that are no canonical number.
  package var spellings: [PhoneSpelling] = []
  /// Columns whose type does not take every call.
  package var misfits: [ColumnMisfit] = []
  /// The database's encoding, as PostgreSQL names it.
  package var encoding: String?
  /// Numbers that stand in `workspaces` and not in `workspace_phones`: they attribute no call.
  package var unlisted: [Listing] = []
  /// Numbers that several workspaces list.
  package var shared: [ListedPhone] = []
  /// Rows of `workspace_phones` without a workspace.
  package var phonesWithoutWorkspace = 0
  /// Calls in another workspace than that of the number that decided them: somebody edited the directory since.
  package var callsBeforeEdits = 0
  /// Whether the views of the bill are there.
  package var hasViews = true
  /// Nil where there are none, or not all of their rows can be read.
  package var snapshots: Snapshots?
  /// The database's clock, which gives rows their times.
  package var databaseTime: Timestamp?

  package init() {}
}
