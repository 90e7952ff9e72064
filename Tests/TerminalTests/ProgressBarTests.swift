import CallDomain
import SyncEngine
import Terminal
import Testing

let sliceDone = SyncEvent.sliceDone(Period(start: .epoch, end: .epoch), calls: 3)
let retrying = SyncEvent.retrying(attempt: 1, delay: 1, RunFailure(.twilio(.transient), ""))

struct ProgressBarTests {
  private func makeProgress(
    slices: Int = 40, before: Int = 0, done: Int = 18, pages: Int = 27, callsPerPage: Int = 970,
    retries: Int = 2
  ) -> ProgressState {
    var progress = ProgressState()
    if slices > 0 {
      progress.take(.resuming(slicesDone: before, slices: slices, share: Double(before) / Double(slices)))
    }
    let share = slices > 0 ? Double(done - before) / Double(slices * pages) : 0
    for _ in 0..<pages { progress.take(.pageStored(calls: callsPerPage, share: share)) }
    for _ in before..<max(before, done) { progress.take(sliceDone) }
    for _ in 0..<retries { progress.take(retrying) }
    return progress
  }

  @Test("A bar of 80 columns shows everything")
  func eightyColumns() {
    let line = ProgressBar(.historical).drawn(makeProgress(), after: .milliseconds(2700), width: 80)
    #expect(line == "███░░░░░  45 %  26190 llamadas  27 pág.  9700/s  18/40 tramos  quedan 0:04  ↻ 2")
    #expect(line.count == 79)
  }

  @Test("A bar of 40 columns keeps what matters most")
  func fortyColumns() {
    let line = ProgressBar(.historical).drawn(makeProgress(), after: .milliseconds(2700), width: 40)
    #expect(line == "█░░ 45 % 26190 llamadas quedan 0:04 ↻ 2")
    #expect(line.count == 39)
  }

  @Test("A line is one column shorter than the terminal at every width, and never empty", arguments: 1...200)
  func everyWidth(width: Int) {
    for progress in [ProgressState(), makeProgress(), makeProgress(slices: 1, done: 1, retries: 0)] {
      let line = ProgressBar(.historical).drawn(progress, after: .seconds(3700), width: width)
      #expect(line.count == max(1, width - 1))
    }
  }

  @Test("Before the work is known there is no percentage and no remaining time")
  func unknownWork() {
    let progress = makeProgress(slices: 0, done: 0, pages: 1, callsPerPage: 500, retries: 0)
    let line = ProgressBar(.historical).drawn(progress, after: .seconds(1), width: 60)
    #expect(line == "░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░  500 llamadas  1 pág.  500/s")
  }

  @Test("At the end the bar is full")
  func complete() {
    let line = ProgressBar(.reattribute).drawn(
      makeProgress(slices: 4, done: 4, retries: 0), after: .seconds(10), width: 80)
    #expect(line == "███████████████  100 %  26190 llamadas  27 pág.  2619/s  4/4 lotes  quedan 0:00")
  }

  @Test("Colour changes nothing but the colour")
  func colour() {
    let plain = ProgressBar(.historical).drawn(makeProgress(), after: .seconds(3), width: 80)
    let coloured = ProgressBar(.historical, paint: .colours).drawn(
      makeProgress(), after: .seconds(3), width: 80)
    #expect(coloured.hasPrefix("\u{1B}[32m███\u{1B}[0m░"))
    #expect(
      coloured.replacing("\u{1B}[32m", with: "").replacing("\u{1B}[0m", with: "") == plain)
  }

  @Test("A log gets words instead of a bar")
  func plainLine() {
    let line = ProgressBar(.historical).plainLine(makeProgress(), after: .milliseconds(2700))
    #expect(
      line == "Progreso: 45 %, 26190 llamadas, 27 páginas, 9700/s, 18 de 40 tramos, quedan 0:04, 2 reintentos"
    )
    #expect(
      ProgressBar(.historical).plainLine(ProgressState(), after: .zero)
        == "Progreso: 0 llamadas, 0 páginas, 0/s")
  }

  @Test("Slices that an earlier attempt did say nothing about this one's speed")
  func resumed() {
    let progress = makeProgress(slices: 40, before: 20, done: 30)
    #expect(progress.percent == 75)
    #expect(progress.remainingSeconds(after: .seconds(60)) == 60)
    #expect(makeProgress(slices: 40, before: 20, done: 20).remainingSeconds(after: .seconds(60)) == nil)
  }

  @Test("Slices that are split change nothing but their number; what falls away is done")
  func added() {
    var progress = makeProgress(slices: 4, done: 2)
    progress.take(.sliceReplaced(parts: 5, share: 0))
    #expect(progress.percent == 50)
    #expect(progress.slices == 8)
    progress.take(.sliceReplaced(parts: 0, share: 0.25))
    #expect(progress.percent == 75)
    #expect(progress.slices == 7)
    #expect(progress.remainingSeconds(after: .seconds(60)) == 30)
  }

  @Test(
    "Of the engine's events those that mean progress are counted",
    arguments: [
      (SyncEvent.resuming(slicesDone: 3, slices: 9, share: 0.5), [9, 3, 0, 0, 0], 0.5),
      (.slicesPlanned(slices: 4), [4, 0, 0, 0, 0], 0),
      (.pageStored(calls: 7, share: 0.125), [0, 0, 7, 1, 0], 0.125),
      (.sliceReplaced(parts: 3, share: 0.25), [2, 0, 0, 0, 0], nil), (sliceDone, [1, 1, 0, 0, 0], nil),
      (retrying, [0, 0, 0, 0, 1], nil),
      (.databaseAway(delay: 1, RunFailure(.database(.busy), "")), [0, 0, 0, 0, 1], nil),
      (.saved(calls: 3), [0, 0, 0, 0, 0], nil),
    ] as [(SyncEvent, [Int], Double?)])
  func events(event: SyncEvent, counts: [Int], share: Double?) {
    var state = ProgressState()
    #expect(state.take(event) == (state != ProgressState()))
    #expect([state.slices, state.slicesDone, state.calls, state.pages, state.retries] == counts)
    #expect(state.share == share)
  }

  @Test(
    "Colours appear only on a terminal that wants them",
    arguments: [
      (true, [:], true), (false, [:], false), (true, ["NO_COLOR": "1"], false),
      (true, ["NO_COLOR": ""], true),
      (true, ["TERM": "dumb"], false), (true, ["TERM": "xterm-256color"], true),
    ] as [(Bool, [String: String], Bool)])
  func paint(isTerminal: Bool, environment: [String: String], coloured: Bool) {
    #expect(
      Paint(isTerminal: isTerminal, environment: environment) == (coloured ? Paint.colours : Paint.none))
  }
}
