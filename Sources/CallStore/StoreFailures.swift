import CallDomain
import Postgres

/// What the failures of this room mean, in the words that people read: here one corrects a sentence.
extension RunFailure {
  /// Any error out of an operation of the store.
  init(store error: any Error, file: StaticString = #fileID, line: Int = #line) {
    switch error {
    case let error as RunFailure: self = error
    case let error as PostgresError: self.init(error)
    case is CancellationError: self = .interrupted
    default: self.init(unexpected: error, file: file, line: line)
    }
  }

  /// What an error of the database means.
  init(_ error: PostgresError) {
    if error.kind == .decoding {
      self.init(fault: error.cause)
    } else if error.kind == .cancelled {
      self = .interrupted
    } else if let session = Self.endedSession(error) {
      self.init(.database(.unreachable), session.whatFailed, session.whatToDo)
    } else if let advice = Self.advice(error) {
      self.init(
        .database(error.kind == .timeout ? .busy : .unreachable),
        "No se puede usar la base de datos (\(error.shortReason)).", advice)
    } else {
      self = Self.refusal(error)
    }
    cause = error.cause
  }

  /// What to do about a database that cannot be reached as things are; nil where the fault is another.
  private static func advice(_ error: PostgresError) -> String? {
    switch error.kind {
    // Who answers is running.
    case .unreachable, .connectionLost, .crash, .commitOutcomeUnknown:
      error.sqlstate == nil
        ? "Compruebe que está en marcha y DATABASE_URL." : "Repita y, si vuelve a pasar, mire su registro."
    case .adminShutdown: "Repita y, si vuelve a pasar, mire su registro."
    case .poolClosed: "Repita cuando el servicio esté en marcha."
    case .authentication: "Corrija el usuario o la contraseña en DATABASE_URL."
    case .databaseMissing: "Corrija su nombre en DATABASE_URL o créela (CREATE DATABASE)."
    case .invalidConnectionString: "Corrija DATABASE_URL; «twilio-sync doctor» dice qué parte."
    case .timeout:
      """
      Compruebe que está en marcha, que ningún otro programa bloquea las tablas, que al pooler, si lo hay, le quedan \
      plazas, y DATABASE_URL.
      """
    case .cannotConnectNow: "Repita dentro de un momento y, si sigue así, mire su registro."
    case .tooManyConnections:
      "Cierre las que sobran, suba max_connections o el límite del usuario, o use un pooler, y repita."
    case .hostNotFound: "Revise el servidor que nombra DATABASE_URL y el DNS."
    case .untrustedCertificate:
      "Revise el reloj, el servidor que nombra DATABASE_URL y el fichero de sslrootcert."
    case .certificateFile:
      """
      Ponga en sslrootcert, sslcert y sslkey ficheros que existan y que este usuario pueda leer (una CA pública: \
      /etc/ssl/certs/ca-certificates.crt); «system» exige libpq 16 o posterior.
      """
    case .tlsRefused: "Revise sslmode en DATABASE_URL y que el servidor ofrece TLS."
    case .noUsableAddress:
      """
      Ponga en DATABASE_URL un servidor que tenga IPv4 (en Supabase, el pooler o el complemento IPv4), o dé IPv6 a \
      este equipo.
      """
    case .unwantedServer: "Revise target_session_attrs y los servidores que nombra DATABASE_URL."
    case .optionRefused:
      "Quite de options en DATABASE_URL, y de PGOPTIONS, lo que el servidor o el pooler no admite."
    default: adviceOfAdmission(error.kind)
    }
  }

  /// The same of a server or pooler that does not let us in.
  private static func adviceOfAdmission(_ kind: PostgresError.Kind) -> String? {
    switch kind {
    case .poolerFull:
      """
      Espere y repita; si vuelve a pasar, baje DATABASE_POOL_SIZE o amplíe las plazas del pooler (en Supabase, Pool \
      Size, o el puerto 6543 en lugar del 5432).
      """
    case .poolerWaits:
      """
      Pasa solo en unos segundos (server_login_retry, 15 si no se cambió); si sigue así, compruebe que el servidor \
      está en marcha y mire el registro del pooler.
      """
    case .poolerLostServer: "Repita y, si vuelve a pasar, mire el registro del pooler."
    case .unknownProject:
      """
      Revise en DATABASE_URL el usuario (en Supabase, postgres.PROYECTO) y el servidor, que es otro en cada región; y \
      que el proyecto no está en pausa.
      """
    case .pausedProject: "Reanúdelo en la consola del proveedor."
    case .loginsBlocked: "Corrija el usuario o la contraseña en DATABASE_URL y espere unos minutos."
    case .loginForbidden:
      "Déselo como administrador: ALTER ROLE … LOGIN y GRANT CONNECT ON DATABASE … TO …."
    case .addressNotAllowed:
      """
      Admita a este equipo, con su usuario y su base, en pg_hba.conf o en la lista de direcciones del proveedor; si \
      solo se admiten conexiones cifradas, ponga sslmode=require.
      """
    default: nil
    }
  }

  /// What to say of a session that the server ended on purpose, also where it was while committing.
  private static func endedSession(_ error: PostgresError) -> (whatFailed: String, whatToDo: String)? {
    switch error.sqlstate {
    case "25P03":
      (
        """
        Este programa se quedó parado a mitad de una escritura y la base de datos la anuló entera \
        (SQLSTATE 25P03).
        """,
        """
        Repita; si vuelve a pasar, compruebe que el equipo no se suspende y que le alcanzan la CPU y la memoria.
        """
      )
    case "57P01":
      (
        """
        La base de datos cerró la sesión de este programa (SQLSTATE 57P01): se paraba, alguien lo pidió, u otra \
        ejecución la tomó por congelada.
        """,
        """
        Repita: lo que estaba a medias se guardó entero o no se guardó; si vuelve a pasar, mire el registro de \
        la base de datos.
        """
      )
    default: nil
    }
  }

  private static func refusal(_ error: PostgresError) -> RunFailure {
    switch error.kind {
    case .poolTimeout:
      RunFailure(
        .database(.busy),
        """
        Todas las conexiones de este programa con la base de datos están ocupadas, por páginas que se guardan o \
        por consultas.
        """,
        """
        Si otro programa bloquea las tablas, espere a que acabe o ciérrelo; si a un pooler no le quedan plazas para \
        ellas, espere un minuto, amplíelas o baje DATABASE_POOL_SIZE; si no, súbalo, y repita.
        """)
    case .mixedStatements:
      RunFailure(
        .database(.unreachable),
        "El pooler de la base de datos mezcla las consultas de varias conexiones\(error.inParentheses).",
        """
        Conecte DATABASE_URL sin él o en su modo de sesión (en Supabase, el puerto 5432), o actualícelo.
        """)
    case .standby: standby(cause: error.cause)
    case .readOnly: readOnly(cause: error.cause)
    case .diskFull:
      RunFailure(
        .database(.full), "La base de datos no tiene espacio en disco.", "Libere espacio y repita.")
    case .insufficientPrivilege: forbidden(error.reference ?? "SQLSTATE 42501")
    case .answerTooLarge:
      RunFailure(
        .database(.unreachable), "La base de datos respondió con más datos de los que este programa admite.",
        "Compruebe qué servidor es el de DATABASE_URL y, si es el suyo, que ninguna fila de las tablas es enorme."
      )
    case .undefinedTable, .undefinedColumn: incompleteSchema(error.name, cause: error.cause)
    case .queryCanceled: canceled(error)
    case .lockTimeout, .deadlock, .serialization, .idleInTransactionTimeout:
      RunFailure(
        .database(.unreachable),
        "La base de datos está ocupada (\(error.shortReason)): otro programa bloquea las tablas.",
        "Repita más tarde.")
    default:
      RunFailure(
        .database(.refused), "La base de datos rechazó una operación\(error.inParentheses).",
        "Repita y, si vuelve a pasar, mire su registro.")
    }
  }

  /// The server's words tell which of the two it was, where they are English.
  private static func canceled(_ error: PostgresError) -> RunFailure {
    let reference = error.reference.map { " (\($0))" } ?? ""
    return if error.cause.contains("statement timeout") {
      RunFailure(
        .database(.unreachable),
        "La base de datos canceló una consulta\(reference) que tardaba más de lo que se le deja (statement_timeout).",
        "Mire qué la frena (pg_stat_activity) y repita.")
    } else if error.cause.contains("user request") {
      RunFailure(
        .database(.unreachable),
        "Alguien canceló en la base de datos una consulta de este programa\(reference).",
        "Repita.")
    } else {
      RunFailure(
        .database(.unreachable),
        "La base de datos canceló una consulta\(reference), por tardar demasiado o porque alguien lo pidió.",
        "Mire qué la frena (pg_stat_activity) y repita.")
    }
  }
}

// MARK: - What the checks before a run find

extension RunFailure {
  static func standby(cause: String) -> RunFailure {
    RunFailure(
      .database(.readOnly), "La base de datos es de solo lectura: es una réplica (standby).",
      "Conecte DATABASE_URL con el servidor primario.", cause: cause)
  }

  /// - Parameter isOurs: Whether the connection itself asks for it.
  static func readOnly(isOurs: Bool = false, cause: String) -> RunFailure {
    RunFailure(
      .database(.readOnly),
      "La base de datos es de solo lectura: así está configurada (default_transaction_read_only).",
      isOurs
        ? "Quítelo de options en DATABASE_URL o de PGOPTIONS."
        : """
        Mire si le queda disco: los proveedores la cierran así cuando se llena, y la abren cuando hay espacio. Si no \
        es eso, quite default_transaction_read_only del servidor, la base o el usuario.
        """, cause: cause)
  }

  /// Commits wait for a standby that does not confirm them, and everybody else for their locks.
  ///
  /// - Parameter names: The server's `synchronous_standby_names`.
  static func standbyAway(_ names: String, cause: String?) -> RunFailure {
    RunFailure(
      .database(.unreachable),
      "La base de datos espera a su réplica síncrona, que no responde (synchronous_standby_names = «\(names)»).",
      "Póngala en marcha o quítela de synchronous_standby_names, y repita.", cause: cause)
  }

  /// - Parameter missing: The tables or the column, where they are known.
  static func incompleteSchema(_ missing: String?, cause: String) -> RunFailure {
    RunFailure(
      .database(.incompleteSchema),
      "Al esquema de la base de datos le falta \(missing ?? "una tabla o una columna").",
      """
      Restáurelo de una copia de seguridad. Si no la hay, ejecute como su dueño «DELETE FROM schema_migrations;» y \
      «twilio-sync migrate», que lo crea vacío, y después «twilio-sync historical».
      """, cause: cause)
  }

  static func oldSchema(cause: String) -> RunFailure {
    RunFailure(
      .database(.oldSchema), "El esquema de la base de datos es antiguo o falta.",
      "Ejecute «twilio-sync migrate».", cause: cause)
  }

  /// Without its row nobody can say up to where the log is read.
  static let noState = RunFailure(
    .database(.incompleteSchema), "A la tabla sync_state le falta su fila.",
    "Ejecute «twilio-sync migrate», que la crea con la fecha de la última llamada guardada.",
    cause: "sync_state has no row")

  static func newSchema(cause: String) -> RunFailure {
    RunFailure(
      .database(.newSchema), "El esquema de la base de datos exige una versión más nueva de twilio-sync.",
      "Actualice este programa.", cause: cause)
  }

  /// - Parameter missing: The privileges and what they are needed for, or why the server refused.
  static func forbidden(_ missing: String) -> RunFailure {
    RunFailure(
      .database(.forbidden), "Al usuario de la base de datos le falta un permiso (\(missing)).",
      "Concédalo y repita.", cause: "missing privilege: \(missing)")
  }

  static func hiddenRows(in tables: String) -> RunFailure {
    RunFailure(
      .database(.hiddenRows),
      "La seguridad a nivel de fila puede ocultar filas de \(tables) al usuario de la base de datos.",
      """
      Use el dueño de las tablas (sin FORCE), un usuario con BYPASSRLS o una política que lo muestre todo (USING (true)), \
      sin ninguna RESTRICTIVE.
      """, cause: "row_security_active without a permissive policy USING (true) for \(tables)")
  }

  static func noDefaultWorkspace(_ workspace: WorkspaceID) -> RunFailure {
    RunFailure(
      .database(.noDefaultWorkspace),
      "Falta el workspace por defecto (DEFAULT_WORKSPACE_ID = \(workspace.number)).",
      "Ejecute «twilio-sync migrate», que lo crea.", cause: "no row in workspaces with id \(workspace.number)"
    )
  }

  /// - Parameter name: The schema as SQL writes it.
  static func noSchema(_ name: String) -> RunFailure {
    RunFailure(
      .database(.unclearSchema), "El esquema \(name) no existe en la base de datos.",
      "Créelo («CREATE SCHEMA \(name);») o ponga otro en DATABASE_SCHEMA.")
  }

  static func severalSchemas(_ names: [String]) -> RunFailure {
    RunFailure(
      .database(.unclearSchema),
      """
      Varios esquemas de la base de datos podrían ser el de este programa (\(names.joined(separator: ", "))).
      """, "Ponga en DATABASE_SCHEMA el que debe usar.")
  }

  static func takenSchema(_ name: String, table: String) -> RunFailure {
    RunFailure(
      .database(.unclearSchema), "\(table) del esquema \(name) es de otro programa.",
      "Cree un esquema para este («CREATE SCHEMA twilio_sync;») y póngalo en DATABASE_SCHEMA.")
  }
}

extension RunFailure {
  /// - Parameter schema: As SQL writes it.
  static func takenNames(_ holders: [IndexNames.Holder], schema: String) -> RunFailure {
    let kinds = holders.map { holder in
      switch holder.kind {
      case "v": ("vista", "VIEW")
      case "m": ("vista materializada", "MATERIALIZED VIEW")
      case "S": ("secuencia", "SEQUENCE")
      case "f": ("tabla externa", "FOREIGN TABLE")
      case "c": ("tipo", "TYPE")
      case "i", "I": ("otro índice", "INDEX")
      default: ("tabla", "TABLE")
      }
    }
    let named = zip(holders, kinds).map { "\($0.name) (\($1.0))" }.joined(separator: ", ")
    let renaming = zip(holders, kinds)
      .map { "ALTER \($1.1) \(schema).\($0.name) RENAME TO \($0.name)_ajeno;" }.joined(separator: " ")
    return RunFailure(
      .database(.unclearSchema),
      "En el esquema \(schema) hay nombres de índices de este programa que ya tiene otra cosa: \(named).",
      "Ejecute como su dueño «\(renaming)», corrija lo que use esos nombres, y repita.")
  }

  /// - Parameter column: Whose values have to be unique.
  static func noKey(table: String, column: String) -> RunFailure {
    RunFailure(
      .database(.incompleteSchema), "La tabla \(table) no tiene una clave única sobre \(column).",
      "Ejecute como su dueño «CREATE UNIQUE INDEX CONCURRENTLY ON \(table) (\(column));» y repita.",
      cause: "no valid unique index on \(table) (\(column))")
  }

  // An index of one cannot be built without locking writers out.
  static func partitioned(_ table: String) -> RunFailure {
    RunFailure(
      .database(.unclearSchema),
      "La tabla \(table) está particionada, y este programa necesita una que no lo esté.",
      "Póngala en otro esquema, o cree uno para este programa y póngalo en DATABASE_SCHEMA.")
  }
}

// MARK: - What operations find

extension RunFailure {
  /// - Parameter retryAfter: Seconds until the other's lease ends unless it is renewed.
  static func alreadyRunning(_ run: RunID?, retryAfter: Int) -> RunFailure {
    RunFailure(
      .alreadyRunning, "Ya hay otra ejecución de este tipo en curso.", "Espere a que termine y repita.",
      runID: run, retryAfter: retryAfter)
  }

  /// - Parameter error: Why the first of them is refused.
  static func rowsNotTaken(_ error: PostgresError) -> RunFailure {
    RunFailure(
      .database(.refused), "La base de datos no deja cambiar sus filas\(error.inParentheses).",
      cause: error.cause)
  }

  static let rowsLocked = RunFailure(
    .database(.busy), "Otro programa bloquea sus filas, o un disparador (trigger) de calls las descarta.")

  /// So many calls were refused that the table is wrong, and not they.
  ///
  /// - Parameter error: Why one of them was refused.
  static func tooManyRefused(_ error: PostgresError) -> RunFailure {
    RunFailure(
      .database(.refused),
      "La base de datos rechaza demasiadas llamadas\(error.inParentheses): no son ellas, es la tabla calls.",
      "Quite o corrija la restricción, el tipo de la columna o el disparador que las rechaza, y repita.",
      cause: error.cause)
  }

  /// Of such a column every page is refused, whatever its calls are.
  static func misfit(_ misfit: ColumnMisfit, cause: String?) -> RunFailure {
    RunFailure(
      .database(.refused),
      "La columna \(misfit.column) es \(misfit.type), y la base de datos rechaza lo que se escribe en ella.",
      "Ejecute como dueño de las tablas «\(misfit.remedy)», después «twilio-sync migrate», y repita.",
      cause: cause)
  }

  /// Rows were imported with their ids, and the sequence gives those ids again.
  static func oldSequence(of table: String, cause: String) -> RunFailure {
    RunFailure(
      .database(.refused), "La secuencia de \(table).id va por detrás de las filas de la tabla.",
      """
      Ejecute como su dueño «SELECT setval(pg_get_serial_sequence('\(table)', 'id'), (SELECT max(id) FROM \
      \(table)));» y repita.
      """, cause: cause)
  }

  /// A server that crashed lost pages that it had confirmed.
  static let progressLost = RunFailure(
    .database(.refused),
    "La base de datos perdió parte de lo que había confirmado (se reinició a la fuerza o cambió de servidor).",
    "Repita el mismo comando, que lo completa.")

  /// The script's lines follow the sentence, each on a line of its own.
  ///
  /// - Parameter schema: Where, as SQL writes it.
  static func mayNotMigrate(_ script: OwnersScript, schema: String, cause: String) -> RunFailure {
    RunFailure(
      .database(.forbidden), "El usuario de la base de datos no puede cambiar el esquema.",
      """
      Ejecute esto con psql como dueño de las tablas, después scripts/least-privilege.sql si lo usa, y repita \
      «twilio-sync migrate»:
      \((OwnersScript(["SET search_path = \(schema)"]).lines + script.lines).joined(separator: "\n"))
      """, cause: cause)
  }

  static func mayNotConvert(_ error: PostgresError) -> RunFailure {
    RunFailure(
      .database(.forbidden),
      "Al usuario de la base de datos le falta un permiso para migrar (\(error.shortReason)).",
      """
      Ejecute «twilio-sync migrate» como dueño de las tablas, o conceda a este usuario ver y escribir todas sus \
      filas, y repita.
      """, cause: error.cause)
  }
}

extension PageRefusal {
  /// Why a number of ours is not in the directory after it was written.
  ///
  /// - Parameter error: What it met when conflicts were errors; nil for nothing.
  static func reason(_ error: PostgresError?) -> String {
    guard let error else { return "un disparador (trigger) de la tabla lo descarta" }
    // The columns of the key, which stand there in every language; the server hides them from a role under row level
    // security.
    let isTakenID =
      error.kind == .uniqueViolation
      && (error.cause.contains("(id)=(") || error.name == "workspace_phones_pkey")
    return isTakenID ? "su id ya existe, la secuencia va por detrás" : error.shortReason
  }
}

extension PostgresError {
  /// The cause in a few Spanish words, without anything of the installation in it but the name of what refused.
  var shortReason: String {
    [words, reference].compactMap { $0 }.joined(separator: ", ")
  }

  /// The same as an addition to a sentence; empty where there is nothing to say.
  var inParentheses: String { shortReason.isEmpty ? "" : " (\(shortReason))" }

  /// The SQLSTATE and what it is about; nil where there is neither.
  var reference: String? {
    let parts = [sqlstate.map { "SQLSTATE \($0)" }, name].compactMap { $0 }
    return parts.isEmpty ? nil : parts.joined(separator: ", ")
  }

  /// What looks like the name of a constraint, column or table; a trigger may name anything, also a caller.
  var name: String? {
    guard let object, object.utf8.count <= 127, !object.contains(/[0-9]{6}/) else { return nil }
    let isName = object.unicodeScalars.allSatisfy {
      $0.properties.isAlphabetic || "0123456789_.".unicodeScalars.contains($0)
    }
    return isName ? object : nil
  }

  private var words: String? {
    switch kind {
    case .unreachable: sqlstate == nil ? "no responde" : "no admite la conexión"
    case .hostNotFound: "no se encuentra su dirección"
    case .noUsableAddress: "este equipo no llega a su dirección IPv6"
    case .unwantedServer: "ningún servidor es como pide target_session_attrs"
    case .untrustedCertificate: "su certificado no es de confianza"
    case .certificateFile: "falta un fichero de certificados"
    case .tlsRefused: "falla el cifrado TLS"
    case .optionRefused: "no admite un parámetro de la conexión"
    case .connectionLost, .adminShutdown, .crash: "la conexión se cortó"
    case .commitOutcomeUnknown: "la conexión se cortó al confirmar"
    case .timeout, .poolTimeout: "no respondió a tiempo"
    case .poolClosed: "el servicio se está parando"
    case .cannotConnectNow: "está arrancando, parándose o recuperándose"
    case .tooManyConnections: "no le quedan conexiones libres"
    case .authentication: "rechaza el usuario o la contraseña"
    case .databaseMissing: "no existe"
    case .invalidConnectionString: "DATABASE_URL no se entiende"
    default: wordsOfAdmission ?? wordsOfRefusal
    }
  }

  private var wordsOfAdmission: String? {
    switch kind {
    case .poolerFull: "al pooler no le quedan plazas"
    case .poolerWaits: "el pooler espera para volver a conectar con ella"
    case .poolerLostServer: "el pooler perdió la conexión con ella"
    case .unknownProject: "el pooler no conoce el proyecto o el usuario"
    case .pausedProject: "el proyecto está en pausa"
    case .loginsBlocked: "el pooler no admite a nadie tras demasiados intentos con otra contraseña"
    case .loginForbidden: "el usuario no tiene permiso para conectar"
    case .addressNotAllowed: "no admite conexiones de este equipo"
    default: nil
    }
  }

  private var wordsOfRefusal: String? {
    switch kind {
    case .lockTimeout: "bloqueo no concedido"
    case .deadlock, .serialization: "conflicto con otra transacción"
    case .idleInTransactionTimeout: "transacción cerrada por inactividad"
    case .uniqueViolation: "valor repetido"
    case .foreignKeyViolation: "falta la fila a la que apunta"
    case .notNull: "falta un valor obligatorio"
    case .check: "valor no permitido"
    case .transactionFailed: "la transacción ya había fallado"
    default: nil
    }
  }
}
