import CallDomain
import WebServer

/// The page of the calls that are asked for: `/calls` with the parameters of `/api/calls`, and what `/search` finds.
struct CallsPage {
  let list: CallList
  let language: PageLanguage
  /// The query of the page's address but for the language; nil for the answer to a form.
  var query: String?
  /// What was typed into the form: such a page has no address that could be given away.
  var typed: String?

  static func route(_ service: any SyncService, zone: ClockZone) -> Route {
    Route(page: "/calls", parameters: CallSearch.names, zone: zone) { request, language throws(RunFailure) in
      let list = try await service.calls(CallSearch(request.query))
      return .page(
        CallsPage(list: list, language: language, query: request.http.target.queryButLanguage).html)
    }
  }

  /// `/search`: a SID leads to its page, a number shows its calls. Changes nothing.
  static func search(_ service: any SyncService, zone: ClockZone) -> Route {
    Route(page: "/search", [.post], hasAddress: false, zone: zone) { request, language throws(RunFailure) in
      if request.isFromOtherSite { return .refusal(.forbidden, fromOtherSite) }
      // A form's content is written as a query is (URL Standard, application/x-www-form-urlencoded).
      let form = RequestTarget("/?" + String(decoding: request.http.body, as: UTF8.self))?.query ?? []
      let typed = form.last { $0.name == "q" }?.value ?? ""
      if let sid = CallSID(typed.filter { !$0.isWhitespace }) {
        var response = HTTPResponse(status: .seeOther)
        response.headers.set("Location", "/calls/\(sid.text)?lang=\(language.rawValue)")
        return response
      }
      // A name has a scheme, such as `client:ana`; anything else is a number or a SID that is mistyped.
      guard let number = PhoneNumber(listed: typed), number.isDialled || number.canonical.contains(":")
      else { throw .nothingToFind }
      var search = CallSearch()
      search.number = number
      if let text = form.last(where: { $0.name == "before" })?.value {
        guard let place = CallSearch.Place(text) else { throw .badPlace("before") }
        search.after = place
      }
      let list = try await service.calls(search)
      return .page(CallsPage(list: list, language: language, typed: typed).html)
    }
  }

  private var html: String {
    let state = PageFrame.State.subject(language.say("Llamadas", "Calls"))
    return PageFrame(language: language, state: state, asOf: nil, query: query).page([
      .section("calls", title, [filters] + rows + further)
    ])
  }

  private var title: String {
    list.next == nil && list.search.after == nil
      ? language.calls(list.calls.count)
      : language.say("Las más recientes primero", "The newest first")
  }

  /// What was asked for, in words.
  private var filters: HTML {
    let search = list.search
    let names = list.calls.first { $0.workspace == search.workspace }?.workspaceName
    let words: [String?] = [
      search.isWithoutWorkspace ? language.say("sin workspace", "without a workspace") : nil,
      search.workspace.map { "workspace \($0.number)" + (names.map { " (\(HTML.isolated($0)))" } ?? "") },
      (search.number?.canonical).map(HTML.isolated).map { language.say("número \($0)", "number \($0)") },
      cases(search),
      search.isUnmatched.map {
        $0
          ? language.say("sin llamada relacionada", "without a related call")
          : language.say(
            "todas menos las transferencias sin llamada relacionada",
            "all but transfers without a related call")
      },
      search.isUnpriced.map {
        $0
          ? language.say("sin precio", "without a price")
          : language.say("todas menos las completadas sin precio", "all but completed ones without a price")
      },
      search.pending.map { pending in
        switch pending {
        case .unsettled: language.say("sin precio o sin acabar", "without a price or an end")
        case .givenUp:
          language.say("abandonadas sin precio o sin acabar", "given up without a price or an end")
        }
      },
      search.status.map(HTML.isolated).map { language.say("estado \($0)", "status \($0)") },
      search.since.map { language.say("desde el \(language.time($0))", "from \(language.time($0)) on") },
      search.until.map { language.say("hasta el \(language.time($0))", "before \(language.time($0))") },
    ]
    let known = words.compactMap(\.self)
    return .paragraph(
      (known.isEmpty ? [language.say("todas", "all")] : known).joined(separator: ", ") + ".", style: "quiet")
  }

  private func cases(_ search: CallSearch) -> String? {
    guard !search.cases.isEmpty else { return nil }
    let numbers = search.caseNumbers(separator: ", ")
    return search.cases.count == 1
      ? language.say("caso \(numbers)", "case \(numbers)")
      : language.say("casos \(numbers)", "cases \(numbers)")
  }

  private var rows: [HTML] {
    guard !list.calls.isEmpty else { return [language.noCalls] }
    return [
      Table(
        caption: language.say("Llamadas", "Calls"),
        columns: [
          .text(language.say("Empezó", "Began")), .text(language.say("De", "From")),
          .text(language.say("A", "To")), .name("Workspace"), .aside(language.say("Caso", "Case")),
          .aside(language.say("Estado", "Status")), .number(language.say("Duración", "Duration")),
          .number(language.say("Coste", "Cost")),
        ], rows: list.calls.map(row), isStacked: true
      ).html
    ]
  }

  private func row(_ call: ListedCall) -> Table.Row {
    let cost = call.cost.map { [$0, call.priceUnit].compactMap(\.self).joined(separator: "\u{A0}") }
    return Table.Row([
      .element(
        "a", ["href": "/calls/\(call.sid.text)?lang=\(language.rawValue)"],
        text: call.callDate.map(language.time) ?? call.sid.text),
      language.caller(of: call), .party(call.to),
      call.workspace.map { language.link(toCallsOf: $0, call.workspaceName) } ?? .text("–"),
      .text(call.attributionCase.map { "\($0.number)" } ?? "–"), .text(call.status ?? "–"),
      .text(call.duration.map { language.duration(seconds: Int64($0)) } ?? "–"), .text(cost ?? "–"),
    ])
  }

  // MARK: What comes after

  private var further: [HTML] {
    if let typed { return list.next.map { [more(typed, $0)] } ?? [] }
    var links: [HTML] = []
    if let next = list.next {
      links.append(
        .element(
          "a", ["href": list.search.address("/calls", language) + "&before=\(next.text)", "rel": "next"],
          text: language.say("Las siguientes", "The next ones")))
    }
    links.append(
      .element(
        "a", ["href": list.search.address("/api/calls.csv", nil)],
        text: language.say("Todas como CSV", "All as CSV")))
    return [.element("p", [:], links.flatMap { [$0, .text(" ")] })]
  }

  private func more(_ typed: String, _ next: CallSearch.Place) -> HTML {
    .element(
      "form", ["method": "post", "action": "/search?lang=\(language.rawValue)"],
      [
        .void("input", ["type": "hidden", "name": "q", "value": typed]),
        .void("input", ["type": "hidden", "name": "before", "value": next.text]),
        .element("button", ["type": "submit"], text: language.say("Las siguientes", "The next ones")),
      ])
  }
}

extension RequestTarget {
  /// Its query as `PageFrame` takes it.
  var queryButLanguage: String {
    query.filter { $0.name != "lang" }.map { "\($0.name.percentEncoded)=\($0.value.percentEncoded)&" }
      .joined()
  }
}

extension PageLanguage {
  /// A text that leads to the calls that it speaks of.
  func link(_ text: String, to search: CallSearch) -> HTML {
    .element("a", ["href": search.address("/calls", self)], [.element("bdi", text: text)])
  }

  /// A workspace, which leads to its calls.
  func link(toCallsOf workspace: WorkspaceID, _ name: String?) -> HTML {
    var search = CallSearch()
    search.workspace = workspace
    return link(name.map { "\(workspace.number) · \($0)" } ?? "\(workspace.number)", to: search)
  }

  /// A number of ours, which leads to its calls; a lead's belongs into no address.
  ///
  /// - Parameter written: As it is shown, where that is otherwise.
  func link(toCallsOf number: PhoneNumber, written: String? = nil) -> HTML {
    var search = CallSearch()
    search.number = number
    return .element("a", ["href": search.address("/calls", self)], [.party(written ?? number.canonical)])
  }

  /// Who calls, as Twilio sent it.
  func caller(of call: ListedCall) -> HTML {
    guard let attributionCase = call.attributionCase, attributionCase != .transfer,
      let number = call.phoneNumber
    else {
      return .party(call.from)
    }
    return link(toCallsOf: PhoneNumber(stored: number), written: call.from)
  }
}

extension CallSearch {
  /// The calls of the three cases, which are those that are counted, that began in a period.
  static func calls(of period: Period) -> CallSearch {
    var search = CallSearch()
    search.cases = Set(AttributionCase.all)
    search.since = period.start
    search.until = period.end
    return search
  }

  /// The address of a page or list that shows what is asked for.
  func address(_ path: String, _ language: PageLanguage?) -> String {
    let items = query + (language.map { [("lang", $0.rawValue)] } ?? [])
    let text = items.map { name, value in "\(name)=\(value.percentEncoded)" }.joined(separator: "&")
    return text.isEmpty ? path : "\(path)?\(text)"
  }
}

extension String {
  /// Percent-encoded but for what RFC 3986 leaves alone everywhere (section 2.3), and commas and colons, which no query
  /// needs to have encoded (section 3.4).
  fileprivate var percentEncoded: String {
    utf8.map { byte in
      let scalar = UnicodeScalar(byte)
      switch scalar {
      case "a"..."z", "A"..."Z", "0"..."9", "-", ".", "_", "~", ",", ":": return String(scalar)
      default:
        let hex = String(byte, radix: 16, uppercase: true)
        return "%" + (hex.count < 2 ? "0" : "") + hex
      }
    }.joined()
  }
}
