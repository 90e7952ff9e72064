import CallDomain
import SyncEngine
import Terminal
import Testing

struct ProgressDisplayTests {
  @Test("Off a terminal a line is written every ten seconds, and one at the end")
  func log() {
    var display = ProgressDisplay(.historical, place: .log)
    #expect(display.take(.resuming(slicesDone: 0, slices: 2, share: 0), after: .zero, width: 80) == "")
    #expect(display.take(.pageStored(calls: 1000, share: 0.5), after: .milliseconds(9999), width: 80) == "")
    #expect(
      display.take(sliceDone, after: .seconds(10), width: 80)
        == "Progreso: 50 %, 1000 llamadas, 1 página, 100/s, 1 de 2 tramos, quedan 0:10\n")
    #expect(display.tick(after: .seconds(19), width: 80) == "")
    #expect(display.tick(after: .seconds(20), width: 80).hasPrefix("Progreso: 50 %"))
    #expect(display.making(roomFor: "línea\n", after: .seconds(20), width: 80) == "línea\n")
    #expect(display.end(after: .seconds(21), width: 80).hasSuffix("quedan 0:21\n"))
    var idle = ProgressDisplay(.assign, place: .log)
    #expect(idle.end(after: .seconds(1), width: 80) == "")
  }

  @Test("On a terminal the line is redrawn in place, at most ten times a second")
  func terminal() {
    var display = ProgressDisplay(.historical, place: .terminal(.none))
    #expect(
      display.take(.resuming(slicesDone: 0, slices: 2, share: 0), after: .milliseconds(99), width: 30) == "")
    #expect(display.tick(after: .milliseconds(100), width: 30) == "\r\u{1B}[J░░░ 0 % 0 llamadas 0 pág. 0/s")
    #expect(display.take(.pageStored(calls: 7, share: 0.5), after: .milliseconds(150), width: 30) == "")
    #expect(
      display.take(sliceDone, after: .milliseconds(200), width: 30)
        == "\r\u{1B}[J████░░░░ 50 % 7 llamadas 35/s")
    #expect(display.end(after: .milliseconds(201), width: 30) == "\r\u{1B}[J████░░░░ 50 % 7 llamadas 34/s\n")
  }

  @Test("A terminal that became narrower is cleared of every row that the bar has wrapped into")
  func resize() {
    var display = ProgressDisplay(.historical, place: .terminal(.none))
    #expect(display.tick(after: .seconds(1), width: 80).hasPrefix("\r\u{1B}[J"))
    #expect(display.tick(after: .seconds(2), width: 40).hasPrefix("\r\u{1B}[1A\u{1B}[J"))
    #expect(display.tick(after: .seconds(3), width: 10).hasPrefix("\r\u{1B}[3A\u{1B}[J"))
    #expect(display.tick(after: .seconds(4), width: 80).hasPrefix("\r\u{1B}[J"))
  }

  @Test("A log line takes the bar's place, and the bar stands below it again")
  func roomForLines() {
    var display = ProgressDisplay(.historical, place: .terminal(.none))
    #expect(display.making(roomFor: "antes\n", after: .zero, width: 20) == "antes\n")
    let bar = display.tick(after: .seconds(1), width: 20)
    #expect(bar == "\r\u{1B}[J░░░░ 0 llamadas 0/s")
    #expect(
      display.making(roomFor: "⚠️ aviso\n", after: .seconds(1), width: 20) == "\r\u{1B}[J⚠️ aviso\n" + bar)
    _ = display.end(after: .seconds(2), width: 20)
    #expect(display.making(roomFor: "después\n", after: .seconds(2), width: 20) == "después\n")
  }
}
