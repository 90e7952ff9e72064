import CallDomain

/// Reads Twilio's log for one run: with repeated requests, counted, and with Twilio's clock held
/// against ours.
struct SourceReader: Sendable {
  let source: CallSource
  let clock: EngineClock
  let onEvent: @Sendable (SyncEvent) -> Void
  private let retry: Retry
  private let progress: RunProgress

  init(
    source: CallSource, policy: RetryPolicy, clock: EngineClock, progress: RunProgress,
    onEvent: @escaping @Sendable (SyncEvent) -> Void
  ) {
    self.source = source
    self.clock = clock
    self.onEvent = onEvent
    self.progress = progress
    retry = Retry(
      policy: policy, clock: clock, onEvent: onEvent, onRequest: { progress.countRequest() })
  }

  func list(_ query: CallQuery) async throws(RunFailure) -> CallPage {
    try await page { () async throws(SourceError) in try await source.list(query) }
  }

  /// - Parameter listing: Begun anew for each `list`.
  func next(_ reference: String, of listing: inout Listing) async throws(RunFailure) -> CallPage {
    do throws(SourceError) {
      return try await attemptNext(reference, of: &listing)
    } catch {
      throw RunFailure(error)
    }
  }

  /// - Returns: nil when Twilio does not know the call.
  func call(_ sid: CallSID) async throws(RunFailure) -> Call? {
    try await page { () async throws(SourceError) in try await source.call(sid) }.calls.first
  }

  /// `list`, with the error as the source gave it.
  func attemptList(_ query: CallQuery) async throws(SourceError) -> CallPage {
    try await attempt { () async throws(SourceError) in try await source.list(query) }
  }

  /// `next`, with the error as the source gave it.
  func attemptNext(
    _ reference: String, of listing: inout Listing
  ) async throws(SourceError) -> CallPage {
    try listing.follow(reference)
    return try await attempt { () async throws(SourceError) in try await source.next(reference) }
  }

  private func page(
    _ request: @Sendable () async throws(SourceError) -> CallPage
  ) async throws(RunFailure) -> CallPage {
    do throws(SourceError) {
      return try await attempt(request)
    } catch {
      throw RunFailure(error)
    }
  }

  private func attempt(
    _ request: @Sendable () async throws(SourceError) -> CallPage
  ) async throws(SourceError) -> CallPage {
    let page = try await retry(request)
    try check(page)
    return page
  }

  // Twilio's `Date` says when it answered, in whole seconds.
  private func check(_ page: CallPage) throws(SourceError) {
    if page.unreadable > 0 { onEvent(.unreadableRecords(page.unreadable)) }
    guard let serverTime = page.serverTime else { return }
    let ahead = Int(clock.now().milliseconds(since: serverTime) / 1000)
    if abs(ahead) > ClockLimits.failure {
      throw SourceError(
        .permanent,
        """
        El reloj de este servidor difiere \(abs(ahead)) segundos del de Twilio, y con él el periodo que se \
        pide; ponga el reloj en hora (NTP) y repita.
        """)
    }
    if abs(ahead) > ClockLimits.warning, progress.isFirstClockWarning() { onEvent(.clockOff(seconds: ahead)) }
  }
}

/// How far the process's clock may be from Twilio's, in seconds (contract section 4).
package enum ClockLimits {
  /// Beyond it a run warns.
  package static let warning = 60
  /// Beyond it a run fails.
  package static let failure = 300
}

extension RunFailure {
  /// What a failed request means for the run.
  init(_ error: SourceError) {
    switch error.kind {
    case .cancelled: self.init(.stopping, "La ejecución se interrumpió porque el servicio se está parando.")
    case .transient, .throttled, .unauthorized, .retention, .badPageToken, .permanent:
      self.init(.twilio, error.sentence)
    }
  }
}
