extension PostgresConfiguration {
  /// Whether libpq could not read the connection string.
  package var isMalformed: Bool {
    do throws(PostgresError) {
      try ConnectionString.check(connectionString)
      return false
    } catch {
      return true
    }
  }

  /// The passwords in the connection string, the role's and that of a private key, so that whoever writes
  /// logs can keep them out of them.
  package var passwords: [String] {
    ["password", "sslpassword"].compactMap { ConnectionString.option($0, of: connectionString) }
  }
}
