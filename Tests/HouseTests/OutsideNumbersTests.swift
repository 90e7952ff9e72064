import Testing

@Suite("Numbers and times from outside")
struct OutsideNumbersTests {
  @Test("No file of Sources takes one in past the doors or computes with it unlooked")
  func sources() throws {
    let files = try Repository.swiftFiles(under: "Sources").filter { $0.room != "TwilioSimulator" }
    #expect(files.count > 150)
    let faults = files.flatMap { OutsideNumbers.faults(in: $0) }
    #expect(faults.isEmpty, "\(faults.joined(separator: "\n"))")
  }

  @Test("Every file that is said to multiply does")
  func table() throws {
    for path in OutsideNumbers.multiplying.keys {
      let code = SwiftFile(path: path, text: try Repository.text(path)).code
      #expect(code.contains(/\s(?:\*|<<)=?\s/), "\(path)")
    }
  }

  @Test(
    "Each way past the doors is found",
    arguments: [
      ("let a = Dictionary(uniqueKeysWithValues: pairs)", "CallDomain"),
      ("facts.calls = try Int(row.requiredInt(2))", "CallStore"),
      ("let a = try Int64(1) + Int(holder.requiredInt(0))", "CallStore"),
      ("duration: row.int(5).map(Int.init)", "CallStore"),
      ("let a = Int64((seconds * 1000).rounded(.up))", "Bootstrap"),
      ("let a = Int(share.rounded(.down))", "CallDomain"),
      ("let sql = \"SELECT extract(epoch from call_date)\"", "CallStore"),
      ("let wait = Int64(retryAfter) * 1000", "SyncEngine"), ("base << attempt", "TwilioClient"),
      ("total *= 100", "WebAPI"), ("let share = calls * 100 / all", "Reporting"),
    ])
  func found(text: String, room: String) {
    let file = SwiftFile(path: "Sources/\(room)/Example.swift", text: text)
    #expect(OutsideNumbers.faults(in: file).count == 1)
  }

  @Test(
    "What clamps, what is a constant's business, and what stands in a comment or a text is no fault",
    arguments: [
      "let a = Dictionary(pairs) { first, _ in first }", "facts.calls = try row.count(2)",
      "let id = try RunID(row.requiredInt(0))", "let a = Int64(clamping: (seconds + 1).rounded(.up))",
      "let a = Int(exactly: share.rounded())", "let sql = \"SELECT a * b\"", "// base << attempt",
      "let a = calls.multipliedClamped(by: 100)", "func read(_ values: Int...) {}",
    ])
  func allowed(text: String) {
    #expect(OutsideNumbers.faults(in: SwiftFile(path: "Sources/CallStore/Example.swift", text: text)).isEmpty)
  }
}
