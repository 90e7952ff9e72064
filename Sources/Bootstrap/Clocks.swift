import CallDomain
import Foundation
import SyncEngine
import Synchronization
import WebAPI

/// The one place where time and chance enter the program.
enum Clocks {
  /// The process's clock, by which windows, periods and ages are decided.
  static let now: @Sendable () -> Timestamp = {
    Timestamp(milliseconds: Int64((Date().timeIntervalSince1970 * 1000).rounded(.down)))
  }

  /// Waits that many milliseconds; throws when the task is cancelled.
  static let sleep: @Sendable (Int64) async throws -> Void = { milliseconds in
    try await Task.sleep(for: .milliseconds(milliseconds))
  }

  static let engine = EngineClock(now: now, sleep: sleep, random: { Double.random(in: 0..<1) })

  /// The mark of one holder of a lease.
  static let token: @Sendable () -> Int64 = { .random(in: 1 ... .max) }

  static let api = APIClock(
    milliseconds: { Int64(ProcessInfo.processInfo.systemUptime * 1000) },
    sleep: { milliseconds in try? await Task.sleep(for: .milliseconds(milliseconds)) },
    makeRequestID: { requestIDs.next() })

  private static let requestIDs = RequestIDs()
}

/// What `work` comes to, nil when it takes longer. Work that is cut off is cancelled, and waited for.
///
/// - Parameters:
///   - milliseconds: How long it may take.
///   - sleep: Waits that many milliseconds; throws when its task is cancelled.
func within<Value: Sendable>(
  _ milliseconds: Int64, sleep: @escaping @Sendable (Int64) async throws -> Void = Clocks.sleep,
  _ work: @escaping @Sendable () async -> Value
) async -> Value? {
  await withTaskGroup(of: Value?.self) { group in
    group.addTask { await work() }
    group.addTask {
      try? await sleep(milliseconds)
      return nil
    }
    defer { group.cancelAll() }
    return await group.next() ?? nil
  }
}

/// Makes the ids of requests that brought none: 32 hexadecimal digits, as a trace's id has them. The first half
/// is the process's, drawn at random; the second never repeats in it.
///
/// Not a UUID: Foundation opens `/dev/urandom` for each one, three system calls of the five that a small request
/// takes. An id opens nothing, so nobody needs to be kept from guessing it.
package struct RequestIDs: ~Copyable {
  private let process = UInt64.random(in: .min ... .max)
  private let state = Atomic(UInt64.random(in: .min ... .max))

  package init() {}

  /// The next one, from any thread.
  package func next() -> String {
    let number = Self.mixed(state.wrappingAdd(Self.step, ordering: .relaxed).newValue)
    return String(decoding: Self.digits(of: process) + Self.digits(of: number), as: UTF8.self)
  }

  /// SplitMix64 (Steele, Lea and Flood, 2014): steps through all numbers, and mixes each into another one.
  private static let step: UInt64 = 0x9E37_79B9_7F4A_7C15

  private static func mixed(_ state: UInt64) -> UInt64 {
    var mixed = (state ^ state >> 30) &* 0xBF58_476D_1CE4_E5B9
    mixed = (mixed ^ mixed >> 27) &* 0x94D0_49BB_1331_11EB
    return mixed ^ mixed >> 31
  }

  /// 16 hexadecimal digits, as ASCII.
  private static func digits(of number: UInt64) -> [UInt8] {
    (0..<16).map { place in
      let digit = UInt8(truncatingIfNeeded: number >> (60 - 4 * place) & 15)
      return digit < 10 ? 48 + digit : 87 + digit
    }
  }
}
