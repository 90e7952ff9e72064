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

  /// The password in the connection string, so that whoever writes logs can keep it out of them.
  package var password: String? {
    ConnectionString.option("password", of: connectionString)
  }
}
