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

  @Test("Every file that is said to be right although it breaks a rule does break it")
  func lookedAt() throws {
    for rule in OutsideNumbers.rules {
      for path in rule.lookedAt.keys {
        let code = SwiftFile(path: path, text: try Repository.text(path)).code
        #expect(rule.isBroken(code), "\(path): \(rule.fault)")
      }
    }
  }

  @Test(
    "Each way past the doors is found",
    arguments: [
      ("let a = Dictionary(uniqueKeysWithValues: pairs)", "CallDomain"),
      ("facts.calls = try Int(row.requiredInt(2))", "CallStore"),
      ("let a = try Int64(1) + Int(holder.requiredInt(0))", "CallStore"),
      ("duration: row.int(5).map(Int.init)", "CallStore"),
      ("let a = Int64(share.rounded(.up))", "Bootstrap"),
      ("let a = Int(share.rounded(.down))", "CallDomain"),
      ("let sql = \"SELECT extract(epoch from call_date)\"", "CallStore"),
      ("let wait = Int64(retryAfter) * 1000", "SyncEngine"), ("base << attempt", "TwilioClient"),
      ("total *= 100", "WebAPI"), ("let share = calls * 100 / all", "Reporting"),
      ("let all = pages * size", "Curl"), ("let length = words * 8", "Postgres"),
      ("let end = Timestamp(milliseconds: start.milliseconds + 999)", "CallDomain"),
      ("let wait = pause + failure.retryAfter", "SyncEngine"),
      ("let left = last.seconds - first", "Bootstrap"),
      ("for page in 1...pages {}", "Terminal"), ("let part = bytes[start..<end]", "Telemetry"),
      ("let part = line[(colon + 1)...]", "WebServer"), ("let next = parts[position + 1]", "Postgres"),
      ("let space = String(repeating: \" \", count: width - text.count)", "WebAPI"),
      ("let rest = line.dropFirst(end - start)", "Curl"), ("let kind = words[1]", "Terminal"),
      ("let name = line.split(separator: \"=\")[0]", "Bootstrap"),
      ("let text = \"a \\(parts[1])\"", "WebAPI"),
      ("struct Kept: Codable {\n  package var asked = 0\n}", "CallDomain"),
      ("struct Kept: Hashable, Decodable {\n  let asked: Int?\n}", "CallStore"),
    ])
  func found(text: String, room: String) {
    let file = SwiftFile(path: "Sources/\(room)/Example.swift", text: text)
    #expect(OutsideNumbers.faults(in: file).count == 1, "\(OutsideNumbers.faults(in: file))")
  }

  @Test(
    "What clamps, what is a constant's business, what is counted before, and what stands in a text is no fault",
    arguments: [
      "let a = Dictionary(pairs) { first, _ in first }", "facts.calls = try row.count(2)",
      "let id = try RunID(row.requiredInt(0))", "let a = Int64(clamping: (share + 1).rounded(.up))",
      "let a = Int(exactly: share.rounded())", "let sql = \"SELECT a * b\"", "// base << attempt",
      "let a = calls.multipliedClamped(by: 100)", "func read(_ values: Int...) {}",
      "let later = moment.adding(seconds: 3)", "let a = milliseconds.addingClamped(50)",
      "for row in 0..<rows.count {}",
      "guard (1...9999).contains(year) else { return nil }", "switch seconds { case ..<60: break }",
      "guard words.count == 2 else { return nil }\nreturn String(words[1])",
      "let texts = names.map(number) + [last]",
      "let lease = transaction.opening[0].rows.first",
      "let a = String(repeating: \" \", count: max(0, width - length))",
      "let text = \"seconds - \\(parts.count)\"",
      "struct Kept: Codable {\n  @StoredCount var asked = 0\n  let number: Int64\n  var all: Int { 2 }\n}",
      "struct Kept: Hashable {\n  var asked = 0\n}",
    ])
  func allowed(text: String) {
    let file = SwiftFile(path: "Sources/CallStore/Example.swift", text: text)
    #expect(OutsideNumbers.faults(in: file).isEmpty, "\(OutsideNumbers.faults(in: file))")
  }
}
