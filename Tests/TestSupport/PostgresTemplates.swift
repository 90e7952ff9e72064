/// A database that is prepared once, for example migrated, and cloned for every test.
package struct PostgresTemplate: Sendable {
  /// What the template is called; the same name is prepared only once per cluster.
  package let name: String
  /// The database's encoding, as PostgreSQL names it; nil for the cluster's, which is UTF8.
  package let encoding: String?
  /// Prepares the database of the given connection string, and closes its connections.
  package let prepare: @Sendable (String) async throws -> Void

  /// A template and how to make it.
  package init(
    _ name: String, encoding: String? = nil, prepare: @escaping @Sendable (String) async throws -> Void
  ) {
    self.name = name
    self.encoding = encoding
    self.prepare = prepare
  }
}

/// The templates of one cluster, each made by the first who needs it.
actor PostgresTemplates {
  private var made: [String: Task<String, any Error>] = [:]

  /// The name of the template's database.
  func database(of template: PostgresTemplate, on cluster: PostgresCluster) async throws -> String {
    let task =
      made[template.name]
      ?? Task {
        let database = "template_\(template.name)"
        try await cluster.create(
          database, from: template.encoding == nil ? "template1" : "template0", encoding: template.encoding)
        try await template.prepare(cluster.conninfo(database: database))
        return database
      }
    made[template.name] = task
    return try await task.value
  }
}
