/// Writes the parties of calls in all the forms that were seen in real logs (facts 2.2 and 2.3).
struct PartyWriter: Sendable {
  static let withheldWords = ["anonymous", "Anonymous", "Restricted", "unknown", "", "unavailable"]
  static let withheldNumbers = ["+266696687", "+7378742833", "+2562533", "+8656696", "+86282452253"]

  /// How many different leads there are; small enough for a lead to be called several times.
  static let leadCount = 20_000

  /// The number of the lead with this index: Spanish mobiles, every tenth one a US number.
  static func lead(_ index: Int) -> String {
    let digits = String(1_000_000 + index * 37 % 1_000_000).dropFirst()
    return index % 10 == 9 ? "+1202\(5)\(digits)" : "+34600\(digits)"
  }

  /// The same E.164 number in another spelling of the same meaning, most often unchanged.
  static func spelled(_ number: String, _ random: inout SeededRandom) -> String {
    let digits = number.dropFirst()
    switch random.below(20) {
    case 0: return "00\(digits)"
    case 1: return String(digits)
    case 2: return grouped(digits)
    case 3: return "sip:\(number)@pbx.example.com;user=phone"
    default: return number
    }
  }

  /// A withheld caller: a word or the word's digits on a keypad.
  static func withheld(_ random: inout SeededRandom) -> String {
    random.happens(permille: 600) ? random.pick(withheldWords) : random.pick(withheldNumbers)
  }

  /// The SIP address at which a trunk hands a call to the SIP side.
  static func sipTarget(_ number: String, _ random: inout SeededRandom) -> String {
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

  private static func grouped(_ digits: Substring) -> String {
    "+\(digits.prefix(2)) \(digits.dropFirst(2).prefix(3)) \(digits.dropFirst(5))"
  }
}
