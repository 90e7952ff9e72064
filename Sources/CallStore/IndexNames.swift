import CallDomain
import Postgres

/// The names of the indexes that steps make and drop. Whatever else has one would be taken for the index and so keep
/// it from being made, or be dropped in its stead, or let every attempt at dropping it fail.
enum IndexNames {
  /// Something in our schema that has one.
  struct Holder {
    let name: String
    /// `pg_class.relkind`.
    let kind: String
  }

  /// Each index as steps make it.
  private struct Definition {
    let name: String
    let table: String
    let words: [Substring]
  }

  private static var definitions: [Definition] {
    Migrations.all.flatMap(\.statements).flatMap { statement in
      let made = statement.matches(of: /CREATE INDEX (?:CONCURRENTLY )?IF NOT EXISTS (\w+) ON (\w+)([^;]*)/)
      return made.map { match in
        let (_, name, table, rest) = match.output
        return Definition(name: String(name), table: String(table), words: words(of: " USING btree \(rest)"))
      }
    }
  }

  /// What has one of the names: a row each.
  static var holders: PostgresStatement {
    PostgresStatement(
      """
      SELECT c.relname, c.relkind::text, t.relname, i.indisvalid, i.indisunique, pg_get_indexdef(i.indexrelid),
        quote_ident(current_schema()), \(SQL.relation("'schema_migrations'")) IS NOT NULL
      FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace AND n.nspname = current_schema()
      LEFT JOIN pg_index i ON i.indexrelid = c.oid
      LEFT JOIN pg_class t ON t.oid = i.indrelid
      WHERE c.relname = ANY ($1::text[]) ORDER BY c.relname
      """, [.textArray(definitions.map(\.name))])
  }

  /// - Returns: Those of `holders` that are not ours.
  static func others(in result: PostgresResult) throws(PostgresError) -> [Holder] {
    let definitions = definitions
    var others: [Holder] = []
    for row in result.rows {
      let name = try row.requiredText(0)
      let table = try row.text(2)
      let ours = definitions.filter { $0.name == name && $0.table == table }
      if !ours.isEmpty {
        // What a build that was cut off has left is made anew; and one without a definition is gone since.
        guard try row.requiredBool(3), let text = try row.text(5) else { continue }
        let found = words(of: text)
        let isUnique = try row.requiredBool(4)
        if !isUnique, ours.contains(where: { $0.words == found }) { continue }
      }
      try others.append(Holder(name: name, kind: row.requiredText(1)))
    }
    return others
  }

  /// What an index is made of, from its access method on. The server writes lists in another way than we do, and with
  /// casts by the types that the columns of an adopted table have; storage parameters are the operator's.
  private static func words(of definition: String) -> [Substring] {
    let start = definition.firstRange(of: " USING ")?.upperBound ?? definition.startIndex
    let cast = /::(?:"[^"]+"|\w+)(?:\.(?:"[^"]+"|\w+))?(?: varying| precision)?(?:\(\d+\))?(?:\[\])?/
    return definition[start...].replacing(cast, with: "")
      .replacing(/\ WITH \([^)]*\)/, with: "").replacing(/\ COLLATE "C"/, with: "")
      .matches(of: /'[^']*'|\w+|[<>]+/).map { Substring($0.output) }
      .filter { !["ANY", "ARRAY", "IN"].contains($0) }
  }
}

extension Migrations.Migration {
  /// Those of its file.
  fileprivate var statements: [String] {
    switch work {
    case .statements(let file), .indexes(let file), .billing(let file): Migrations.statements(of: file)
    case .wideCost, .backfill, .canonicalNumbers: []
    }
  }

  /// The names of the indexes that it makes or drops.
  fileprivate var indexes: [String] {
    statements.flatMap { statement in
      statement.matches(of: /INDEX (?:CONCURRENTLY )?IF (?:NOT )?EXISTS (\w+)/).map { String($0.output.1) }
    }
  }
}

extension Migrator {
  /// Looked for before anything is changed. What no pending step asks for may have any name: an operator is free to
  /// give an index of his own one that we have given up.
  ///
  /// - Throws: `RunFailure` that names everything that has the name of an index which is still to be made or dropped.
  func refuseTakenNames() async throws {
    let result = try await database.repeatable(IndexNames.holders)
    let others = try IndexNames.others(in: result)
    guard !others.isEmpty, let row = result.rows.first else { return }
    let needed = try await Set(pending(hasFoundation: row.requiredBool(7)).flatMap(\.indexes))
    let taken = others.filter { needed.contains($0.name) }
    if !taken.isEmpty { throw try RunFailure.takenNames(taken, schema: row.requiredText(6)) }
  }
}
