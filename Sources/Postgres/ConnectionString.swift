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
    guard !hosts.contains(where: { $0.dropFirst().contains("@") }), !hasSplitPassword(string) else {
      throw fault("an @ stands behind that of the password")
    }
  }

  /// Whether an `@` stands in the host or the path of a URI. libpq ends user and password at the first `@` or `/`,
  /// and so takes what follows in a password for the host and the database, which it names when it fails.
  private static func hasSplitPassword(_ string: String) -> Bool {
    guard let address = address(of: string) else { return false }
    let end = address.firstIndex { $0 == "@" || $0 == "/" } ?? address.startIndex
    let rest = address[end...]
    return (rest.hasPrefix("@") ? rest.dropFirst() : address).prefix { $0 != "?" }.contains("@")
  }

  /// What follows the scheme of a URI; nil for another string.
  private static func address(of string: String) -> Substring? {
    ["postgresql://", "postgres://"].first(where: string.hasPrefix).map { string.dropFirst($0.count) }
  }

  /// What somebody may have meant as the password, also where libpq reads the string otherwise or not at all.
  static func meantPassword(in string: String) -> String? {
    if let address = address(of: string) {
      guard let start = address.firstIndex(of: ":"), let end = address.lastIndex(of: "@"), start < end else {
        return nil
      }
      return String(address[start..<end].dropFirst())
    }
    return string.firstMatch(of: /(?:^|\s)password\s*=\s*'?(\S+)/).map { String($0.output.1) }
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
