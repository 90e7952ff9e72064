import WebServer

/// One way in which an answer can go wrong, as it is written in a script: `429`, `429=2`,
/// `redirect=301@other.example` and the like. A new one needs a line in `kinds`.
package struct Fault: Equatable, Sendable {
  private let text: String
  let effect: Effect

  /// What a fault does to its request.
  enum Effect: Sendable {
    /// Changes the options by which the request is answered.
    case option(@Sendable (inout SimulatorOptions) -> Void)
    /// Answers instead; the request is not even looked at.
    case replacement(APIAnswer)
    /// Changes the answer, the right one or a replacement.
    case change(@Sendable (inout APIAnswer) -> Void)
  }

  /// - Throws: a sentence that lists the faults.
  package init(text: String) throws(SimulatorError) {
    let halves = text.split(separator: "=", maxSplits: 1).map(String.init)
    let kind = Self.kinds.first { kind in kind.form.prefix { $0 != "[" && $0 != "=" } == halves.first ?? "" }
    guard let effect = kind?.effect(halves.count == 2 ? halves[1] : nil) else {
      throw SimulatorError("Unknown fault '\(text)'. Faults: \(Self.names)")
    }
    (self.text, self.effect) = (text, effect)
  }

  package static func == (left: Fault, right: Fault) -> Bool { left.text == right.text }

  /// All faults as they are written, for help texts.
  package static let names = kinds.map(\.form).joined(separator: " ")

  /// Makes a fault's effect of its argument; nil where the argument is wrong.
  private typealias Reading = @Sendable (_ argument: String?) -> Effect?

  /// An argument in brackets may be left out.
  private static let kinds: [(form: String, effect: Reading)] = [
    ("429[=RETRY_AFTER_SECONDS]", number(0...Int.max, orElse: tooManyRequests(after: nil), tooManyRequests)),
    ("401", plain(.replacement(APIAnswer(.unauthenticated)))),
    ("500", plain(.replacement(APIAnswer(.internalError)))),
    ("503", plain(.replacement(APIAnswer(.unavailable)))),
    // As Twilio refuses a page token that it no longer knows: with one of its codes, or without.
    ("refused[=STATUS@CODE]", { refused($0 ?? "400@70002") }),
    // Only pages of more calls: 500 with 20500, or no answer.
    ("too-large[=CALLS]", number(0...1000, orElse: refusing(above: 200), refusing)),
    ("too-slow[=CALLS]", number(0...1000, orElse: stalling(above: 200), stalling)),
    // A page as a content delivery network answers.
    ("html[=STATUS]", number(200...599, orElse: html(status: 502), html)),
    ("empty[=STATUS]", number(200...599, orElse: empty(status: 200), empty)),
    // Half of the body with the length of that half, then with the length of the whole.
    ("malformed", plain(.change { $0.body = half($0.body) })),
    ("truncated", plain(stream { body, writer, _ in try await writer.write(half(body)) })),
    // The body of another call than the one that was asked for.
    ("other-call", plain(.change { $0.body = ofOtherCall($0.body) })),
    ("content-type", plain(.change { $0.contentType = "text/html; charset=utf-8" })),
    // Nothing, and nothing after half of the body, until the simulator stops.
    ("stall", plain(.replacement(.silence))),
    ("stall-body", plain(stallInBody)),
    ("reset", plain(.replacement(APIAnswer(status: 0, delivery: { _, _ in nil })))),
    ("redirect[=STATUS@HOST]", { redirect($0 ?? "302@other.example") }),
    ("next-page[=HOST]", { host in .option { $0.nextPageHost = host ?? "other.example" } }),
    // The body behind so many blanks, and eight bytes at a time with pauses.
    ("huge[=BYTES]", number(orElse: padded(by: 20_000_000), padded)),
    ("slow[=MS]", number(orElse: slow(pause: 20), slow)),
    ("latency=MS", number { milliseconds in .option { $0.latencyMilliseconds += milliseconds } }),
    // A Date header so many seconds off, and an empty one: the server cannot send none.
    ("date=SECONDS", number(Int.min...Int.max) { seconds in .change { $0.dateSkew = seconds } }),
    ("no-date", plain(.change { $0.dateSkew = nil })),
    // Whatever a server says, or a proxy before it.
    ("header=NAME@VALUE", { $0.flatMap(header) }),
    // The times of the question are cut to their UTC days.
    ("whole-days", plain(.option { $0.precision = .day })),
  ]

  private static func plain(_ effect: Effect) -> Reading { { $0 == nil ? effect : nil } }

  /// - Parameter other: The effect without an argument, nil where one is needed.
  private static func number(
    _ range: ClosedRange<Int> = 0...1_000_000_000_000, orElse other: Effect? = nil,
    _ effect: @escaping @Sendable (Int) -> Effect
  ) -> Reading {
    { text in text == nil ? other : text.flatMap { Int($0) }.flatMap { range.contains($0) ? effect($0) : nil }
    }
  }

  @Sendable private static func tooManyRequests(after seconds: Int?) -> Effect {
    .replacement(APIAnswer(.tooManyRequests, headers: seconds.map { [("Retry-After", "\($0)")] } ?? []))
  }

  @Sendable private static func html(status: Int) -> Effect {
    let page = "<!DOCTYPE html><html><head><title>ERROR</title></head><body>No answer.</body></html>"
    return .replacement(APIAnswer(status: status, body: Array(page.utf8), contentType: "text/html"))
  }

  @Sendable private static func empty(status: Int) -> Effect { .replacement(APIAnswer(status: status)) }

  private static func refused(_ argument: String) -> Effect? {
    let parts = argument.split(separator: "@", maxSplits: 1)
    guard let status = parts.first.flatMap({ Int($0) }), (400...499).contains(status) else { return nil }
    let code = parts.count == 2 ? Int(parts[1]) : nil
    guard parts.count == 1 || code != nil else { return nil }
    return .replacement(
      APIAnswer(APIProblem(status: status, code: code, message: "The page is not there any more")))
  }

  @Sendable private static func refusing(above calls: Int) -> Effect { .option { $0.largestPage = calls } }

  @Sendable private static func stalling(above calls: Int) -> Effect {
    .option { $0.largestQuickPage = calls }
  }

  private static func redirect(_ argument: String) -> Effect? {
    let parts = argument.split(separator: "@", maxSplits: 1)
    guard parts.count == 2, let status = Int(parts[0]), (300...399).contains(status) else { return nil }
    let location = ("Location", "https://\(parts[1])/2010-04-01/")
    return .replacement(APIAnswer(status: status, headers: [location]))
  }

  private static func header(_ argument: String) -> Effect? {
    let parts = argument.split(separator: "@", maxSplits: 1).map(String.init)
    guard parts.count == 2 else { return nil }
    return .change { $0.headers.append((parts[0], parts[1])) }
  }

  private static let stallInBody = stream { body, writer, stop in
    try await writer.write(half(body))
    await stop.wait()
  }

  @Sendable private static func padded(by blanks: Int) -> Effect {
    stream(longer: blanks) { body, writer, _ in
      let chunk = [UInt8](repeating: 0x20, count: 65_536)
      for start in stride(from: 0, to: blanks, by: chunk.count) {
        try await writer.write(Array(chunk.prefix(blanks - start)))
      }
      try await writer.write(body)
    }
  }

  @Sendable private static func slow(pause: Int) -> Effect {
    stream { body, writer, _ in
      for start in stride(from: 0, to: body.count, by: 8) {
        try await writer.write(Array(body[start...].prefix(8)))
        try await Task.sleep(for: .milliseconds(pause))
      }
    }
  }

  /// The body's length, and more, is announced, and then is sent what `send` writes.
  private static func stream(
    longer extra: Int = 0,
    _ send: @escaping @Sendable (_ body: [UInt8], HTTPBodyWriter, _ stop: Gate) async throws -> Void
  ) -> Effect {
    .change { answer in
      answer.delivery = { body, stop in .stream(length: body.count + extra) { try await send(body, $0, stop) }
      }
    }
  }

  private static func ofOtherCall(_ body: [UInt8]) -> [UInt8] {
    let other = "CA" + String(repeating: "f", count: 32)
    return Array(String(decoding: body, as: UTF8.self).replacing(/CA[0-9a-f]{32}/, with: other).utf8)
  }

  private static func half(_ body: [UInt8]) -> [UInt8] { Array(body.prefix(body.count / 2)) }
}
