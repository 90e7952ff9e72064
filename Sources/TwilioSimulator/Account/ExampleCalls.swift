import CallDomain

/// The 87 calls of the demonstration: 62 `outbound-api`, 15 `trunking-terminating` and 10
/// `trunking-originating`, started in the last 75 minutes, all of them settled, from and to the 17 own numbers.
struct ExampleCalls {
  let seed: UInt64
  let now: Timestamp

  func calls() -> [SimulatedCall] {
    let sids = SIDSeries(seed: seed ^ 0x45_58_38_37)
    var random = SeededRandom(seed: sids.seed)
    return (0..<87).map { index in
      let own = OwnNumber.all[index % 17].number
      let life = life(&random)
      var call = SimulatedCall(
        sid: sids.sid("CA", index), from: own, to: Party.lead(index * 11 % 70), life: life,
        price: CallRates.price(of: life, &random))
      if index >= 62 {
        call.direction = "trunking-terminating"
        call.from = Party.spelled(own, &random)
        call.lateFields["trunk_sid"] = .string(sids.sid("TK", 0))
      }
      if index >= 77 {
        // A lead that was called is handed over to the SIP side: most often afterwards, sometimes before.
        call.direction = "trunking-originating"
        (call.from, call.to) = (Party.lead((index - 77) * 77 % 70), Party.sipAddress(own, &random))
      }
      return call
    }
  }

  /// Created 10 to 60 minutes ago and settled five minutes ago: still inside the window of the hourly run a
  /// quarter of an hour from now.
  private func life(_ random: inout SeededRandom) -> CallLife {
    let created = now.wholeSecond.adding(seconds: -random.within(600...3600))
    let rates = CallRates(neverPriced: 0, neverFinal: 0, oddities: false)
    var life: CallLife
    repeat {
      life = rates.life(created: created, incoming: false, &random)
    } while life.lastChange > now.adding(seconds: -300) || ["failed", "canceled"].contains(life.outcome)
    return life
  }
}
