import CallDomain
package import CallStore
package import SyncEngine

extension CallLedger {
  /// Fills the engine's port with the store.
  package init(_ store: CallStore) {
    self.init(
      commit: { page, fence throws(RunFailure) in
        try await translated { () async throws(StoreError) in try await store.commit(page, fence: fence) }
      },
      coverage: { now throws(RunFailure) in
        try await translated { () async throws(StoreError) in try await store.coverage(now: now) }
      },
      unsettled: { limit throws(RunFailure) in
        try await translated { () async throws(StoreError) in try await store.unsettled(limit: limit) }
      },
      stored: { last, since, limit throws(RunFailure) in
        try await translated { () async throws(StoreError) in
          try await store.storedCalls(after: last, since: since, limit: limit)
        }
      },
      older: { last, limit throws(RunFailure) in
        try await translated { () async throws(StoreError) in
          try await store.olderCalls(after: last, limit: limit)
        }
      })
  }
}

extension HistoryLedger {
  /// Fills the engine's port with the store.
  package init(_ store: CallStore) {
    self.init(
      open: { request, restart, now, fence throws(RunFailure) in
        try await translated { () async throws(StoreError) in
          try await store.openHistory(request, restart: restart, now: now, fence: fence)
        }
      },
      progress: { fence throws(RunFailure) in
        try await translated { () async throws(StoreError) in
          try await store.historyProgress(of: fence)
        }
      },
      close: { period, asked, fence throws(RunFailure) in
        try await translated { () async throws(StoreError) in
          try await store.closeHistory(period, asked: asked, fence: fence)
        }
      })
  }
}

extension RunLedger {
  /// Fills the engine's port with the store.
  package init(_ store: CallStore) {
    self.init(
      check: { () throws(RunFailure) in
        try await translated { () async throws(StoreError) in try await store.check() }
      },
      begin: { kind, requestedBy, now throws(RunFailure) in
        let token = Clocks.token()
        do throws(StoreError) {
          return try await store.begin(kind, requestedBy: requestedBy, now: now, token: token)
        } catch {
          let failure = RunFailure(error)
          if failure.isPassing { Self.release(kind, token, in: store) }
          throw failure
        }
      },
      renew: { fence, counts throws(RunFailure) in
        do throws(StoreError) {
          try await store.renew(fence, counts: counts)
          return true
        } catch {
          if error.kind == .leaseLost { return false }
          throw RunFailure(error)
        }
      },
      record: { period, fence throws(RunFailure) in
        try await translated { () async throws(StoreError) in try await store.record(period, of: fence) }
      },
      finish: { run, fence throws(RunFailure) in
        try await translated { () async throws(StoreError) in try await store.finish(run, fence: fence) }
      })
  }

  /// Frees, beside, a lease of which nobody knows whether it was taken, as soon as the database answers: it
  /// would be in the way of the next run until it ran out.
  private static func release(_ kind: RunKind, _ token: Int64, in store: CallStore) {
    Task.detached {
      for _ in 0..<Self.releaseAttempts {
        if (try? await store.release(kind, token: token)) != nil { return }
        try? await Clocks.sleep(1000)
      }
    }
  }

  /// As many seconds as the lease lasts.
  private static let releaseAttempts = LeaseTerms().seconds
}

/// Does `work` and turns its error into what it means for a run.
func translated<Value: Sendable>(
  _ work: () async throws(StoreError) -> Value
) async throws(RunFailure) -> Value {
  do throws(StoreError) {
    return try await work()
  } catch {
    throw RunFailure(error)
  }
}

extension RunFailure {
  init(_ error: StoreError) {
    self.init(
      Self.code(error.kind), error.sentence, runID: error.run, retryAfter: error.retryAfter,
      // A failover leaves a server read-only for a while.
      isPassing: [.unreachable, .busy, .readOnly].contains(error.kind))
  }

  private static func code(_ kind: StoreError.Kind) -> Code {
    switch kind {
    case .alreadyRunning: .alreadyRunning
    case .unreachable, .busy, .readOnly, .full, .forbidden, .hiddenRows, .noDefaultWorkspace, .unclearSchema,
      .oldSchema, .newSchema:
      .database
    case .leaseLost, .other: .internal
    }
  }
}

extension Readiness {
  /// What a failed check means for `/ready`.
  init(_ error: StoreError) {
    switch error.kind {
    case .oldSchema: self.init(database: .ok, schema: .old)
    case .newSchema: self.init(database: .ok, schema: .new)
    case .busy: self.init(database: .busy, schema: .unknown)
    case .unclearSchema: self.init(database: .ok, schema: .unclear)
    case .readOnly: self.init(database: .readOnly, schema: .unknown)
    case .full: self.init(database: .full, schema: .unknown)
    case .forbidden: self.init(database: .forbidden, schema: .unknown)
    case .hiddenRows: self.init(database: .hiddenRows, schema: .unknown)
    case .noDefaultWorkspace: self.init(database: .noDefaultWorkspace, schema: .ok)
    case .unreachable, .alreadyRunning, .leaseLost, .other:
      self.init(database: .unreachable, schema: .unknown)
    }
  }
}
