/// Which stored calls are asked for (Reference.md, "Calls that are asked for"); newest first, those without a time last.
package struct CallSearch: Hashable, Sendable {
  package var workspace: WorkspaceID?
  /// Those that have no workspace.
  package var isWithoutWorkspace = false
  /// Either party.
  package var number: PhoneNumber?
  /// Those of these cases; none of them for any call, also one of no case.
  package var cases: Set<AttributionCase> = []
  /// Transfers without a related call, or all calls but those.
  package var isUnmatched: Bool?
  /// Completed calls with a duration and without a price, or all calls but those.
  package var isUnpriced: Bool?
  /// Those that are not final or have no price, and wait for it or do so no more.
  package var pending: Pending?
  /// As Twilio writes it.
  package var status: String?
  /// Calls that began at this moment or later.
  package var since: Timestamp?
  /// Calls that began before this moment.
  package var until: Timestamp?
  /// Only calls that come after this place in the list.
  package var after: Place?
  /// The most calls of an answer, at least 1.
  package var limit: Int

  package init(limit: Int = 50) {
    self.limit = limit
  }

  package enum Pending: String, Hashable, Sendable, CaseIterable {
    /// Twilio is asked for them again.
    case unsettled
    /// Nobody asks for them any more.
    case givenUp = "given_up"
  }

  /// A place in the list: that of a call.
  package struct Place: Hashable, Sendable {
    /// When the call began, since 1970 and to the microsecond, as the database has it; nil for a call without a
    /// time.
    package let microseconds: Int64?
    package let sid: CallSID

    package init(microseconds: Int64?, sid: CallSID) {
      self.microseconds = microseconds
      self.sid = sid
    }

    /// As answers hand it out: `1759694400000000-CA…`, or `-CA…`.
    package var text: String { (microseconds.map(String.init) ?? "") + "-" + sid.text }

    /// - Returns: Nil for what no answer has handed out.
    package init?(_ text: String) {
      guard text.utf8.count >= 35, let sid = CallSID(String(text.suffix(34))) else { return nil }
      let moment = text.dropLast(34)
      guard moment.last == "-" else { return nil }
      let number = moment.dropLast()
      guard !number.isEmpty else {
        self.init(microseconds: nil, sid: sid)
        return
      }
      // A moment that no call can have would be too large for the database.
      guard let microseconds = Int64(number), String(microseconds) == number,
        Timestamp(exactly: microseconds / 1000) != nil
      else { return nil }
      self.init(microseconds: microseconds, sid: sid)
    }
  }

  /// Without a beginning the last days, but where few are asked for: those of a number, and pending ones.
  package func within(now: Timestamp) -> CallSearch {
    guard number == nil, pending == nil, since == nil else { return self }
    var search = self
    search.since = (until ?? now).adding(hours: -24 * Self.defaultDays)
    return search
  }

  package static let defaultDays = 31
}

/// A part of the calls that were asked for.
package struct CallList: Hashable, Sendable {
  /// What was asked for, with the period that it came to.
  package var search: CallSearch
  package var calls: [ListedCall]
  /// Where the rest begins; nil where there is none.
  package var next: CallSearch.Place?

  package init(search: CallSearch, calls: [ListedCall], next: CallSearch.Place?) {
    self.search = search
    self.calls = calls
    self.next = next
  }
}

extension PhoneNumber {
  /// How Twilio may have written the number, whole; the canonical form first.
  package var spellings: [String] {
    guard isDialled else { return [canonical] }
    return numbers
      + ["sip:", "sips:", "tel:", "whatsapp:"].map { $0 + canonical }
      .filter { PhoneNumber($0) == self }
  }

  /// How SIP URIs, and others with parameters, begin that mean the number.
  package var beginnings: [String] {
    guard isDialled, PhoneNumber("sip:\(canonical)") == self else { return [] }
    let escaped = canonical.hasPrefix("+") ? ["%2B", "%2b"].map { $0 + canonical.dropFirst() } : []
    let addresses = ["sip:", "sips:", "SIP:", "SIPS:"].flatMap { scheme in
      (numbers + escaped).flatMap { user in ["@", ";", ":"].map { scheme + user + $0 } }
    }
    return (addresses + ["tel:\(canonical);"]).filter { PhoneNumber($0 + "x@a.example") == self }
  }

  /// Whether it is a number that one dials and no name: `+34911679868`, `112`.
  package var isDialled: Bool {
    let digits = canonical.utf8.dropFirst(canonical.utf8.first == UInt8(ascii: "+") ? 1 : 0)
    return !digits.isEmpty && digits.allSatisfy { UInt8(ascii: "0")...UInt8(ascii: "9") ~= $0 }
  }

  private var numbers: [String] {
    guard canonical.hasPrefix("+") else { return [canonical] }
    let digits = String(canonical.dropFirst())
    return [canonical, digits, "00" + digits].filter { PhoneNumber($0) == self }
  }
}
