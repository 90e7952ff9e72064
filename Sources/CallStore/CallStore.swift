package import CallDomain
package import Postgres

/// Our tables: what runs read and write, each operation whole or not at all.
package struct CallStore: Sendable {
  let pool: PostgresPool
  let defaultWorkspace: WorkspaceID
  let lease: LeaseTerms
  private let lastPage = LastPage()

  /// - Parameters:
  ///   - pool: Connections to the database, direct or through a transaction pooler.
  ///   - defaultWorkspace: `DEFAULT_WORKSPACE_ID`.
  ///   - lease: How long a run that shows no sign of life keeps its lease.
  package init(pool: PostgresPool, defaultWorkspace: WorkspaceID, lease: LeaseTerms = LeaseTerms()) {
    self.pool = pool
    self.defaultWorkspace = defaultWorkspace
    self.lease = lease
  }

  /// Whether the database can be used for a run.
  ///
  /// - Throws: `StoreError` that says what is wrong.
  package func check() async throws(StoreError) {
    try await translated { try await Preflight(defaultWorkspace: defaultWorkspace).check(pool) }
  }

  /// Commits a page and its marks in one transaction; repeats it when the connection was lost, since
  /// committing a page twice does no harm.
  ///
  /// - Throws: `StoreError`, with `leaseLost` when another run took over.
  package func commit(_ page: IntakePage, fence: RunFence) async throws(StoreError) -> PageOutcome {
    try await translated {
      let commit = PageCommit(
        page: page, fence: fence, defaultWorkspace: defaultWorkspace, lease: lease, lastPage: lastPage)
      return try await CommitLockRescue.attempt(on: pool, lease: lease) {
        do {
          return try await commit.run(on: pool)
        } catch let error as PostgresError where error.isWorthRepeating {
          return try await commit.run(on: pool)
        }
      }
    }
  }

  func translated<Value>(
    _ work: () async throws -> Value
  ) async throws(StoreError) -> Value {
    do {
      return try await work()
    } catch {
      throw StoreError(any: error)
    }
  }
}

/// How long leases last.
package struct LeaseTerms: Sendable {
  /// Seconds after which a run that did not renew its lease counts as dead.
  package var seconds: Int
  /// Milliseconds between two renewals.
  package var beat: Int64
  /// Milliseconds that a transaction waits for the locks of another.
  package var lockMilliseconds: Int
  /// Milliseconds that a run which takes a lease over waits for its row.
  package var takeoverMilliseconds: Int
  /// Seconds after which a transaction that holds the commit lock counts as frozen: more than its
  /// statements may take.
  package var staleSeconds: Int

  /// 90 seconds, renewed every 20: three renewals may fail, and the next run is blocked for less
  /// than two minutes.
  package init(
    seconds: Int = 90, beat: Int64 = 20_000, lockMilliseconds: Int = 20_000,
    takeoverMilliseconds: Int = 2000, staleSeconds: Int = 75
  ) {
    self.seconds = seconds
    self.beat = beat
    self.lockMilliseconds = lockMilliseconds
    self.takeoverMilliseconds = takeoverMilliseconds
    self.staleSeconds = staleSeconds
  }
}

extension PostgresError {
  fileprivate var isWorthRepeating: Bool {
    switch kind {
    case .commitOutcomeUnknown, .connectionLost, .adminShutdown, .idleInTransactionTimeout, .serialization,
      .deadlock:
      true
    default: false
    }
  }
}
