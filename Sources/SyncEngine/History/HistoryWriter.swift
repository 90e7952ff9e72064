import CallDomain

/// Commits what the readers bring, one page after the other, and waits out a database that is away.
struct HistoryWriter: Sendable {
  let calls: CallLedger
  let fence: RunFence
  let clock: EngineClock
  let places: Turnstile
  let progress: RunProgress
  let onEvent: @Sendable (SyncEvent) -> Void

  /// Commits until the readers are done.
  func write(
    _ commits: AsyncStream<HistoryCommit>, _ begun: HistoryTally
  ) async -> Result<HistoryTally, RunFailure> {
    var tally = begun
    do throws(RunFailure) {
      for await commit in commits {
        guard !Task.isCancelled else { throw RunFailure.cancelled }
        let outcome = try await store(commit.page)
        switch commit.step {
        case .page(let isLast):
          places.leave()
          tally.countPage(commit, outcome)
          onEvent(.pageStored(calls: commit.page.calls.count))
          if isLast {
            onEvent(.sliceDone(commit.slice.period, calls: tally.calls(of: commit.slice)))
          }
        case .replaced(let parts):
          tally.forget(commit.slice)
          onEvent(.sliceReplaced(parts: parts.count))
        }
        progress.set(tally.counts)
      }
      // A cancelled stream ends as one that is done does.
      guard !Task.isCancelled else { throw RunFailure.cancelled }
      return .success(tally)
    } catch {
      return .failure(error)
    }
  }

  private func store(_ page: IntakePage) async throws(RunFailure) -> PageOutcome {
    let start = clock.now()
    var pause = Self.firstPause
    while true {
      do throws(RunFailure) {
        return try await calls.commit(page, fence)
      } catch {
        let waited = clock.now().milliseconds(since: start)
        guard error.isPassing, waited < Self.longestOutage, !Task.isCancelled else { throw error }
        onEvent(.databaseAway(delay: pause, reason: error.message))
        guard (try? await clock.sleep(pause)) != nil else { throw error }
        pause = min(pause * 2, Self.longestPause)
      }
    }
  }

  private static let firstPause: Int64 = 500
  private static let longestPause: Int64 = 10_000
  /// Milliseconds after which a database that stays away ends the run.
  private static let longestOutage: Int64 = 600_000
}
