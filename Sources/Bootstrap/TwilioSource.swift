import CallDomain
import Curl
package import SyncEngine
package import TwilioClient

extension CallSource {
  /// Fills the engine's port with Twilio.
  package init(_ log: TwilioCallLog) {
    self.init(
      list: { query throws(SourceError) in
        try await Self.translated { () async throws(TwilioError) in try await log.calls(query) }
      },
      next: { reference throws(SourceError) in
        try await Self.translated { () async throws(TwilioError) in try await log.page(at: reference) }
      },
      call: { sid throws(SourceError) in
        try await Self.translated { () async throws(TwilioError) in try await log.call(sid) }
      })
  }

  private static func translated<Value: Sendable>(
    _ request: () async throws(TwilioError) -> Value
  ) async throws(SourceError) -> Value {
    do throws(TwilioError) {
      return try await request()
    } catch {
      throw SourceError(
        kind(error), error.description, retryAfter: error.retryAfter, requestID: error.requestID)
    }
  }

  private static func kind(_ error: TwilioError) -> SourceError.Kind {
    switch error.kind {
    case .retention: .retention
    case .badPageToken: .badPageToken
    case .rateLimited: .throttled
    case .transport(.cancelled): .cancelled
    default: error.isTransient ? .transient : error.isWorthOneRetry ? .unauthorized : .permanent
    }
  }
}
