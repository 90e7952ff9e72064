import Postgres
import Testing

@Suite("A connection string")
struct ConnectionStringTests {
  static let soundOnes = [
    "", "base", "postgresql://", "postgres://u:p@h:5432/b",
    "postgresql://u:p%40%20@h,i:1,2/b?sslmode=require",
    "postgresql:///b?host=/tmp", "postgresql://h/b?ssl=true", "host=h dbname=b",
    "host=h password='a b \"c\"' port=1",
    "host=h password='postgresql://x' user=u", "host=h\nport=5432", "postgresql://[::1]:5432/b",
    "postgresql://u@h/b?options=-c%20search_path%3Dx&connect_timeout=5&target_session_attrs=read-write",
    "postgresql://u:a?b=c@h/b", "host=h port=5432,5433 host=a,b",
    "postgresql://u:contrase\u{F1}a@h/b",
  ]

  @Test("One that libpq takes has no fault, also with blanks and line ends around it", arguments: soundOnes)
  func sound(string: String) {
    for around in ["", " ", "\n", "\r\n", "\t ", "\u{FEFF}", "\u{200B}"] {
      let configuration = PostgresConfiguration(around + string + around)
      #expect(configuration.fault == nil && configuration.connectionString == string)
    }
  }

  static let faultyOnes: [(String, ConnectionStringFault)] = [
    ("\"postgresql://u:geheim@h/b\"", .quoted), ("'postgresql://u:geheim@h/b'", .quoted),
    ("postgresql://u:geheim@h/b\"", .quoted), ("\u{201C}postgresql://u:geheim@h/b\u{201D}", .quoted),
    ("\"host=h password=geheim\"", .quoted), ("`postgresql://h`", .quoted),
    ("postgresql://u:geheim@h/b c", .strayCharacter), ("postgresql://u:geheim@h\n:5432/b", .strayCharacter),
    ("postgresql://u:ge heim@h/b", .strayCharacter), ("host=h\u{0}", .strayCharacter),
    ("mysql://u:geheim@h/b", .otherScheme("mysql")), ("https://h.supabase.co", .otherScheme("https")),
    ("jdbc:postgresql://h/b?password=geheim", .otherScheme("jdbc:postgresql")),
    ("postgresql+asyncpg://u:geheim@h/b", .otherScheme("postgresql+asyncpg")),
    ("POSTGRESQL://u:geheim@h/b", .otherScheme("postgresql")), ("geheim://x", .otherScheme(nil)),
    ("u:geheim@h:5432/b", .noScheme), ("h:5432/b", .noScheme), ("postgresql:/h/b", .noScheme),
    ("psql postgresql://u:geheim@h/b", .noScheme), ("u:ge=heim@h/b", .noScheme),
    ("postgresql://u:geheim@h/b?pgbouncer=true", .unknownParameters(["pgbouncer"])),
    (
      "postgresql://u:geheim@h/b?sslmode=require&supa=base-pooler.x&connection_limit=1",
      .unknownParameters(["supa", "connection_limit"])
    ),
    ("postgresql://u:geheim@h/b?SSLMODE=require", .unknownParameters(["SSLMODE"])),
    ("host=h supa=x dbname=b", .unknownParameters(["supa"])),
    ("DATABASE_URL=postgresql://u:geheim@h/b", .unknownParameters(["DATABASE_URL"])),
    ("postgresql://h/b?password=a&geheim=1", .unknownParameter(position: 2)),
    ("host=h password=a geheim=b", .unknownParameter(position: 3)),
    // A secret of Base64 or another kind in the wrong place.
    ("geheim0Jw5VtkQ3Zx9Jw5Vt12=", .unknownParameter(position: 1)),
    ("geheim+Jw5VtkQ3Zx9Jw5V==", .unknownParameter(position: 1)),
    ("0geheim=", .unknownParameter(position: 1)), ("=geheim", .unknownParameter(position: 1)),
    ("host=h =geheim", .unknownParameter(position: 2)),
    ("postgresql://h/b?sslmode=require&=geheim", .unknownParameter(position: 2)),
    ("geheimgeheimgeheimgeheim=", .unknownParameter(position: 1)),
    ("postgresql://h/b?geheim0Jw5VtkQ3Zx9Jw", .unknownParameter(position: 1)),
    ("host=h supa=x geheim7=y", .unknownParameter(position: 2)),
    (
      "postgresql://h/b?prepared_statement_cache_size=0&ApplicationName=x",
      .unknownParameters(["prepared_statement_cache_size", "ApplicationName"])
    ),
    ("postgresql://u:a?geheim=b@h@i/b", .unreadable),
    ("postgresql://u@h/b?options=-c geheim=x".replacing(" ", with: "%20"), .unreadable),
    ("postgresql://u:a?geheim=b@h/b?supa=x", .unknownParameters(["supa"])),
    ("postgresql://u:a?geheim@h/b?supa=x&y=a@b", .unreadable), ("postgresql://u:a/geheim@h/b", .unreadable),
    ("postgresql://u:a@geheim@h/b", .unreadable), ("postgresql://u:%zz@h/b", .unreadable),
    ("host=h password=a geheim dbname=b", .unreadable), ("host=h password='geheim", .unreadable),
    ("postgresql://h:54x/b", .unreadable), ("postgresql://[::1/b", .unreadable),
    ("host=h port=\u{0665}", .unreadable),
    ("postgresql://h/b?sslmode=disabled", .badValue(parameter: "sslmode", allowed: sslModes)),
    ("host=h sslmode=Require", .badValue(parameter: "sslmode", allowed: sslModes)),
    ("host=h sslmode=", .badValue(parameter: "sslmode", allowed: sslModes)),
    (
      "host=h channel_binding=yes",
      .badValue(parameter: "channel_binding", allowed: ["disable", "prefer", "require"])
    ),
    (
      "host=h target_session_attrs=master",
      .badValue(
        parameter: "target_session_attrs",
        allowed: ["any", "read-write", "read-only", "primary", "standby", "prefer-standby"])
    ),
    ("postgresql://h/b?connect_timeout=10s", .noNumber(parameter: "connect_timeout")),
    ("host=h keepalives_idle=99999999999", .noNumber(parameter: "keepalives_idle")),
    ("host=a,b port=1,2,3", .unequalLists), ("host=a hostaddr=127.0.0.1,127.0.0.2", .unequalLists),
    ("service=no-such-service", .unknownService),
  ]

  static let sslModes = ["disable", "allow", "prefer", "require", "verify-ca", "verify-full"]

  @Test("What is wrong is told by its part, and nothing of the password", arguments: faultyOnes)
  func faulty(string: String, fault: ConnectionStringFault) {
    let found = PostgresConfiguration(string).fault
    #expect(found == fault)
    #expect(!String(describing: found).contains("geheim"))
  }
}
