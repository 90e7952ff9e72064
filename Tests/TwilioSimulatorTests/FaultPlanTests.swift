import Testing
import TwilioSimulator

@Suite struct FaultPlanTests {
  private func faults(_ text: String, _ number: Int) throws -> [Fault] {
    try FaultPlan(text: text).faults([.any: number, .list: number])
  }

  @Test("A script is read rule by rule")
  func script() throws {
    let text = "1:429=2; 2-3:503\nlist/4-:html=503; *:latency=20; call/1:reset"
    #expect(try faults(text, 1) == [.tooManyRequests(retryAfterSeconds: 2), .latency(milliseconds: 20)])
    #expect(try faults(text, 3) == [.unavailable, .latency(milliseconds: 20)])
    #expect(try faults(text, 9) == [.html(status: 503), .latency(milliseconds: 20)])
    #expect(try FaultPlan(text: text).faults([.call: 1]) == [.reset])
    #expect(try (1...4).map { try faults("2n:500; list/3n:reset", $0).count } == [0, 1, 1, 1])
    #expect(try FaultPlan(text: " ; ").rules.isEmpty)
  }

  @Test("Every fault has a name")
  func names() throws {
    for name in Fault.names.split(separator: " ") {
      let plain = name.replacing(#/\[.*\]/#, with: "").replacing("=MS", with: "=5").replacing(
        "=SECONDS", with: "=-5")
      _ = try Fault(text: String(plain))
    }
    #expect(try Fault(text: "redirect=301@x.example") == .redirect(status: 301, host: "x.example"))
  }

  @Test(
    "What is no script is refused",
    arguments: [
      "1", "1:", "0:429", "3-2:500", "x:500", "1:nothing", "101%:500", "page/1:500", "1:html=9", "0n:500",
      "n:500",
    ])
  func refused(text: String) {
    #expect(throws: SimulatorError.self) { try FaultPlan(text: text) }
  }

  @Test("Random faults follow their seed and their share")
  func shares() {
    func hits(_ seed: UInt64) -> [Int] {
      let plan = FaultPlan([FaultPlan.Rule(.permille(100), .reset)], seed: seed)
      return (1...2000).filter { !plan.faults([.any: $0]).isEmpty }
    }
    #expect(hits(1) == hits(1))
    #expect(hits(1) != hits(2))
    #expect((120...280).contains(hits(1).count))
  }
}
