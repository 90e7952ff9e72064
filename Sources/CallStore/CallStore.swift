package import CallDomain
package import Postgres

/// Our tables: what runs read and write, each operation whole or not at all.
package struct CallStore: CallLedger {
  let database: Database
  let defaultWorkspace: WorkspaceID
  let lease: LeaseTerms
  private let lastPage = LastPage()

  /// - Parameters:
  ///   - pool: Connections to the database, direct or through a transaction pooler.
  ///   - schema: `DATABASE_SCHEMA`; nil to find it.
  ///   - defaultWorkspace: `DEFAULT_WORKSPACE_ID`.
  ///   - lease: How long a run that shows no sign of life keeps its lease.
  package init(
    pool: PostgresPool, schema: String? = nil, defaultWorkspace: WorkspaceID, lease: LeaseTerms = LeaseTerms()
  ) {
    database = Database(pool, SchemaSearch(name: schema, isForMigration: false), lease)
    self.defaultWorkspace = defaultWorkspace
    self.lease = lease
  }

  /// `RunLedger.check`, within a time.
  ///
  /// - Parameter limit: How long it may take once there is a connection; nil for as long as any statement.
  package func check(within limit: Duration?) async throws(RunFailure) {
    try await operation {
      try await Preflight(defaultWorkspace: defaultWorkspace).check(database, within: limit)
    }
  }

  /// One transaction, repeated when the connection was lost.
  package func commit(_ page: IntakePage, fence: RunFence) async throws(RunFailure) -> PageOutcome {
    try await operation {
      let commit = PageCommit(
        page: page, fence: fence, defaultWorkspace: defaultWorkspace, lease: lease, lastPage: lastPage)
      return try await CommitLockRescue.attempt(on: database, lease: lease) {
        try await PostgresError.repeated { try await commit.run(on: database) }
      }
    }
  }

  /// Does an operation and says in its failure what that means for a run.
  func operation<Value>(_ work: () async throws -> Value) async throws(RunFailure) -> Value {
    do {
      return try await work()
    } catch {
      throw await explained(error)
    }
  }

  /// What an error means, by what can be asked of the database where it says too little itself.
  private func explained(_ error: any Error) async -> RunFailure {
    let failure = RunFailure(store: error)
    guard let error = error as? PostgresError else { return failure }
    switch error.kind {
    case .undefinedTable, .undefinedColumn:
      // Perhaps the schema is old.
      do {
        try await Preflight(defaultWorkspace: defaultWorkspace).check(database, within: Self.askingLimit)
      } catch var found as RunFailure {
        found.cause = failure.cause
        return found
      } catch {}
    case .lockTimeout, .queryCanceled:
      let result = try? await database.repeatable(
        Self.awaitedStandbys, within: Self.askingLimit, isUrgent: true)
      if let names = try? result?.rows.first?.text(0) {
        return .standbyAway(names, cause: failure.cause)
      }
    case .wrongType:
      if let misfit = await self.misfit(error.name) { return .misfit(misfit, cause: failure.cause) }
    default: break
    }
    return failure
  }

  /// The column whose type is another than what is written into it: the one that the server names, or where it names
  /// none in a language that is read here, the only one.
  private func misfit(_ name: String?) async -> ColumnMisfit? {
    let result = try? await database.repeatable(TableFit.misfits, within: Self.askingLimit)
    let misfits = result.flatMap { try? TableFit.read($0) } ?? []
    return misfits.first { misfit in name.map { misfit.column.hasSuffix(".\($0)") } ?? false }
      ?? (misfits.count == 1 ? misfits.first : nil)
  }

  private static let askingLimit = Duration.seconds(2)

  /// A row if commits of our role wait for a standby to confirm them.
  private static let awaitedStandbys = PostgresStatement(
    """
    SELECT current_setting('synchronous_standby_names')
    WHERE EXISTS (SELECT FROM pg_stat_activity WHERE datname = current_database() AND wait_event = 'SyncRep')
    """)
}

/// How long leases last, and what a run does under one.
///
/// Every limit lies within the next, so that whoever is nearest to the cause speaks first:
///
///     lock_timeout < statement_timeout < statementLimit < staleSeconds < seconds
///         20 s             25 s              30 s             75 s         90 s
///       server:          server:         this program:    who waits     another run
///     who is in the    what takes so    no answer comes   for its lock  takes over
///         way              long                             ends it
///
/// Beside them three `heartbeat`s (60 s) lie within `seconds`; and a statement of a look for `/ready` (2 s) with the
/// moment for the server's last word (`cancelGrace`, 2 s) within the time that a probe waits (5 s).
package struct LeaseTerms: Sendable {
  /// Seconds that a statement of a transaction may take on the server.
  package static let statementSeconds = 25

  /// Seconds after which a run that did not renew its lease counts as dead.
  package var seconds: Int
  /// Milliseconds between two renewals.
  package var heartbeat: Int64
  /// Milliseconds that a transaction waits for the locks of another.
  package var lockMilliseconds: Int
  /// Milliseconds that a run which takes a lease over waits for its row.
  package var takeoverMilliseconds: Int
  /// Seconds after which a transaction that holds the commit lock counts as frozen.
  package var staleSeconds: Int

  /// 90 seconds, renewed every 20: three renewals may fail, and the next run is blocked for less
  /// than two minutes.
  package init(
    seconds: Int = 90, heartbeat: Int64 = 20_000, lockMilliseconds: Int = 20_000,
    takeoverMilliseconds: Int = 2000, staleSeconds: Int = 75
  ) {
    self.seconds = seconds
    self.heartbeat = heartbeat
    self.lockMilliseconds = lockMilliseconds
    self.takeoverMilliseconds = takeoverMilliseconds
    self.staleSeconds = staleSeconds
  }
}

extension PostgresError {
  /// Does work that may be done twice, and once more when its connection was lost on the way, where nobody knows
  /// whether it was done, or led to a server that takes no writes.
  static func repeated<Value>(
    isolation: isolated (any Actor)? = #isolation, _ work: () async throws -> Value
  ) async throws -> Value {
    do {
      return try await work()
    } catch let error as PostgresError where error.isWorthRepeating {
      return try await work()
    }
  }

  private var isWorthRepeating: Bool {
    endsConnection || [.commitOutcomeUnknown, .serialization, .deadlock, .readOnly, .standby].contains(kind)
  }
}

extension CallStore {
  package func storedCalls(
    after last: CallSID?, since: Timestamp?, limit: Int
  ) async throws(RunFailure) -> [Call] {
    try await operation {
      let result = try await database.repeatable(
        StoredCallQuery.next(after: last, since: since, limit: limit))
      return try StoredCallQuery.read(result).values.map(\.call).sorted { $0.sid < $1.sid }
    }
  }

  package func unsettled(limit: Int) async throws(RunFailure) -> [UnsettledCall] {
    try await operation {
      let result = try await database.repeatable(
        PostgresStatement(
          """
          SELECT call_id, \(SQL.milliseconds("call_date")), \(SQL.milliseconds(SQL.past("asked_at")))
          FROM unsettled_calls WHERE given_up_at IS NULL ORDER BY asked_at, call_id LIMIT $1::bigint
          """,
          [.int(Int64(limit))]))
      var calls: [UnsettledCall] = []
      for row in result.rows {
        guard let sid = try CallSID(row.requiredText(0)) else { continue }
        try calls.append(
          UnsettledCall(sid: sid, callDate: row.moment(1), askedAt: row.moment(2) ?? .epoch))
      }
      // A time that is none or still to come counts as never, wherever the server puts it.
      return calls.sorted { ($0.askedAt, $0.sid) < ($1.askedAt, $1.sid) }
    }
  }
}

extension CallStore {
  package func refused(dueAt now: Timestamp, limit: Int) async throws(RunFailure) -> [CallSID] {
    try await operation {
      let result = try await database.repeatable(RefusedCallRecords.due(at: now, limit: limit))
      return try result.rows.compactMap { row in try CallSID(row.requiredText(0)) }
    }
  }
}

extension CallStore {
  package func olderCalls(after last: CallSID?, limit: Int) async throws(RunFailure) -> [Call] {
    try await operation {
      let result = try await database.repeatable(Self.olderCalls(after: last, limit: limit))
      return try result.rows.map { try OlderRow($0).call }
    }
  }

  // In most runs there is none.
  private static func olderCalls(after last: CallSID?, limit: Int) -> PostgresStatement {
    PostgresStatement(
      """
      \(OlderRow.selection)
      FROM calls WHERE id > $1 AND id ~ '^CA[0-9A-Fa-f]{32}$' AND \(OlderRow.isNotTakenIn)
      ORDER BY id LIMIT $2::bigint
      """,
      [.text(last?.text ?? ""), .int(Int64(limit))])
  }
}
