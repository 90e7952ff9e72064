extension PostgresCluster {
  /// What a cluster must be set to that others are to follow.
  package static let canBeFollowed = ["wal_level = replica", "max_wal_senders = 4"]

  /// A cluster with the same data that follows this one and is not started yet; of the same roles and
  /// passwords. `settings` are lines of `postgresql.conf`.
  package func standby(settings: [String] = []) async throws -> PostgresCluster {
    let (host, port) = (directory, "\(serverPort)")
    return try await PostgresCluster(
      withTCP: tcpPort != nil, settings: Self.canBeFollowed + settings
    ) { tools, directory in
      let target = ["-D", "\(directory)/data", "-X", "stream", "-c", "fast", "-R"]
      try await tools.run(
        "pg_basebackup", ["-h", host, "-p", port, "-U", "postgres"] + target, in: directory)
    }
  }

  /// Ends the following: from then on the cluster takes writes.
  package func promote() async throws {
    try await tools.run("pg_ctl", ["-D", "\(directory)/data", "-w", "-t", "60", "promote"], in: directory)
  }

  /// Adds lines to `postgresql.conf`, for the next start.
  package func set(_ settings: [String]) throws {
    try PostgresFolder.append(settings, to: "\(directory)/data/postgresql.conf")
  }
}
