/// The contract's example: 62 + 15 + 10 calls started in the last 75 minutes, all of them ended and
/// priced, from and to the 17 own numbers.
struct ExampleCalls {
  let seed: UInt64
  let now: Moment

  func calls() -> [SimulatedCall] {
    var random = SeededRandom(seed: seed ^ 0x45_58_38_37)
    var calls: [SimulatedCall] = []
    for index in 0..<77 {
      calls.append(outgoing(index, &random))
    }
    for index in 77..<87 {
      calls.append(transfer(index, after: calls[(index - 77) * 7], &random))
    }
    return calls
  }

  private func outgoing(_ index: Int, _ random: inout SeededRandom) -> SimulatedCall {
    let own = OwnNumber.all[index % OwnNumber.all.count].number
    let trunk = index >= 62
    let life = life(&random)
    return SimulatedCall(
      sid: sid("CA", index), direction: trunk ? "trunking-terminating" : "outbound-api",
      from: trunk ? PartyWriter.spelled(own, &random) : own,
      to: PartyWriter.lead(index * 11 % 70), life: life, price: LifeWriter.price(of: life, &random),
      trunkSID: trunk ? sid("TK", 0) : nil)
  }

  /// A lead that was called is handed over to the SIP side: most often afterwards, sometimes before.
  private func transfer(
    _ index: Int, after call: SimulatedCall, _ random: inout SeededRandom
  ) -> SimulatedCall {
    let life = life(&random)
    return SimulatedCall(
      sid: sid("CA", index), direction: "trunking-originating", from: call.to,
      to: PartyWriter.sipTarget(OwnNumber.all[index % 17].number, &random), life: life,
      price: LifeWriter.price(of: life, &random), trunkSID: sid("TK", 0))
  }

  /// Created 10 to 60 minutes ago, at most three minutes long, priced within two minutes of the end:
  /// all is settled five minutes ago, and still inside the window a quarter of an hour from now.
  private func life(_ random: inout SeededRandom) -> CallLife {
    let created = now.wholeSecond.adding(seconds: -Int64(random.within(600...3600)))
    let dialled = created.adding(seconds: 1)
    guard random.below(100) < 80 else {
      let ended = dialled.adding(seconds: Int64(random.within(3...40)))
      return CallLife(
        created: created, dialled: dialled, ended: ended, outcome: random.pick(["busy", "no-answer"]))
    }
    let answered = dialled.adding(seconds: Int64(random.within(2...12)))
    let ended = answered.adding(seconds: Int64(random.within(5...170)))
    return CallLife(
      created: created, dialled: dialled, answered: answered, ended: ended,
      priced: ended.adding(seconds: Int64(random.within(10...110))))
  }

  private func sid(_ prefix: String, _ index: Int) -> String {
    SIDCipher(seed: seed ^ 0x45_58_38_37).sid(prefix, index)
  }
}
