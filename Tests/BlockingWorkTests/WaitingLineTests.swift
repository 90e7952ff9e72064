import BlockingWork
import Synchronization
import Testing

@Suite("WaitingLine", .timeLimit(.minutes(2)))
struct WaitingLineTests {
  /// Tasks in the order in which they were admitted.
  private final class Admitted: Sendable {
    private let state = Mutex<[Int]>([])
    var numbers: [Int] { state.withLock(\.self) }
    func append(_ number: Int) { state.withLock { $0.append(number) } }
  }

  /// How many tasks have a place, and how many had one at once at the most.
  private final class Inside: Sendable {
    private let state = Mutex((now: 0, most: 0))
    var most: Int { state.withLock(\.most) }

    func enter() {
      state.withLock { state in
        state.now += 1
        state.most = max(state.most, state.now)
      }
    }

    func leave() { state.withLock { $0.now -= 1 } }
  }

  private func enter(
    _ line: WaitingLine, _ number: Int, _ admitted: Admitted, isUrgent: Bool = false
  ) async -> Task<WaitingLine.Answer, Never> {
    let before = line.waiting
    let task = Task {
      let answer = await line.enter(isUrgent: isUrgent)
      if answer == .admitted { admitted.append(number) }
      return answer
    }
    while line.waiting == before { await Task.yield() }
    return task
  }

  @Test("Never more tasks have a place than the limit, and each gets one", arguments: [1, 3, 16])
  func limit(limit: Int) async {
    let line = WaitingLine(limit: limit)
    let inside = Inside()
    await withTaskGroup(of: Void.self) { group in
      for _ in 0..<200 {
        group.addTask {
          #expect(await line.enter() == .admitted)
          inside.enter()
          await Task.yield()
          inside.leave()
          line.leave()
        }
      }
    }
    #expect((1...limit).contains(inside.most))
    #expect(line.admitted == 0 && line.waiting == 0)
  }

  @Test("Those who wait are admitted in their order, the urgent ones before the rest")
  func order() async {
    let line = WaitingLine(limit: 1)
    #expect(await line.enter() == .admitted)
    #expect(line.isFull)
    let admitted = Admitted()
    var tasks: [Task<WaitingLine.Answer, Never>] = []
    for (number, isUrgent) in [(1, false), (2, true), (3, false), (4, true)] {
      tasks.append(await enter(line, number, admitted, isUrgent: isUrgent))
    }
    for count in 1...4 {
      line.leave()
      while admitted.numbers.count < count { await Task.yield() }
    }
    #expect(admitted.numbers == [2, 4, 1, 3])
    line.leave()
    #expect(!line.isFull)
  }

  @Test("A reserved place goes to an urgent task only; with one place alone all get it", arguments: [1, 2])
  func reserved(limit: Int) async {
    let line = WaitingLine(limit: limit, reserved: 1)
    #expect(await line.enter() == .admitted)
    let admitted = Admitted()
    let ordinary = await enter(line, 1, admitted)
    if limit == 2 {
      #expect(await line.enter(isUrgent: true) == .admitted)
      // The urgent one's place is not for the ordinary one that waits.
      line.leave()
      #expect(line.waiting == 1)
    }
    line.leave()
    #expect(await ordinary.value == .admitted)
  }

  @Test("A larger limit admits those who wait; a smaller one takes no place away")
  func changes() async {
    let line = WaitingLine(limit: 1)
    #expect(await line.enter() == .admitted)
    let admitted = Admitted()
    let second = await enter(line, 2, admitted)
    line.setLimit(2)
    #expect(await second.value == .admitted)
    line.setLimit(1)
    #expect(line.admitted == 2 && line.isFull)
    line.leave()
    #expect(line.isFull)
    line.leave()
    #expect(await line.enter() == .admitted)
  }

  @Test("A cancelled task leaves the line, whether it waits already or not, and takes no place")
  func cancelled() async {
    let line = WaitingLine(limit: 1)
    #expect(await line.enter() == .admitted)
    let admitted = Admitted()
    let waiting = await enter(line, 1, admitted)
    let next = await enter(line, 2, admitted)
    waiting.cancel()
    #expect(await waiting.value == .cancelled)
    line.leave()
    #expect(await next.value == .admitted)
    line.leave()
    let late = Task {
      while !Task.isCancelled { await Task.yield() }
      return await line.enter()
    }
    late.cancel()
    #expect(await late.value == .cancelled)
    #expect(line.admitted == 0 && line.waiting == 0)
  }

  @Test("A wait has an end where one is set, and the next is served")
  func timedOut() async {
    let line = WaitingLine(limit: 1)
    #expect(await line.enter() == .admitted)
    #expect(await line.enter(within: .zero) == .timedOut)
    #expect(await line.enter(isUrgent: true, within: .milliseconds(1)) == .timedOut)
    #expect(line.waiting == 0)
    line.leave()
    #expect(await line.enter(within: .zero) == .admitted)
  }

  @Test("A closed line admits nobody, tells those who wait, and says when all have left")
  func closed() async {
    let line = WaitingLine(limit: 1)
    #expect(await line.enter() == .admitted)
    let waiting = await enter(line, 1, Admitted())
    line.close()
    #expect(await waiting.value == .closed)
    #expect(await line.enter() == .closed)
    await line.emptied(within: .zero)
    #expect(line.admitted == 1)
    async let emptied: Void = line.emptied(within: .seconds(3600))
    line.leave()
    await emptied
    #expect(line.admitted == 0)
  }

  @Test("Under cancellations and time limits at any moment no place is lost and none is given twice")
  func storm() async {
    let line = WaitingLine(limit: 3, reserved: 1)
    let inside = Inside()
    await withTaskGroup(of: Void.self) { group in
      for number in 0..<600 {
        group.addTask {
          let task = Task {
            let limit: Duration? = number.isMultiple(of: 5) ? .microseconds(number) : nil
            guard await line.enter(isUrgent: number.isMultiple(of: 7), within: limit) == .admitted else {
              return
            }
            inside.enter()
            await Task.yield()
            inside.leave()
            line.leave()
          }
          if number.isMultiple(of: 3) { task.cancel() }
          await task.value
        }
      }
    }
    #expect((1...3).contains(inside.most))
    #expect(line.admitted == 0 && line.waiting == 0)
  }
}
