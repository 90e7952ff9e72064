import CPostgres

/// What can be said of a connection string before it is used.
///
/// libpq's messages about a string it cannot read quote it, and a password with unescaped characters slips
/// into the host or the port; so these are looked at here and libpq's words are not passed on.
enum ConnectionString {
  /// Throws `invalidConnectionString`; an empty string and a mere database name pass.
  static func check(_ string: String) throws(PostgresError) {
    guard string.contains("=") || string.contains("://") else { return }
    guard !string.utf8.contains(0) else { throw fault("it contains U+0000") }
    guard let options = unsafe PQconninfoParse(string, nil) else { throw fault("libpq cannot parse it") }
    let found = unsafe ConnectionOptions(owning: options)
    let ports = (found["port"] ?? "").split(separator: ",", omittingEmptySubsequences: false)
    guard ports.allSatisfy({ $0.allSatisfy(\.isWholeNumber) }) else { throw fault("the port is no number") }
    let hosts = (found["host"] ?? "").split(separator: ",")
    // A leading @ names an abstract Unix socket.
    guard !hosts.contains(where: { $0.dropFirst().contains("@") }) else {
      throw fault("the host contains an @")
    }
  }

  /// The value of an option in a string that can be read, nil where it names none.
  static func option(_ name: String, of string: String) -> String? {
    guard string.contains("=") || string.contains("://"),
      let options = unsafe PQconninfoParse(string, nil)
    else { return nil }
    return unsafe ConnectionOptions(owning: options)[name]
  }

  private static func fault(_ what: String) -> PostgresError {
    PostgresError(.invalidConnectionString, cause: "the connection string is wrong: \(what)")
  }
}

/// Owner of one list of PQconninfoOption, freed at the end (manual, PQconninfoParse, PQconninfo).
@safe struct ConnectionOptions: ~Copyable {
  private let options: UnsafeMutablePointer<PQconninfoOption>

  init(owning options: UnsafeMutablePointer<PQconninfoOption>) {
    unsafe self.options = options
  }

  deinit { unsafe PQconninfoFree(options) }

  /// The value of an option, nil when it is not set.
  subscript(name: String) -> String? {
    var option = unsafe options
    // The list ends with an entry without a keyword.
    while let keyword = unsafe option.pointee.keyword {
      if unsafe String(cString: keyword) == name {
        return unsafe option.pointee.val.map { unsafe String(cString: $0) }
      }
      unsafe option += 1
    }
    return nil
  }
}
