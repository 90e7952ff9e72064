import Synchronization
import WebServer

extension Simulation {
  /// A request that was let in: its number, what will go wrong with it, and how long it waits.
  struct Admission: Sendable {
    let number: Int
    let faults: [Fault]
    let delayMilliseconds: Int
    let inFlight: Int
    let isOverLimit: Bool
  }

  /// Counts a request and decides its faults.
  func admit(_ request: HTTPRequest) -> Admission {
    let target = request.target.rawPath + (request.target.rawQuery.map { "?" + $0 } ?? "")
    return state.withLock { state in
      state.inFlight += 1
      for scope in Self.scopes(of: request.target.path) { state.counts[scope, default: 0] += 1 }
      let numbers = state.counts.filter { Self.scopes(of: request.target.path).contains($0.key) }
      let faults = state.faults.faults(numbers)
      let number = (state.records.last?.number ?? 0) + 1
      if state.records.count >= 100_000 { state.records.removeFirst(50_000) }
      state.records.append(
        RequestRecord(
          number: number, method: request.method.text, target: target, status: 0,
          faulted: !faults.isEmpty))
      return Admission(
        number: number, faults: faults,
        delayMilliseconds: faults.reduce(state.latencyMilliseconds) { $0 + $1.delayMilliseconds },
        inFlight: state.inFlight,
        isOverLimit: state.concurrencyLimit.map { state.inFlight > $0 } ?? false)
    }
  }

  /// Notes how a request ended.
  func dismiss(_ admission: Admission, status: Int) {
    state.withLock { state in
      state.inFlight -= 1
      let first = state.records.first?.number ?? 0
      guard state.records.indices.contains(admission.number - first) else { return }
      state.records[admission.number - first].status = status
    }
  }

  /// What will be delivered for an admitted request.
  func faultedAnswer(_ request: HTTPRequest, _ admission: Admission) -> FaultedAnswer {
    var faulted =
      replacement(admission)
      ?? FaultedAnswer(
        rightAnswer(
          method: request.method.text, target: request.target,
          authorization: request.headers["Authorization"],
          precision: admission.faults.contains(.wholeDays) ? .day : nil))
    for fault in admission.faults { fault.adorn(&faulted) }
    return faulted
  }

  private func replacement(_ admission: Admission) -> FaultedAnswer? {
    if admission.isOverLimit { return FaultedAnswer(APIAnswer(.tooManyRequests)) }
    return admission.faults.lazy.compactMap(\.replacement).first
  }

  private static func scopes(of path: String) -> [FaultPlan.Scope] {
    path.hasSuffix("/Calls.json") ? [.any, .list] : path.contains("/Calls/") ? [.any, .call] : [.any]
  }
}
