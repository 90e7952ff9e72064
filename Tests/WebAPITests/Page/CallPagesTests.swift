import CallDomain
import TestSupport
import Testing
import WebAPI
import WebServer

@Suite("The pages of calls")
struct CallPagesTests {
  private static let hostile = "<img src=x onerror=alert(1)>\"'&\u{0}\u{7F}"
  private static let one = "/calls/\(exampleSID.text)"

  private func page(
    _ service: RecordedService, _ target: String, form: String? = nil, zone: ClockZone = .utc
  ) async throws -> Answer {
    try await HandlerClient(routes: service.makeRoutes(zone: zone)).ask(
      Question(
        method: form == nil ? "GET" : "POST", target: target,
        headers: [("Authorization", "Bearer \(service.secret)")], body: form ?? ""))
  }

  /// Where links and forms lead.
  private func addresses(_ answer: Answer) -> [String] {
    answer.body.matches(of: /(?:href|action)="([^"]*)"/).map { String($0.1) }
  }

  private func explaining(_ explanation: Explanation) -> RecordedService {
    RecordedService(explanations: .success([explanation.facts.call.sid: explanation]))
  }

  // MARK: One call

  @Test(
    "The page of a transfer tells what is stored, why, the rows and the candidates", arguments: ["es", "en"])
  func transfer(language: String) async throws {
    let explanation = makeExplanation()
    let answer = try await page(explaining(explanation), Self.one + "?lang=\(language)")
    #expect(answer.status == 200 && answer.headers["Content-Type"] == "text/html; charset=utf-8")
    let words = explanation.words { language == "es" ? $0 : $1 }
    let time =
      language == "es" ? "1\u{A0}mar\u{A0}2026, 09:00\u{A0}UTC" : "1\u{A0}Mar\u{A0}2026, 09:00\u{A0}UTC"
    #expect(words.text.contains { $0.contains("2026-03-01T09:00:00.000Z") })
    for sentence in words.text {
      let shown = sentence.replacing("2026-03-01T09:00:00.000Z", with: time)
      #expect(answer.body.contains("<p>\(shown)</p>"), "\(sentence)")
    }
    for part in [exampleSID.text, "4 · Acme", "+34600000022", "0.05600 USD", "−10\u{A0}min", "+15\u{A0}min"] {
      #expect(answer.body.contains(part), "\(part)")
    }
    #expect(
      answer.body.contains(
        language == "es"
          ? "<span class=\"mark good\">✓ la más cercana</span>"
          : "<span class=\"mark good\">✓ the nearest</span>"))
    #expect(addresses(answer).contains("/calls/\(makeSID(2).text)?lang=\(language)"))
    #expect(addresses(answer).contains("/runs/17?lang=\(language)"))
    for part in language == "es"
      ? ["Cambios de workspace", "cambió el directorio", "cambiaron sus números o su hora", "Sin workspace"]
      : ["Changes of workspace", "the directory changed", "its numbers or its time changed", "No workspace"]
    { #expect(answer.body.contains(part), "\(part)") }
    let foreign = language == "es" ? ["Began", "Rows", "Search"] : ["Empezó", "Filas", "Buscar"]
    for word in foreign { #expect(!answer.body.contains(word), "\(word)") }
  }

  @Test("Its sentences tell times by the page's clocks, as its tables do, and its commands in UTC")
  func zone() async throws {
    let zone = ClockZone(name: "Europe/Madrid", offset: { _ in 7200 }, change: { _ in nil })
    let answer = try await page(
      explaining(makeExplanation { $0.stored.workspace = WorkspaceID(1) }), Self.one, zone: zone)
    #expect(answer.body.contains("que acabó el 1\u{A0}mar\u{A0}2026, 11:00\u{A0}UTC+2, 10 min 0 s antes"))
    #expect(answer.body.contains(">1\u{A0}mar\u{A0}2026, 11:00\u{A0}UTC+2 (fin)</td>"))
    #expect(answer.body.contains("reattribute --since 2026-03-01T09:08:59.000Z»"))
  }

  @Test("A name that turns what is written turns nothing but itself, in sentences as in tables")
  func turningName() async throws {
    let explanation = makeExplanation(names: [WorkspaceID(4): "\u{2069}\u{202E}Acme"])
    let answer = try await page(explaining(explanation), Self.one)
    #expect(answer.body.contains("en workspace 4 («\u{2068}Acme\u{2069}»)."))
    let call = makeListedCall(workspaceName: "\u{202E}Acme")
    let list = try await page(
      RecordedService(calls: { CallList(search: $0, calls: [call], next: nil) }),
      "/calls?workspace=4&number=client:%E2%80%AEana&status=%E2%80%AEx")
    for part in ["workspace 4 (\u{2068}Acme\u{2069}), ", "estado \u{2068}x\u{2069}, "] {
      #expect(list.body.replacing(".</p>", with: ", ").contains(part), "\(list.body)")
    }
    #expect(!list.body.replacing(/<bdi>[^<]*<\/bdi>/, with: "").contains("\u{202E}"))
  }

  @Test("The lead's number stands in its canonical form; numbers of ours and workspaces lead to their calls")
  func links() async throws {
    let explanation = makeExplanation(from: "0034 600 000 022")
    let answer = try await page(explaining(explanation), Self.one)
    #expect(answer.body.contains("<dt>Número del lead</dt><dd><bdi>+34600000022</bdi></dd>"))
    #expect(answer.body.contains("<dt>De</dt><dd><bdi>0034 600 000 022</bdi></dd>"))
    let own = #"<a href="/calls?number=%2B34910000001&amp;lang=es"><bdi>+34910000001</bdi></a>"#
    let acme = #"<a href="/calls?workspace=4&amp;lang=es"><bdi>4 · Acme</bdi></a>"#
    // The facts, the row of the directory, the candidate and the move.
    #expect(answer.body.ranges(of: own).count == 4, "\(answer.body)")
    #expect(answer.body.ranges(of: acme).count == 4)
    let ring = makeCall(exampleSID, from: "0034 910000001")
    let call = makeListedCall(ring)
    let outbound = try await page(
      explaining(
        makeExplanation { facts in
          facts.call = call
          facts.stored.call = ring
        }), Self.one)
    #expect(outbound.body.contains(#"lang=es"><bdi>0034 910000001</bdi></a></dd>"#))
    // What an older program wrote there may be a lead's.
    let older = try await page(explaining(makeExplanation { $0.isTakenIn = false }), Self.one)
    #expect(older.body.contains("<dt>Número que decidió</dt><dd><bdi>+34910000001</bdi></dd>"))
  }

  @Test("A row that differs is a state of its own, with the command")
  func differs() async throws {
    let answer = try await page(
      explaining(makeExplanation { $0.stored.workspace = WorkspaceID(1) }), Self.one)
    #expect(answer.body.contains("Lo guardado no coincide con las reglas"))
    #expect(
      answer.body.contains("<p class=\"advice\">Ejecute «twilio-sync reattribute --since 2026-03-01T09:08:59")
    )
  }

  @Test("A call that is not there is a page with what to do", arguments: [nil, "22003, <b>"])
  func missing(reason: String?) async throws {
    let service = RecordedService(refusals: reason.map { [exampleSID: $0] } ?? [:])
    let answer = try await page(service, Self.one)
    #expect(answer.status == 404 && answer.body.hasPrefix("<!DOCTYPE html>"))
    #expect(answer.body.contains(reason == nil ? "Compruebe el SID." : "(22003, &lt;b&gt;)"))
  }

  @Test("Nothing that is stored becomes markup", arguments: ["", "?lang=en"])
  func escaping(query: String) async throws {
    var call = makeListedCall(
      makeCall(makeSID(3), from: Self.hostile, to: Self.hostile), workspaceName: Self.hostile)
    call.phoneNumber = Self.hostile
    call.status = Self.hostile
    call.direction = Self.hostile
    call.cost = Self.hostile
    call.priceUnit = Self.hostile
    let shown = call
    let explanation = makeExplanation(
      names: [WorkspaceID(4): Self.hostile, WorkspaceID(5): Self.hostile], written: "sip:" + Self.hostile,
      from: "sip:\(Self.hostile)@a.example"
    ) { facts in
      facts.call = shown
      facts.call.sid = exampleSID
      // Written like the number, and none.
      facts.rows[0].number = "<img src=x>910000001"
      facts.stored.phoneNumber = PhoneNumber(stored: Self.hostile)
    }
    let service = RecordedService(
      calls: { CallList(search: $0, calls: [shown], next: nil) },
      explanations: .success([exampleSID: explanation]))
    let pages = [
      try await page(service, Self.one + query), try await page(service, "/calls" + query),
      try await page(service, "/calls?status=%3Cimg%20src=x%3E"),
      try await page(service, "/search" + query, form: "q=%2B34600000022"),
      try await page(service, "/search" + query, form: "q=client:%3Cimg%20src=x%3E%22"),
    ]
    for answer in pages {
      #expect(answer.status == 200)
      #expect(!answer.body.contains("<img") && answer.body.contains("&lt;img src=x"))
      #expect(!answer.body.unicodeScalars.contains { $0.value == 0 || $0.value == 0x7F })
      #expect(!addresses(answer).contains { $0.contains("<") || $0.contains("'") })
    }
  }

  // MARK: The list

  @Test("The page of calls tells what was asked for, and its links narrow it down", arguments: ["es", "en"])
  func list(language: String) async throws {
    let calls = [makeListedCall(), makeListedCall(makeCall(makeSID(3)))]
    let service = RecordedService(calls: parts(of: calls, each: 1))
    let query = "workspace=4&unpriced=true&since=2026-03-01"
    let answer = try await page(service, "/calls?\(query)&lang=\(language)")
    #expect(answer.body.contains("workspace 4 (Acme), "))
    #expect(
      answer.body.contains(
        language == "es" ? "sin precio, desde el 1\u{A0}mar" : "without a price, from 1\u{A0}Mar"))
    let links = addresses(answer)
    let kept = "workspace=4&amp;unpriced=true&amp;since=2026-03-01"
    #expect(links.contains("/api/calls.csv?\(kept)"))
    #expect(links.contains("/calls?\(kept)&amp;lang=\(language)&amp;before=7-\(exampleSID.text)"))
    #expect(links.contains("/calls/\(exampleSID.text)?lang=\(language)"))
    #expect(links.contains("/calls?workspace=4&amp;lang=\(language)"))
    // Anew and in the other language it is the same list.
    for other in ["es", "en"] {
      #expect(links.contains("?workspace=4&amp;unpriced=true&amp;since=2026-03-01&amp;lang=\(other)"))
    }
  }

  @Test(
    "What false leaves out is told as such",
    arguments: [
      ("unmatched=false", "todas menos las transferencias sin llamada relacionada, desde"),
      ("unpriced=false", "todas menos las completadas sin precio, desde"),
      ("unmatched=false&lang=en", "all but transfers without a related call, from"),
      ("unpriced=false&lang=en", "all but completed ones without a price, from"),
    ])
  func leftOut(query: String, words: String) async throws {
    let answer = try await page(RecordedService(), "/calls?since=2026-03-01&\(query)")
    #expect(answer.body.contains(words), "\(answer.body)")
  }

  @Test("The last page has no next one, an empty one says so")
  func ends() async throws {
    let full = try await page(RecordedService(calls: parts(of: [makeListedCall()], each: 1)), "/calls")
    #expect(!full.body.contains("rel=\"next\"") && full.body.contains(">1 llamada<"))
    let empty = try await page(RecordedService(), "/calls")
    #expect(empty.body.contains("Ninguna llamada.") && !empty.body.contains("<table"))
  }

  @Test("An address may break after its dots and its @, and stays one text; digits break nowhere")
  func breakableAddress() async throws {
    var call = makeTransfer(makeSID(4), from: "sip:<b>@a.example")
    call.to = "+34911679868.1"
    let answer = try await page(RecordedService(calls: parts(of: [makeListedCall(call)], each: 1)), "/calls")
    #expect(answer.body.contains("<bdi>sip:&lt;b&gt;@<wbr>a.<wbr>example</bdi>"))
    #expect(answer.body.contains("<bdi>+34911679868.1</bdi>"))
  }

  @Test("Links carry SIDs and numbers of ours, and no lead's", arguments: ["es", "en"])
  func noLeadInLinks(language: String) async throws {
    let calls = [
      makeListedCall(), makeListedCall(makeCall(makeSID(3), from: "0034 910000001", to: "+34 600 000 022")),
      makeListedCall(makeTransfer(makeSID(4), from: "sip:+34600000022@a.example")),
    ]
    let service = RecordedService(
      calls: parts(of: calls, each: 2), explanations: .success([exampleSID: makeExplanation()]))
    let pages = [
      try await page(service, "/calls?lang=\(language)"),
      try await page(service, Self.one + "?lang=\(language)"),
      try await page(service, "/search?lang=\(language)", form: "q=%2B34600000022"),
    ]
    for answer in pages {
      #expect(answer.status == 200 && answer.body.contains("+34600000022"))
      #expect(
        !addresses(answer).contains { $0.contains("60000002") || $0.contains("600%20000") },
        "\(addresses(answer))")
    }
    for answer in [pages[0], pages[2]] {
      #expect(addresses(answer).contains("/calls?number=%2B34910000001&amp;lang=\(language)"))
    }
  }

  @Test(
    "A parameter that is unknown is a page, too, in the page's language, and the event of no failure",
    arguments: ["es", "en"])
  func unknownParameter(language: String) async throws {
    let service = RecordedService.complete()
    for target in ["/", "/calls", Self.one, "/calls/x", "/phones", "/runs/7", "/search"] {
      let answer = try await page(
        service, "\(target)?nothing=1&lang=\(language)", form: target == "/search" ? "q=112" : nil)
      #expect(answer.status == 400 && answer.body.contains("<html lang=\"\(language)\">"), "\(target)")
      #expect(answer.body.contains(language == "es" ? "No se puede ver" : "It cannot be seen"))
      #expect(answer.body.contains("Parámetro desconocido. Se admiten: "))
      #expect(answer.body.contains("href=\"?nothing=1&amp;lang=en\"") == (target != "/search"), "\(target)")
    }
    #expect(service.events.count == 7 && service.searches.isEmpty)
  }

  // MARK: The search

  @Test(
    "A SID leads to its page, whatever space is around it",
    arguments: ["q=\(exampleSID.text)", "q=+\(exampleSID.text)%0D%0A", "q=x&q=\(exampleSID.text)"])
  func sid(form: String) async throws {
    let service = RecordedService()
    let answer = try await page(service, "/search?lang=en", form: form)
    #expect(answer.status == 303 && answer.headers["Location"] == "/calls/\(exampleSID.text)?lang=en")
    #expect(service.searches.isEmpty && service.explained.isEmpty)
  }

  @Test(
    "A number in any spelling, or a name, shows its calls on the page itself",
    arguments: [
      ("%2B34600000022", "+34600000022"), ("0034+600-000-022", "+34600000022"),
      ("+34600000022", "+34600000022"),
      ("%2B34+%280%29910000001", "+34910000001"), ("112", "112"), ("client%3Aana", "client:ana"),
      ("sip:%2B34600000022@a.example", "+34600000022"), ("sip:1001@a.example", "sip:1001@a.example"),
    ])
  func number(typed: String, canonical: String) async throws {
    let service = RecordedService.complete()
    let answer = try await page(service, "/search", form: "q=\(typed)")
    var expected = CallSearch()
    expected.number = makeNumber(canonical)
    #expect(answer.status == 200 && service.searches == [expected])
    #expect(answer.body.contains("número \(canonical)."))
  }

  @Test("The next part of what was typed is asked for by a form, too")
  func next() async throws {
    let calls = (1...3).map { makeListedCall(makeCall(makeSID($0))) }
    let service = RecordedService(calls: parts(of: calls, each: 2))
    let answer = try await page(service, "/search", form: "q=0034+600000022")
    #expect(answer.body.contains("<input type=\"hidden\" name=\"q\" value=\"0034 600000022\">"))
    let before = "7-\(makeSID(2).text)"
    #expect(answer.body.contains("<input type=\"hidden\" name=\"before\" value=\"\(before)\">"))
    let rest = try await page(service, "/search", form: "q=0034+600000022&before=\(before)")
    #expect(service.searches.last?.after == CallSearch.Place(before))
    #expect(!rest.body.contains("name=\"before\""))
    #expect(try await page(service, "/search", form: "q=0034+600000022&before=x").status == 400)
  }

  @Test(
    "What is neither is 400, a page that says what to type",
    arguments: [
      "", "q=", "q=+", "q=anonymous", "q=%2B266696687", "q=hola", "q=CA0123",
      "q=CA0000000000000000000000000000006g",
      "x=\(exampleSID.text)", "q=%00", "q=%zz", "q=" + String(repeating: "1", count: 1001), "q=a b", "\u{FF}",
    ])
  func rubbish(form: String) async throws {
    let service = RecordedService.complete()
    let answer = try await page(service, "/search", form: form)
    #expect(answer.status == 400 && answer.body.hasPrefix("<!DOCTYPE html>"))
    #expect(answer.body.contains("Eso no es ni el SID de una llamada ni un número. Escriba un SID"))
    #expect(service.searches.isEmpty && service.events.count == 1)
  }

  @Test("Every page has the form; the answers to it have no link to themselves, which only a form reaches")
  func form() async throws {
    let service = RecordedService.complete()
    for target in ["/", "/calls", Self.one, "/calls/x"] {
      let answer = try await page(service, target)
      #expect(
        answer.body.contains("<form method=\"post\" action=\"/search?lang=es\" role=\"search\">"), "\(target)"
      )
      #expect(addresses(answer).contains("?lang=en"), "\(target)")
    }
    for form in ["q=%2B34600000022", "q="] {
      let answer = try await page(service, "/search", form: form)
      #expect(answer.body.contains("role=\"search\""))
      #expect(!addresses(answer).contains { $0.hasPrefix("?") })
    }
    #expect(try await page(service, "/search").status == 405)
  }
}
