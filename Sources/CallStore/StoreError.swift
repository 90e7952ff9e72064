package import CallDomain
import Postgres

/// Why the store could not do what it was asked; the sentence is for operators, in Spanish, and
/// holds neither internals nor secrets.
package struct StoreError: Error, Hashable, Sendable {
  /// What failed.
  package enum Kind: Hashable, Sendable {
    /// Another run of the kind holds the lease.
    case alreadyRunning
    /// This run's lease was taken over by another.
    case leaseLost
    case unreachable
    /// Not answered in time, by the database or for want of a connection.
    case busy
    case readOnly
    case full
    /// The role may not do what the program must do.
    case forbidden
    /// Row level security could hide rows from the role.
    case hiddenRows
    case noDefaultWorkspace
    /// Which schema is ours cannot be told, or it cannot be used.
    case unclearSchema
    case oldSchema
    /// The schema says that a program as old as this one must not write.
    case newSchema
    case other
  }

  package let kind: Kind
  package let sentence: String
  /// With `alreadyRunning`, the run in progress.
  package var run: RunID?
  /// With `alreadyRunning`, seconds until its lease ends unless it is renewed.
  package var retryAfter: Int?

  package init(_ kind: Kind, _ sentence: String, run: RunID? = nil, retryAfter: Int? = nil) {
    self.kind = kind
    self.sentence = sentence
    self.run = run
    self.retryAfter = retryAfter
  }
}

extension StoreError {
  /// What an error of the database means for a run.
  init(_ error: PostgresError) {
    if let sentence = Self.endedSession(error) {
      self.init(.unreachable, sentence)
      return
    }
    if let advice = Self.advice(error.kind) {
      self.init(
        error.kind == .timeout ? .busy : .unreachable,
        "No se puede usar la base de datos (\(error.shortReason)); \(advice).")
      return
    }
    switch error.kind {
    case .poolTimeout:
      self.init(
        .busy,
        """
        Todas las conexiones de este programa con la base de datos están ocupadas, por páginas que se guardan o \
        por consultas. Si otro programa bloquea las tablas, espere a que acabe o ciérrelo; si no, suba \
        DATABASE_POOL_SIZE, y repita.
        """)
    case .readOnly:
      self.init(
        .readOnly,
        "La base de datos es de solo lectura; conecte DATABASE_URL con el servidor primario.")
    case .diskFull:
      self.init(.full, "La base de datos no tiene espacio en disco; libere espacio y repita.")
    case .insufficientPrivilege:
      self.init(
        .forbidden,
        "Al usuario de la base de datos le falta un permiso (\(error.shortReason)); concédalo y repita.")
    case .undefinedTable, .undefinedColumn:
      self.init(.oldSchema, Self.oldSchemaSentence)
    case .queryCanceled:
      self.init(
        .unreachable,
        """
        La base de datos canceló una consulta (\(error.shortReason)): otro programa bloquea las tablas, \
        statement_timeout es demasiado corto para este usuario, o alguien la canceló. Revíselo y repita.
        """)
    case .lockTimeout, .deadlock, .serialization, .idleInTransactionTimeout:
      self.init(
        .unreachable,
        "La base de datos está ocupada (\(error.shortReason)); otro programa bloquea las tablas. Repita más tarde."
      )
    default:
      self.init(
        .other,
        """
        La base de datos rechazó una operación (\(error.shortReason)). Repita y, si vuelve a pasar, mire su \
        registro.
        """)
    }
  }

  /// What to do about a database that cannot be reached as things are; nil where the fault is another.
  private static func advice(_ kind: PostgresError.Kind) -> String? {
    switch kind {
    case .unreachable, .connectionLost, .poolClosed, .adminShutdown, .crash, .authentication,
      .databaseMissing,
      .commitOutcomeUnknown, .invalidConnectionString:
      "compruebe que está en marcha y DATABASE_URL"
    case .timeout:
      "compruebe que está en marcha, que ningún otro programa bloquea las tablas y DATABASE_URL"
    case .cannotConnectNow: "repita dentro de un momento y, si sigue así, mire su registro"
    case .tooManyConnections:
      "cierre las que sobran, suba max_connections o el límite del usuario, o use un pooler, y repita"
    case .hostNotFound: "revise el servidor que nombra DATABASE_URL y el DNS"
    case .untrustedCertificate:
      "revise el reloj, el servidor que nombra DATABASE_URL y el fichero de sslrootcert"
    case .tlsRefused: "revise sslmode en DATABASE_URL y que el servidor ofrece TLS"
    default: nil
    }
  }

  /// What to say of a session that the server ended on purpose, also where it was while committing.
  private static func endedSession(_ error: PostgresError) -> String? {
    switch error.sqlstate {
    case "25P03":
      """
      Este programa se quedó parado a mitad de una escritura y la base de datos la anuló entera \
      (SQLSTATE 25P03). Repita; si vuelve a pasar, compruebe que el equipo no se suspende y que le alcanzan \
      la CPU y la memoria.
      """
    case "57P01":
      """
      La base de datos cerró la sesión de este programa (SQLSTATE 57P01): se paraba, alguien lo pidió, u otra \
      ejecución la tomó por congelada. Repita: lo que estaba a medias se guardó entero o no se guardó; si \
      vuelve a pasar, mire el registro de la base de datos.
      """
    default: nil
    }
  }

  static let oldSchemaSentence =
    "El esquema de la base de datos es antiguo o falta; ejecute «twilio-sync migrate»."

  /// Any error out of a transaction's body.
  init(any error: any Error) {
    switch error {
    case let error as StoreError: self = error
    case let error as PostgresError: self.init(error)
    default: self.init(.other, "La operación con la base de datos se interrumpió.")
    }
  }
}

extension PostgresError {
  /// The cause in a few Spanish words, without anything of the installation in it.
  var shortReason: String {
    let words =
      switch kind {
      case .unreachable: "no responde"
      case .hostNotFound: "no se encuentra su dirección"
      case .untrustedCertificate: "su certificado no es de confianza"
      case .tlsRefused: "falla el cifrado TLS"
      case .connectionLost, .adminShutdown, .crash: "la conexión se cortó"
      case .commitOutcomeUnknown: "la conexión se cortó al confirmar"
      case .timeout, .poolTimeout: "no respondió a tiempo"
      case .poolClosed: "el servicio se está parando"
      case .cannotConnectNow: "está arrancando, parándose o recuperándose"
      case .tooManyConnections: "no le quedan conexiones libres"
      case .authentication: "rechaza el usuario o la contraseña"
      case .databaseMissing: "no existe"
      case .invalidConnectionString: "DATABASE_URL no se entiende"
      case .lockTimeout: "bloqueo no concedido"
      case .deadlock, .serialization: "conflicto con otra transacción"
      case .queryCanceled: "consulta cancelada"
      case .idleInTransactionTimeout: "transacción cerrada por inactividad"
      default: "error"
      }
    return words + (sqlstate.map { ", SQLSTATE \($0)" } ?? "") + (object.map { ", \($0)" } ?? "")
  }
}
