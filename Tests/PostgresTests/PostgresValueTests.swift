import Postgres
import TestSupport
import Testing

@Suite("PostgresValue", .keepsFailedDatabases)
struct PostgresValueTests {
  static let awkward = [
    "", " ", "NULL", "null", "a,b", "{}", "{a}", "\"", "\\", "\\\"", "'", "a'b", "\n\t\r", "ñandú", "👩‍👩‍👧",
    "e\u{301}",
    "\u{10FFFF}", "$1", "--", ";", "\\x41", String(repeating: "x", count: 100),
  ]

  @Test("Text comes back as it was sent, whatever is in it", arguments: awkward)
  func textRoundTrip(text: String) async throws {
    let row = try await row("SELECT $1::text, octet_length($1::text)", .text(text))
    #expect(try row.text(0)?.utf8.elementsEqual(text.utf8) == true)
    #expect(try row.int(1) == Int64(text.utf8.count))
  }

  @Test("A text array comes back element by element, NULLs included")
  func textArrayRoundTrip() async throws {
    let elements: [String?] = Self.awkward.map { $0 } + [nil, "", nil]
    let rows = try await rows(
      "SELECT element FROM unnest($1::text[]) WITH ORDINALITY AS t(element, n) ORDER BY n",
      .textArray(elements))
    #expect(try rows.map { try $0.text(0) } == elements)
  }

  @Test("An empty array is an array without elements and not NULL")
  func emptyArray() async throws {
    let row = try await row("SELECT cardinality($1::text[]), cardinality($2)", .textArray([]), .intArray([]))
    #expect(try row.requiredInt(0) == 0)
    #expect(try row.requiredInt(1) == 0)
  }

  @Test(
    "Integers come back at both ends of their range", arguments: [0, 1, -1, 42, -42, Int64.max, Int64.min])
  func intRoundTrip(number: Int64) async throws {
    #expect(try await row("SELECT $1", .int(number)).requiredInt(0) == number)
  }

  @Test("Integer and boolean arrays come back with their NULLs")
  func numberArrays() async throws {
    let numbers: [Int64?] = [1, nil, .min, .max, 0]
    let flags: [Bool?] = [true, nil, false, true, nil]
    let rows = try await rows(
      "SELECT a, b FROM unnest($1, $2) WITH ORDINALITY AS t(a, b, n) ORDER BY n", .intArray(numbers),
      .boolArray(flags))
    #expect(try rows.map { try $0.int(0) } == numbers)
    #expect(try rows.map { try $0.bool(1) } == flags)
  }

  @Test("NULL, false and the empty text are three things")
  func nullIsAsked() async throws {
    let row = try await row("SELECT $1::text, $2, ''::text, $1::bigint, $1::boolean", .null, .bool(false))
    #expect(try row.text(0) == nil)
    #expect(try row.bool(1) == false)
    #expect(try row.text(2) == "")
    #expect(try row.int(3) == nil)
    #expect(try row.bool(4) == nil)
  }

  @Test("A text array takes the type of the cast in the SQL")
  func typedByCast() async throws {
    let row = try await row(
      "SELECT ($1::timestamptz[])[1] = '2026-03-01 09:05:07Z', sum(n)::text FROM unnest($2::numeric[]) n",
      .textArray(["2026-03-01T10:05:07+01:00"]), .textArray(["0.017", nil, "0.20"]))
    #expect(try row.requiredBool(0))
    #expect(try row.requiredText(1) == "0.217")
  }

  @Test("A U+0000 in a parameter is refused instead of cutting the text short")
  func nulIsRefused() async throws {
    let error = await #expect(throws: PostgresError.self) {
      try await row("SELECT $1::text", .text("a\0b"))
    }
    #expect(error?.sqlstate == "22021")
  }

  private func row(_ sql: String, _ parameters: PostgresValue...) async throws -> PostgresRow {
    try await PostgresCluster.shared().pool().repeatable(PostgresStatement(sql, parameters)).rows[0]
  }

  private func rows(_ sql: String, _ parameters: PostgresValue...) async throws -> PostgresRows {
    try await PostgresCluster.shared().pool().repeatable(PostgresStatement(sql, parameters)).rows
  }
}

extension PostgresCluster {
  /// A pool on the administration database, for statements that touch no table.
  func pool(_ adjust: (inout PostgresConfiguration) -> Void = { _ in }) -> PostgresPool {
    var configuration = PostgresConfiguration(conninfo())
    adjust(&configuration)
    return PostgresPool(configuration)
  }

  /// A connection to the administration database.
  func connection(_ adjust: (inout PostgresConfiguration) -> Void = { _ in }) async throws
    -> PostgresConnection
  {
    var configuration = PostgresConfiguration(conninfo())
    adjust(&configuration)
    return try await PostgresConnection.open(configuration)
  }
}
