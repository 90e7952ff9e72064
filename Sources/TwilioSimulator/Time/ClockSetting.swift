/// How the simulator's clock goes.
package enum ClockSetting: Hashable, Sendable {
  /// The machine's clock moved by so many seconds; 0 is real time.
  case running(offsetSeconds: Int64)
  /// Standing still until it is set again.
  case fixed(Moment)

  /// The machine's clock.
  package static let real = ClockSetting.running(offsetSeconds: 0)

  /// What the simulator's clock shows when the machine's shows `real`.
  package func now(real: Moment) -> Moment {
    switch self {
    case .running(let offset): return real.adding(seconds: offset)
    case .fixed(let moment): return moment
    }
  }

  /// The same clock moved forward by `seconds` (backward when negative).
  package func advanced(bySeconds seconds: Int64) -> ClockSetting {
    switch self {
    case .running(let offset): return .running(offsetSeconds: offset + seconds)
    case .fixed(let moment): return .fixed(moment.adding(seconds: seconds))
    }
  }
}
