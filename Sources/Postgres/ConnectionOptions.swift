import CPostgres

/// Owner of one list of PQconninfoOption, freed at the end (manual, PQconninfoParse, PQconninfo).
@safe struct ConnectionOptions: ~Copyable {
  private let options: UnsafeMutablePointer<PQconninfoOption>

  init(owning options: UnsafeMutablePointer<PQconninfoOption>) {
    unsafe self.options = options
  }

  /// All that libpq itself goes by: the string, the `PG*` variables, the service file; nil where there is no
  /// memory for it. Connects to nothing.
  static func complete(_ connectionString: String) -> ConnectionOptions? {
    // libpq works out the options of a connection before it refuses one, and connects only afterwards
    // (manual, PQconnectStartParams, PQconninfo). Of the options after the string, the password keeps it from
    // reading the password file, and the other is none that it knows.
    let options = [
      ("dbname", connectionString), ("password", "none"), ("ssl_min_protocol_version", "none"),
    ]
    let keywords = CStrings(options.map { .text($0.0) } + [.null])
    let values = CStrings(options.map { .text($0.1) } + [.null])
    let connection = unsafe keywords.withPointers { keywords in
      unsafe values.withPointers { values in unsafe PQconnectStartParams(keywords, values, 1) }
    }
    defer { unsafe PQfinish(connection) }
    guard let found = unsafe PQconninfo(connection) else { return nil }
    return unsafe ConnectionOptions(owning: found)
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
