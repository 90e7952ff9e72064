import CPostgres

/// Owner of one list of PQconninfoOption, freed at the end (manual, PQconninfoParse, PQconninfo).
@safe struct ConnectionOptions: ~Copyable {
  private let options: UnsafeMutablePointer<PQconninfoOption>
  /// What libpq says of them, in English.
  let message: String

  init(owning options: UnsafeMutablePointer<PQconninfoOption>, message: String = "") {
    unsafe self.options = options
    self.message = message
  }

  /// All that libpq itself goes by: the string, the `PG*` variables, the service file; and what it says of them.
  /// Nil where there is no memory for it. Connects to nothing.
  ///
  /// - Parameter last: An option that is given a value that libpq does not know.
  static func complete(
    _ connectionString: String, endingAt last: String = "ssl_min_protocol_version"
  ) -> ConnectionOptions? {
    // libpq works out the options of a connection before it refuses one, and connects only afterwards
    // (manual, PQconnectStartParams, PQconninfo). Of the options after the string, the password keeps it from
    // reading the password file.
    let options = [("dbname", connectionString), ("password", "none"), (last, "none")]
    let keywords = CStrings(options.map { .text($0.0) } + [.null])
    let values = CStrings(options.map { .text($0.1) } + [.null])
    let connection = unsafe keywords.withPointers { keywords in
      unsafe values.withPointers { values in unsafe PQconnectStartParams(keywords, values, 1) }
    }
    defer { unsafe PQfinish(connection) }
    guard let found = unsafe PQconninfo(connection) else { return nil }
    return unsafe ConnectionOptions(owning: found, message: String(cString: PQerrorMessage(connection)))
  }

  /// The names of all options that libpq knows.
  static var known: Set<String> {
    guard let all = unsafe PQconninfoParse("", nil) else { return [] }
    return unsafe ConnectionOptions(owning: all).names
  }

  private var names: Set<String> {
    var names: Set<String> = []
    var option = unsafe options
    // The list ends with an entry without a keyword.
    while let keyword = unsafe option.pointee.keyword {
      names.insert(unsafe String(cString: keyword))
      unsafe option += 1
    }
    return names
  }

  /// The value of an option, nil when it is not set.
  subscript(name: String) -> String? {
    var option = unsafe options
    while let keyword = unsafe option.pointee.keyword {
      if unsafe String(cString: keyword) == name {
        return unsafe option.pointee.val.map { unsafe String(cString: $0) }
      }
      unsafe option += 1
    }
    return nil
  }
}
