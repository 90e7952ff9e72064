package import CallDomain

/// A month of calls as Twilio's log tells them in the course of time.
package struct GeneratedMonth: Sendable {
  /// The versions of each call through its life, oldest first; the last one is the call as it is
  /// now. What was known in one version is known in all later ones.
  package var lives: [[Call]]
  package var directory: [PhoneRow]
  package var defaultWorkspace: WorkspaceID

  /// Every call as it is now, each SID once.
  package var calls: [Call] { lives.compactMap(\.last) }

  /// What one pass over all calls comes to, where every version of each was taken in.
  package var expected: PlainModel.Outcome {
    PlainModel(calls: calls, directory: directory, defaultWorkspace: defaultWorkspace, former: former)
      .outcome()
  }
}

/// Makes months of calls in all the shapes that the log is known to hold (`Twilio.md`, "The call"): few
/// leads and few numbers, so that transfers have several candidates, many of them at equal
/// distances.
package struct CallGenerator {
  private var random: SeededRandom
  private let start: Timestamp

  /// - Parameter start: When the month begins.
  package init(random: SeededRandom, start: Timestamp = makeTime("2026-03-01T00:00:00Z")) {
    self.random = random
    self.start = start
  }

  /// A month with this many calls.
  package mutating func month(calls count: Int) -> GeneratedMonth {
    // Most calls are of a few leads, so that transfers have many candidates; the candidates of the others
    // may all be hours or weeks away.
    let frequent = (1...max(2, count / 20)).map { "+346000000" + padded($0) }
    let rare = (1...max(2, count / 15)).map { "+346000001" + padded($0) }
    let leads = Array(repeating: frequent, count: 8).flatMap(\.self) + rare
    let owns = (1...max(3, count / 12)).map { "+349100000" + padded($0) }
    let numbers = Array(1...max(count, 1)).shuffled(using: &random)
    let lives = (0..<count).map { life(makeSID(numbers[$0]), leads: leads, owns: owns) }
    return GeneratedMonth(
      lives: lives, directory: directory(owns: owns), defaultWorkspace: WorkspaceID(1))
  }

  private func padded(_ number: Int) -> String {
    let digits = String(number)
    return String(repeating: "0", count: max(0, 3 - digits.count)) + digits
  }
}

// MARK: - Parties

extension CallGenerator {
  /// `number` (E.164) as somebody may spell it; every spelling has the same canonical form.
  package mutating func spelling(of number: String) -> String {
    let digits = String(number.dropFirst())
    switch random.number(in: 0...11) {
    case 0: return "00" + digits
    case 1: return digits
    case 2: return " " + number + "\t"
    case 3: return "+" + digits.prefix(2) + " " + digits.dropFirst(2).prefix(3) + "-" + digits.dropFirst(5)
    case 4: return "(+" + digits.prefix(2) + ") " + digits.dropFirst(2)
    case 5: return "sip:" + number + "@public-vip.ie1.twilio.com;transport=tls"
    case 6: return "sip:%2B" + digits + ";user=phone@pbx.example:5060"
    case 7: return "SIPS:" + digits + "@10.0.0.1"
    default: return number
    }
  }

  private mutating func withheld() -> String? {
    random.one(
      of: nil, "", "anonymous", "Anonymous", "RESTRICTED", "unknown", "+266696687", "+8656696",
      "sip:anonymous@anonymous.invalid")
  }

  private mutating func party(among numbers: [String]) -> String? {
    if random.chance(6) { return withheld() }
    if random.chance(4) { return random.one(of: "client:ana", "sip:1001@pbx.example", "112", "sim:DE0001") }
    return random.element(of: numbers).map { spelling(of: $0) }
  }

  private mutating func directory(owns: [String]) -> [PhoneRow] {
    var rows: [PhoneRow] = []
    for own in owns {
      // None: the number is discovered. Two or three: older databases allow it.
      for _ in 0..<random.one(of: 0, 1, 1, 1, 2, 3) {
        let workspace = random.one(of: nil, nil, 1, 2, 3, 4).map { WorkspaceID(Int64($0)) }
        rows.append(
          PhoneRow(
            id: Int64(rows.count + 1), workspace: workspace, number: spelling(of: own),
            isPrimary: random.chance(30)))
      }
    }
    rows.append(
      PhoneRow(id: Int64(rows.count + 1), workspace: WorkspaceID(2), number: "Anonymous", isPrimary: true))
    return rows.shuffled(using: &random)
  }
}

// MARK: - Lives

extension CallGenerator {
  /// The versions of one call, oldest first.
  private mutating func life(_ sid: CallSID, leads: [String], owns: [String]) -> [Call] {
    var call = Call(sid: sid)
    call.direction = direction()
    let isTransfer = call.direction == .trunkingOriginating
    call.from = party(among: isTransfer ? leads : owns)
    call.to = isTransfer ? target(among: owns) : party(among: leads)
    call.dateCreated = creation()
    call.dateUpdated = call.dateCreated
    call.priceUnit = "USD"
    call.status = .queued
    let whole = random.chance(70) ? answered(call) : unanswered(call)
    return seen(whole)
  }

  private mutating func direction() -> CallDirection {
    random.one(
      of: .outboundAPI, .outboundAPI, .outboundAPI, .trunkingTerminating, .trunkingTerminating,
      .trunkingOriginating, .trunkingOriginating, .trunkingOriginating, .inbound, .outboundDial,
      .other("conference-leg"))
  }

  private mutating func target(among owns: [String]) -> String? {
    random.element(of: owns).map { "sip:" + $0 + "@public-vip.ie1.twilio.com" }
  }

  // Most calls crowd round a few moments, at a few distances from them, so that equal times and
  // equal distances occur; the others are anywhere.
  private mutating func creation() -> Timestamp {
    guard random.chance(70) else { return start.adding(seconds: random.number(in: 0...2_591_999)) }
    let moment = start.adding(hours: random.one(of: 60, 60, 60, 65, 564, 564))
    return moment.adding(minutes: 10 * random.number(in: -2...2))
  }

  private mutating func answered(_ queued: Call) -> [Call] {
    var versions = ringing(queued)
    guard var call = versions.last, !random.chance(4) else { return versions }
    step(&call)
    call.status = .inProgress
    versions.append(call)
    if random.chance(4) { return versions }
    let duration = random.one(of: 0, 600, 600, 600, 1200, random.number(in: 1...7200))
    call.endTime = call.startTime?.adding(seconds: duration)
    call.dateUpdated = [call.endTime, call.dateUpdated].compactMap(\.self).max()
    call.status = .completed
    call.duration = random.chance(10) ? nil : duration
    versions.append(call)
    if call.duration == nil {
      step(&call)
      call.duration = duration
      versions.append(call)
    }
    if duration > 0, random.chance(85) {
      step(&call)
      call.price = Price(random.one(of: "-0.01700", "-0.200", "-1.5", "0.00000"))
      versions.append(call)
    }
    return versions
  }

  private mutating func unanswered(_ queued: Call) -> [Call] {
    var versions = random.chance(80) ? ringing(queued) : [queued]
    guard var call = versions.last else { return versions }
    step(&call)
    call.status = random.one(of: .busy, .noAnswer, .failed, .canceled)
    // As the documents have it nothing more is known; in real answers it is
    // (`Twilio.md`, "Unanswered calls").
    if random.chance(70) {
      call.startTime = call.startTime ?? call.dateUpdated
      call.endTime = call.dateUpdated
      call.duration = 0
    }
    versions.append(call)
    return versions
  }

  private mutating func ringing(_ queued: Call) -> [Call] {
    var call = queued
    step(&call)
    call.status = .ringing
    call.startTime = call.dateUpdated
    return [queued, call]
  }

  // Twilio's stamp has whole seconds: two versions may share it.
  private mutating func step(_ call: inout Call) {
    call.dateUpdated = call.dateUpdated?.adding(seconds: random.chance(12) ? random.one(of: 1, 40) : 0)
  }

  // Whoever asks once an hour does not see every version.
  private mutating func seen(_ versions: [Call]) -> [Call] {
    guard let last = versions.last else { return [] }
    return versions.dropLast().filter { _ in random.chance(60) } + [last]
  }
}
