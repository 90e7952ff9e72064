/// One of the simulated company's numbers.
package struct OwnNumber: Hashable, Sendable {
  /// E.164, which is also the canonical form.
  package let number: String
  /// The workspace that the demo's directory gives it to.
  package let workspace: Int

  /// The 17 numbers of every scenario, +34911679860 to +34911679876: five of workspace 1, four each
  /// of the workspaces 4, 5 and 6.
  package static let all: [OwnNumber] = (0..<17).map { index in
    OwnNumber(number: "+349116798\(60 + index)", workspace: [1, 4, 5, 6][index % 4])
  }
}

/// The parties of calls in all the forms that were seen in real logs.
enum Party {
  /// How many different leads there are; small enough for a lead to be called several times.
  static let leadCount = 20_000

  /// The number of the lead with this index: Spanish mobiles, every tenth one a US number.
  static func lead(_ index: Int) -> String {
    let digits = String(1_000_000 + index * 37 % 1_000_000).dropFirst()
    return index % 10 == 9 ? "+12025\(digits)" : "+34600\(digits)"
  }

  /// The same E.164 number in another spelling of the same meaning, most often unchanged.
  static func spelled(_ number: String, _ random: inout SeededRandom) -> String {
    let digits = number.dropFirst()
    let others = [
      "00\(digits)", String(digits),
      "+\(digits.prefix(2)) \(digits.dropFirst(2).prefix(3)) \(digits.dropFirst(5))",
      "sip:\(number)@pbx.example.com;user=phone",
    ]
    let choice = random.below(20)
    return choice < others.count ? others[choice] : number
  }

  /// A withheld caller: a word or the word's digits on a keypad.
  static func withheld(_ random: inout SeededRandom) -> String {
    random.happens(permille: 600)
      ? random.pick(["anonymous", "Anonymous", "Restricted", "unknown", "", "unavailable"])
      : random.pick(["+266696687", "+7378742833", "+2562533", "+8656696", "+86282452253"])
  }

  /// The SIP address at which a trunk hands a call to the SIP side.
  static func sipAddress(_ number: String, _ random: inout SeededRandom) -> String {
    let scheme = random.below(4) == 0 ? "sips" : "sip"
    let digits = number.dropFirst()
    let user = random.pick([number, number, String(digits), "%2B\(digits)"])
    let host = random.pick([
      "public-vip.us1.twilio.com", "public-vip.ie1.twilio.com", "public-vip.de1.twilio.com",
      "abc123.sip.livekit.cloud", "pbx.example.com",
    ])
    let tail = random.pick(["", "", ":5061", ";transport=tls", ":5060;transport=udp;user=phone"])
    return "\(scheme):\(user)@\(host)\(tail)"
  }
}
