import CPostgres

/// What is wrong with a connection string; nothing of it shows a part that may belong to the password.
package enum ConnectionStringFault: Error, Hashable, Sendable {
  /// Quotes are part of the value.
  case quoted
  /// A line break, a blank or another character that no address holds.
  case strayCharacter
  /// It begins with the scheme of something else, named where it is a known one.
  case otherScheme(String?)
  /// An address without `postgresql://` before it.
  case noScheme
  /// Parameters that libpq does not know.
  case unknownParameters([String])
  /// Such a one whose name may be a secret or a part of the password: the how-manieth of the parameters.
  case unknownParameter(position: Int)
  /// A value that a parameter cannot have.
  case badValue(parameter: String, allowed: [String])
  /// A parameter that is a whole number is none.
  case noNumber(parameter: String)
  /// Lists of hosts, addresses and ports that do not belong together.
  case unequalLists
  /// The service that is named is nowhere defined.
  case unknownService
  /// libpq cannot read it, or a part of the password has slipped into the host or the port.
  case unreadable
}

/// What can be said of a connection string before it is used.
///
/// libpq's messages about a string it cannot read quote it, and a password with unescaped characters slips
/// into the host or the port; so these are looked at here and libpq's words are not passed on.
enum ConnectionString {
  /// The string without what is around it: blanks, line ends, and what else cannot be seen.
  static func trimmed(_ string: String) -> String {
    func isHarmless(_ scalar: Unicode.Scalar) -> Bool {
      scalar.properties.isWhitespace || ["\u{FEFF}", "\u{200B}"].contains(scalar)
    }
    var scalars = string.unicodeScalars[...]
    while let first = scalars.first, isHarmless(first) { scalars.removeFirst() }
    while let last = scalars.last, isHarmless(last) { scalars.removeLast() }
    return String(scalars)
  }

  /// - Throws: `invalidConnectionString`; an empty string and a mere database name pass.
  static func check(_ string: String) throws(PostgresError) {
    if let fault = fault(of: string) {
      throw PostgresError(.invalidConnectionString, cause: "the connection string is wrong: \(fault)")
    }
  }

  /// What is wrong with it, or with the `PG*` variables that complete it.
  static func fault(of string: String) -> ConnectionStringFault? {
    if string.utf8.contains(0) { return .strayCharacter }
    if let first = string.first, quotes.contains(first) { return .quoted }
    guard let form = Form(string) else { return schemeFault(of: string) }
    if form == .address {
      if let last = string.last, quotes.contains(last) { return .quoted }
      if string.unicodeScalars.contains(where: { $0.properties.isWhitespace || $0.value < 0x20 }) {
        return .strayCharacter
      }
    }
    guard form != .name else { return valueFault(of: string) }
    guard let options = unsafe PQconninfoParse(string, nil) else {
      return unknownParameters(of: string, form) ?? .unreadable
    }
    let found = unsafe ConnectionOptions(owning: options)
    let ports = (found["port"] ?? "").split(separator: ",", omittingEmptySubsequences: false)
    let hosts = (found["host"] ?? "").split(separator: ",")
    // A leading @ names an abstract Unix socket.
    guard ports.allSatisfy({ $0.utf8.allSatisfy(isDigit) }),
      !hosts.contains(where: { $0.dropFirst().contains("@") }), !hasSplitPassword(string)
    else { return .unreadable }
    return valueFault(of: string)
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

  private static let quotes: Set<Character> = ["\"", "'", "`", "“", "”", "‘", "’", "«"]

  private static func isDigit(_ byte: UInt8) -> Bool { UInt8(ascii: "0")...UInt8(ascii: "9") ~= byte }
}

/// How libpq reads a string (manual, Connection Strings).
private enum Form {
  /// `postgresql://…`
  case address
  /// `host=… dbname=…`
  case pairs
  /// The name of a database alone.
  case name

  /// Nil for an address that is none of PostgreSQL.
  init?(_ string: String) {
    if string.hasPrefix("postgresql://") || string.hasPrefix("postgres://") {
      self = .address
    } else if string.prefixMatch(of: #/\s*[A-Za-z_][A-Za-z0-9_]*\s*=/#) != nil {
      self = .pairs
    } else if string.contains(where: { [":", "/", "@"].contains($0) }) {
      return nil
    } else {
      self = string.contains("=") ? .pairs : .name
    }
  }
}

extension ConnectionString {
  private static func schemeFault(of string: String) -> ConnectionStringFault {
    guard let end = string.firstRange(of: "://")?.lowerBound else { return .noScheme }
    let scheme = string[..<end].lowercased()
    if scheme.contains(where: { $0 == " " || $0 == "@" }) { return .noScheme }
    // The rest could be anything, be it a secret in the wrong place.
    let isKnown = knownSchemes.contains {
      scheme == $0 || scheme.hasPrefix($0 + "+") || scheme.hasPrefix($0 + ":")
    }
    return .otherScheme(isKnown && scheme.count <= 30 ? scheme : nil)
  }

  private static let knownSchemes = [
    "postgres", "postgresql", "jdbc", "mysql", "mysql2", "mariadb", "mongodb", "redis", "rediss", "sqlite",
    "sqlite3",
    "sqlserver", "mssql", "oracle", "cockroachdb", "prisma", "http", "https", "file", "amqp", "ecto",
    "asyncpg",
    "psql", "pgsql",
  ]

  /// What libpq does not know of it.
  private static func unknownParameters(of string: String, _ form: Form) -> ConnectionStringFault? {
    let keys: [String]
    if form == .address {
      // Who connects stands before the first @, unless a slash comes first.
      let place =
        string.prefixMatch(of: #/\w+:\/\/[^\/@]*@/#).map { string[$0.range.upperBound...] } ?? string[...]
      guard let mark = place.firstIndex(of: "?") else { return nil }
      let query = place[place.index(after: mark)...]
      // Where there is another @, what follows a question mark may be the password's.
      guard !query.contains("@") else { return nil }
      keys = query.split(separator: "&").map(key)
    } else {
      // Blanks may stand in a value between quotes: what they part is looked at only where there are none.
      guard !string.contains("'"), !string.contains("\\") else { return nil }
      let words = string.split { $0.isWhitespace }
      guard words.allSatisfy({ $0.contains("=") }) else { return nil }
      keys = words.map(key)
    }
    let known = ConnectionOptions.known.union(form == .address ? ["ssl"] : [])
    let unknown = keys.indices.filter { !known.contains(keys[$0]) }
    guard let first = unknown.first else { return nil }
    let isAfterPassword = keys[..<first].contains { $0.hasSuffix("password") }
    return isAfterPassword || !unknown.allSatisfy({ isName(keys[$0]) })
      ? .unknownParameter(position: first + 1) : .unknownParameters(unknown.map { keys[$0] })
  }

  private static func key(of pair: Substring) -> String { String(pair.prefix { $0 != "=" }) }

  /// Whether a key has the form of a parameter's name: up to five words of letters, each of fewer than 20. A secret
  /// in the wrong place ends in `=` when it is Base64, and what stands before that has digits or is one long word.
  private static func isName(_ key: String) -> Bool {
    key.wholeMatch(of: #/[A-Za-z]{1,19}(?:[_.\-][A-Za-z]{1,19}){0,4}/#) != nil
  }

  /// What libpq would find when it begins to connect. It looks at `target_session_attrs` last, so a value that it
  /// does not know shows that all the rest is well.
  private static func valueFault(of string: String) -> ConnectionStringFault? {
    guard let options = ConnectionOptions.complete(string, endingAt: "target_session_attrs") else {
      return nil
    }
    let message = options.message
    if message.contains("definition of service") || message.contains("service file") {
      return .unknownService
    }
    if message.contains("could not match") { return .unequalLists }
    // With the system's authorities, in libpq 16 and later.
    if message.contains("weak sslmode") { return .badValue(parameter: "sslmode", allowed: ["verify-full"]) }
    if let name = message.firstMatch(of: #/invalid (\w+) value/#).map({ String($0.output.1) }),
      name != "target_session_attrs"
    {
      return .badValue(parameter: name, allowed: allowed[name] ?? [])
    }
    guard let given = ConnectionOptions.complete(string) else { return nil }
    if let attributes = given["target_session_attrs"], let known = allowed["target_session_attrs"],
      !known.contains(attributes)
    {
      return .badValue(parameter: "target_session_attrs", allowed: known)
    }
    let wrong = numbers.first { name in given[name].map { !$0.isEmpty && Int32($0) == nil } ?? false }
    return wrong.map { .noNumber(parameter: $0) }
  }

  private static let numbers = [
    "connect_timeout", "keepalives", "keepalives_idle", "keepalives_interval", "keepalives_count",
    "tcp_user_timeout",
  ]

  private static let allowed = [
    "sslmode": ["disable", "allow", "prefer", "require", "verify-ca", "verify-full"],
    "channel_binding": ["disable", "prefer", "require"], "gssencmode": ["disable", "prefer", "require"],
    "target_session_attrs": ["any", "read-write", "read-only", "primary", "standby", "prefer-standby"],
    "ssl_min_protocol_version": ["TLSv1.2", "TLSv1.3"], "ssl_max_protocol_version": ["TLSv1.2", "TLSv1.3"],
  ]
}
