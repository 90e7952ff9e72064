import CallDomain
import WebServer

/// The query parameters of a route that knows them by name: unknown and repeated ones are
/// refused, so that a mistyped `dryRun` or `since` does not start more than was meant.
struct Parameters: Sendable {
  private let values: [String: String]

  /// Throws `badParameter`; the message names what is allowed and not what was sent, which could
  /// be a secret in the wrong place.
  init(_ items: [RequestTarget.QueryItem], allowed: [String]) throws(RunFailure) {
    var values: [String: String] = [:]
    for item in items {
      let name = item.name
      guard allowed.contains(name) else {
        throw RunFailure(
          .badParameter, "Parámetro desconocido. Se admiten: \(allowed.joined(separator: ", ")).")
      }
      guard values.updateValue(item.value, forKey: name) == nil else {
        throw RunFailure(.badParameter, "El parámetro \(name) está repetido. Indíquelo una sola vez.")
      }
    }
    self.values = values
  }

  /// A UTC date or time, as in contract section 1.
  func timestamp(_ name: String) throws(RunFailure) -> Timestamp? {
    guard let text = values[name] else { return nil }
    // An offset's plus sign that was not percent-encoded arrives as a space.
    let plus = text.replacing(" ", with: "+")
    guard let timestamp = Timestamp(iso8601: text) ?? Timestamp(iso8601: plus) else {
      throw RunFailure(
        .badParameter,
        "El parámetro \(name) no es una fecha válida. "
          + "Use AAAA-MM-DD o una hora ISO 8601, por ejemplo 2025-08-01 o 2025-08-01T06:00:00Z.")
    }
    return timestamp
  }

  /// `true` or `false`; false when absent.
  func flag(_ name: String) throws(RunFailure) -> Bool {
    switch values[name] {
    case nil, "false": return false
    case "true": return true
    default: throw RunFailure(.badParameter, "El parámetro \(name) debe ser true o false.")
    }
  }

  /// A whole number within `range`.
  func number(_ name: String, in range: ClosedRange<Int64>) throws(RunFailure) -> Int64? {
    guard let text = values[name] else { return nil }
    guard text.utf8.allSatisfy({ (0x30...0x39).contains($0) }), let number = Int64(text),
      range.contains(number)
    else {
      let end = range.upperBound == .max ? "en adelante" : "a \(range.upperBound)"
      throw RunFailure(
        .badParameter, "El parámetro \(name) debe ser un número entero (de \(range.lowerBound) \(end)).")
    }
    return number
  }

  /// One of the kinds of run.
  func kind(_ name: String) throws(RunFailure) -> RunKind? {
    guard let text = values[name] else { return nil }
    guard let kind = RunKind(rawValue: text) else {
      let kinds = RunKind.allCases.map(\.rawValue).joined(separator: ", ")
      throw RunFailure(.badParameter, "El parámetro \(name) debe ser uno de: \(kinds).")
    }
    return kind
  }
}
