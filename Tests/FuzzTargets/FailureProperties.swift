import CallDomain
import Curl
import Foundation
import SyncEngine
import TwilioClient

/// Twilio's error answers. The input is a line with the status, lines with header fields, an empty line and
/// the body.
enum FailureProperties {
  static func check(_ input: [UInt8]) throws(BrokenProperty) {
    let answer = answer(of: input)
    guard let credentials = try? TwilioCredentials(accountSID: account, authToken: token) else { return }
    let error = TwilioError(answer: answer, to: credentials)
    try hold(error.cause?.contains(token) == false, "the token is shown: \(error.cause ?? "")")
    try hold(error.httpStatus == answer.status, "the status became \(error.httpStatus ?? 0)")
    try hold(error.retryAfter ?? 0 >= 0, "to be repeated \(error.retryAfter ?? 0) seconds ago")
    for fault in [TwilioFault.throttled, .transient] {
      let failure = RunFailure(.twilio(fault), "fault", retryAfter: error.retryAfter)
      if case .wait(let pause) = RetryPolicy().action(after: failure, attempt: 1, elapsed: 0, random: 0.5) {
        try hold((0...61_000).contains(pause), "to be repeated in \(pause) ms")
      }
    }
    let sentence = RunFailure(error).message
    try hold(
      sentence.utf8.allSatisfy { $0 >= 32 } && sentence.utf8.count < 500,
      "the sentence \(sentence.debugDescription)")
    if let expected = code(in: answer.body), answer.body.count <= 64 << 10 {
      try hold(error.code == expected, "the code \(expected) became \(error.code.map(String.init) ?? "none")")
    }
  }

  private static let account = "AC" + String(repeating: "0", count: 32)
  private static let token = "kQ3Zx9Jw5Vt"

  private static func answer(of input: [UInt8]) -> CurlResponse {
    var rest = input[...]
    var lines: [String] = []
    while !rest.isEmpty {
      let line = rest.prefix { $0 != UInt8(ascii: "\n") }
      rest = rest.dropFirst(line.count + 1)
      if line.isEmpty { break }
      lines.append(String(decoding: line, as: UTF8.self))
    }
    let fields = lines.dropFirst().compactMap(Lines.field).map { CurlHeader($0.name, $0.value) }
    return CurlResponse(
      status: lines.first.flatMap { Int($0) } ?? 400, headers: fields, body: Array(rest))
  }

  private struct Body: Decodable {
    let code: Int
  }

  /// As Foundation's decoder reads it. Not asked about what it takes and Twilio does not send: whole numbers
  /// with a fraction or a power of ten, control characters within texts, and escapes that hold a backslash.
  private static func code(in body: [UInt8]) -> Int? {
    let hasOtherNumbers = zip(body, body.dropFirst()).contains { byte, next in
      (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) && ".eE".utf8.contains(next)
    }
    guard !hasOtherNumbers, !DecodingOracle.holdsControl(body), !DecodingOracle.holdsOpenEscape(body),
      body.count(where: { $0 == UInt8(ascii: "[") || $0 == UInt8(ascii: "{") }) <= 512
    else { return nil }
    return try? JSONDecoder().decode(Body.self, from: Data(body)).code
  }
}
