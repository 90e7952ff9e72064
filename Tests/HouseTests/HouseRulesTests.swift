import Testing

@Suite("Words that Sources do not use")
struct HouseRulesTests {
  @Test("No file of Sources breaks a rule")
  func sourcesFollowTheRules() throws {
    let files = try Repository.swiftFiles(under: "Sources")
    #expect(files.count > 15)
    let faults = files.flatMap { HouseRules.faults(in: $0) }
    #expect(faults.isEmpty, "\(faults.joined(separator: "\n"))")
  }

  @Test(
    "Each forbidden word is found",
    arguments: [
      ("@testable import CallDomain", "@testable"), ("public struct Call {}", "public"),
      ("let a = try! read()", "try!"), ("let a = b as! Int", "as!"), ("fatalError(\"no\")", "fatalError("),
      ("let text = \"\\(try! read(\"a\"))\"", "try!"), ("let a = #\"\\#(b as! Int) as!\"#", "as!"),
    ])
  func findsForbiddenWord(text: String, word: String) {
    let file = SwiftFile(path: "Sources/CallDomain/Call.swift", text: text)
    #expect(HouseRules.faults(in: file) == ["Sources/CallDomain/Call.swift has \(word)"])
  }

  @Test("A global that escapes the concurrency check is found even where raw memory is at home")
  func findsNonisolated() {
    let file = SwiftFile(path: "Sources/Curl/CurlHandle.swift", text: "nonisolated(unsafe) var a = 1")
    #expect(HouseRules.faults(in: file) == ["Sources/Curl/CurlHandle.swift has nonisolated(unsafe)"])
  }

  @Test(
    "A forbidden word in a comment or a string is no fault",
    arguments: [
      "// public, try!, as!", "/* fatalError( /* public */ try! */ let a = 1",
      "let sql = \"SELECT 1 FROM public.calls\"", "let sql = \"\"\"\n  public \"try!\"\n  \"\"\"",
      "let a = #\"public \"as!\" \"#", "let publicAddress = 1", "let a = \"\\\"public\\\\\"",
    ])
  func allowsWord(text: String) {
    #expect(HouseRules.faults(in: SwiftFile(path: "Sources/CallDomain/Call.swift", text: text)).isEmpty)
  }

  @Test(
    "The word unsafe is at home in four folders only",
    arguments: [
      ("Sources/Curl/CurlHandle.swift", true), ("Sources/WebServer/Socket/Socket.swift", true),
      ("Sources/WebServer/Wire/RequestParser.swift", false), ("Sources/CurlExtra/A.swift", false),
      ("Sources/CallDomain/Call.swift", false),
    ])
  func findsUnsafe(path: String, allowed: Bool) {
    let file = SwiftFile(path: path, text: "let a = unsafe pointer.pointee")
    #expect(HouseRules.faults(in: file).isEmpty == allowed)
  }

  @Test(
    "@unchecked Sendable needs a comment above it",
    arguments: [
      ("final class A: @unchecked Sendable {}", false),
      ("struct B {}\n\nfinal class A: @unchecked Sendable {}", false),
      ("// The lock guards every field.\nfinal class A: @unchecked Sendable {}", true),
      (
        "// The lock guards every field.\n@available(macOS 15, *)\nfinal class A: @unchecked Sendable {}",
        true
      ),
      ("//\nfinal class A: @unchecked Sendable {}", false),
    ])
  func findsUnprovenSendable(text: String, proven: Bool) {
    let file = SwiftFile(path: "Sources/Curl/CurlHandle.swift", text: text)
    #expect(HouseRules.faults(in: file).isEmpty == proven)
  }
}
