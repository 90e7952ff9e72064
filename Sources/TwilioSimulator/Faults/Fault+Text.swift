extension Fault {
  /// Reads `429`, `429=2`, `html`, `redirect=301@other.example` and the like.
  /// - Throws: a sentence that lists the faults.
  package init(text: String) throws(SimulatorError) {
    let halves = text.split(separator: "=", maxSplits: 1).map(String.init)
    guard let name = halves.first, let fault = Self.read(name, halves.dropFirst().first) else {
      throw SimulatorError("Unknown fault '\(text)'. Faults: \(Self.names)")
    }
    self = fault
  }

  /// All faults as they are written, for help texts.
  package static let names = """
    429[=RETRY_AFTER_SECONDS] 401 500 503 html[=STATUS] empty[=STATUS] malformed truncated \
    content-type stall stall-body reset redirect[=STATUS@HOST] next-page[=HOST] huge[=BYTES] \
    slow[=MS] latency=MS date=SECONDS no-date whole-days
    """

  private static func read(_ name: String, _ argument: String?) -> Fault? {
    guard let argument else { return plain[name] }
    switch name {
    case "redirect": return redirect(argument)
    case "next-page": return .foreignNextPage(host: argument)
    default: return Int(argument).flatMap { read(name, number: $0) }
    }
  }

  private static let plain: [String: Fault] = [
    "429": .tooManyRequests(retryAfterSeconds: nil), "401": .unauthorized, "500": .serverError,
    "503": .unavailable, "html": .html(status: 502), "empty": .emptyBody(status: 200),
    "malformed": .malformedJSON, "truncated": .truncatedJSON, "content-type": .wrongContentType,
    "stall": .stall, "stall-body": .stallInBody, "reset": .reset,
    "redirect": .redirect(status: 302, host: "other.example"),
    "next-page": .foreignNextPage(host: "other.example"), "huge": .hugeBody(bytes: 20_000_000),
    "slow": .slowBytes(milliseconds: 20), "no-date": .missingDate,
    "whole-days": .wholeDays,
  ]

  private static func read(_ name: String, number: Int) -> Fault? {
    let statuses = 200...599
    switch name {
    case "429" where number >= 0: return .tooManyRequests(retryAfterSeconds: number)
    case "html" where statuses.contains(number): return .html(status: number)
    case "empty" where statuses.contains(number): return .emptyBody(status: number)
    case "huge" where number >= 0: return .hugeBody(bytes: number)
    case "slow" where number >= 0: return .slowBytes(milliseconds: number)
    case "latency" where number >= 0: return .latency(milliseconds: number)
    case "date": return .skewedDate(seconds: Int64(number))
    default: return nil
    }
  }

  private static func redirect(_ argument: String) -> Fault? {
    let parts = argument.split(separator: "@", maxSplits: 1)
    guard parts.count == 2, let status = Int(parts[0]), (300...399).contains(status) else { return nil }
    return .redirect(status: status, host: String(parts[1]))
  }
}
