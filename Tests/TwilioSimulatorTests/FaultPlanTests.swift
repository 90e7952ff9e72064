import Testing
import TwilioSimulator

@Suite struct FaultPlanTests {
  private func faults(_ text: String, _ number: Int) throws -> [Fault] {
    try FaultPlan(text: text).faults([.any: number, .list: number])
  }

  @Test("A script is read rule by rule")
  func script() throws {
    let text = "1:429=2; 2-3:503\nlist/4-:html=503; *:latency=20; call/1:reset"
    #expect(try faults(text, 1) == [Fault(text: "429=2"), Fault(text: "latency=20")])
    #expect(try faults(text, 3) == [Fault(text: "503"), Fault(text: "latency=20")])
    #expect(try faults(text, 9) == [Fault(text: "html=503"), Fault(text: "latency=20")])
    #expect(try FaultPlan(text: text).faults([.call: 1]) == [Fault(text: "reset")])
    #expect(try FaultPlan(text: "next/1:reset").faults([.list: 1]).isEmpty)
    #expect(try FaultPlan(text: "next/1:reset").faults([.list: 9, .next: 1]).count == 1)
    #expect(try (1...4).map { try faults("2n:500; list/3n:reset", $0).count } == [0, 1, 1, 1])
    #expect(try FaultPlan(text: " ; ") == FaultPlan())
    #expect(try faults("1:429=9223372036854775807; 1:date=-9223372036854775808", 1).count == 2)
  }

  @Test("Every fault has a name")
  func names() throws {
    for name in Fault.names.split(separator: " ") {
      let plain = name.replacing(#/\[.*\]/#, with: "").replacing("=MS", with: "=5").replacing(
        "=SECONDS", with: "=-5"
      ).replacing("=NAME@", with: "=X-Name@")
      _ = try Fault(text: String(plain))
    }
  }

  @Test(
    "What is no script is refused",
    arguments: [
      "1", "1:", "0:429", "3-2:500", "x:500", "1:nothing", "101%:500", "page/1:500", "1:html=9", "0n:500",
      "n:500", "1:401=1", "1:429=-1", "1:latency", "1:redirect=301", "1:redirect=200@x.example",
      "1:huge=9223372036854775807", "1:latency=9223372036854775807", "1:refused=500", "1:refused=x@70002",
      "1:refused=400@x", "1:too-large=1001", "1:header", "1:header=Date",
    ])
  func refused(text: String) {
    #expect(throws: SimulatorError.self) { try FaultPlan(text: text) }
  }

  @Test("Random faults follow their seed and their share")
  func shares() throws {
    func hits(_ seed: UInt64) throws -> [Int] {
      let plan = try FaultPlan(text: "10%:reset", seed: seed)
      return (1...2000).filter { !plan.faults([.any: $0]).isEmpty }
    }
    #expect(try hits(1) == hits(1))
    #expect(try hits(1) != hits(2))
    #expect(try (120...280).contains(hits(1).count))
  }
}
