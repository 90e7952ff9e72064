import CPostgres

extension PostgresConfiguration {
  /// Whether the connection can be read on its way, by everything that libpq itself goes by: the string, the
  /// `PG*` variables, the service file. Connects to nothing.
  package var exposure: ConnectionExposure {
    // libpq works out the options of a connection before it refuses one, and connects only afterwards
    // (manual, PQconnectStartParams, PQconninfo). Of the options after the string, the password keeps it from
    // reading the password file, and the other is none that it knows.
    let options = [
      ("dbname", connectionString), ("password", "none"), ("target_session_attrs", "none"),
    ]
    let keywords = CStrings(options.map { .text($0.0) } + [.null])
    let values = CStrings(options.map { .text($0.1) } + [.null])
    let connection = unsafe keywords.withPointers { keywords in
      unsafe values.withPointers { values in unsafe PQconnectStartParams(keywords, values, 1) }
    }
    defer { unsafe PQfinish(connection) }
    guard let found = unsafe PQconninfo(connection) else {
      return ConnectionExposure(host: nil, hostaddr: nil, sslmode: nil, gssencmode: nil)
    }
    let settings = unsafe ConnectionOptions(owning: found)
    return ConnectionExposure(
      host: settings["host"], hostaddr: settings["hostaddr"], sslmode: settings["sslmode"],
      gssencmode: settings["gssencmode"])
  }
}
