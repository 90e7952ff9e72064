import CallDomain
import Foundation
import TestSupport
import Testing
import WebAPI
import WebServer

@Suite("The status page")
struct StatusPageTests {
  private static let now = exampleEnd.adding(minutes: 5)

  private static func facts(_ change: (inout StatusFacts) -> Void = { _ in }) -> StatusFacts {
    var facts = StatusFacts()
    facts.coveredUntil = exampleEnd
    facts.newestCall = exampleEnd.adding(minutes: -2)
    facts.callsOfDay = 2087
    facts.defaultCallsOfDay = 12
    facts.runs[.hourly] = StatusFacts.Runs()
    facts.runs[.hourly]?.last = makeRun()
    facts.runs[.hourly]?.lastSuccess = exampleEnd
    change(&facts)
    return facts
  }

  /// So many workspaces, each with a call in every hour and day.
  private static func figures(workspaces: Int, _ change: (inout PageFigures) -> Void = { _ in })
    -> PageFigures
  {
    var figures = PageFigures()
    let hour = Timestamp(milliseconds: now.milliseconds / 3_600_000 * 3_600_000)
    for number in 1...workspaces {
      let id = WorkspaceID(Int64(number))
      figures.names[id] = "Cliente \(number)"
      figures.hours += (0..<24).map {
        PageFigures.Bucket(start: hour.adding(hours: -$0), workspace: id, calls: number)
      }
      figures.days += (0..<30).map {
        PageFigures.Bucket(start: now.startOfDay.adding(hours: -24 * $0), workspace: id, calls: 100 + number)
      }
      figures.totals.append(
        PageFigures.Total(workspace: id, unit: "USD", calls: 3000 + number, minutes: 4567, cost: "1234.565"))
    }
    figures.runs = [makeRun()]
    change(&figures)
    return figures
  }

  private func page(
    _ facts: StatusFacts = facts(), _ figures: PageFigures = figures(workspaces: 4), _ target: String = "/",
    every minutes: Int = 60, zone: ClockZone = .utc
  ) async throws -> Answer {
    var rules = AlertRules()
    rules.everyMinutes = minutes
    let status = ServiceStatus(facts, rules: rules, now: Self.now)
    let service = RecordedService(status: .success(status), figures: .success(figures))
    return try await HandlerClient(routes: service.makeRoutes(zone: zone)).ask("GET", target)
  }

  /// Where links to calls lead, with their text.
  private func links(_ answer: Answer) -> [(target: String, text: String)] {
    answer.body.matches(of: /<a href="(\/calls\?[^"]*)"><bdi>([^<]*)<\/bdi>/)
      .map { (String($0.1).replacing("&amp;", with: "&"), String($0.2)) }
  }

  @Test("It is HTML, loads nothing, and its style is the one that the policy names")
  func policy() async throws {
    let answer = try await page()
    #expect(answer.status == 200 && answer.headers["Content-Type"] == "text/html; charset=utf-8")
    #expect(answer.body.hasPrefix("<!DOCTYPE html>\n<html lang=\"es\"><head>"))
    // The one address is the name of a language, within the icon.
    let text = answer.body.replacing("http://www.w3.org/2000/svg", with: "")
    #expect(!text.contains("<script") && !text.contains("http://") && !text.contains("https://"))
    #expect(!answer.body.contains("style=\""))
    let style = try #require(answer.body.firstMatch(of: /<style>((?s:.)*?)<\/style>/)).1
    #expect(
      answer.headers["Content-Security-Policy"]
        == "default-src 'none'; style-src 'sha256-\(try Self.digest(of: String(style)))'; img-src data:; "
        + "base-uri 'none'; form-action 'self'; frame-ancestors 'none'")
  }

  private static func digest(of text: String) throws -> String {
    let (input, output) = (Pipe(), Pipe())
    _ = try ChildProcess(
      "/usr/bin/env", ["openssl", "dgst", "-sha256", "-binary"],
      input: .descriptor(input.fileHandleForReading.fileDescriptor),
      output: .descriptor(output.fileHandleForWriting.fileDescriptor))
    try output.fileHandleForWriting.close()
    try input.fileHandleForWriting.write(contentsOf: Data(text.utf8))
    try input.fileHandleForWriting.close()
    return try (output.fileHandleForReading.readToEnd() ?? Data()).base64EncodedString()
  }

  @Test("Nothing that is stored becomes markup")
  func escaping() async throws {
    let hostile = "<img src=x onerror=alert(1)>\"'&\u{0}\u{7F}"
    let answer = try await page(
      Self.facts(),
      Self.figures(workspaces: 2) { figures in
        figures.names[WorkspaceID(1)] = hostile
        figures.defaultShares = [PageFigures.DefaultShare(.number("sip:\(hostile)", .outboundAPI), calls: 3)]
        figures.runs = [makeRun(state: .failed, error: hostile, requestedBy: hostile)]
      })
    #expect(!answer.body.contains("<img"))
    #expect(!answer.body.unicodeScalars.contains { $0.value == 0 || $0.value == 0x7F })
    #expect(
      answer.body.matches(of: /&lt;img src=x onerror=alert\(1\)&gt;&quot;&#39;&amp;\u{FFFD}\u{FFFD}/).count
        >= 4)
  }

  @Test(
    "Spanish unless English is asked for; each leads to the other",
    arguments: ["/", "/?lang=es", "/?lang=fr", "/?lang=en"])
  func languages(target: String) async throws {
    let answer = try await page(Self.facts(), Self.figures(workspaces: 4), target)
    let isEnglish = target.hasSuffix("en")
    #expect(answer.body.contains(isEnglish ? "<html lang=\"en\">" : "<html lang=\"es\">"))
    #expect(answer.body.contains(isEnglish ? "All is well" : "Todo en orden"))
    #expect(answer.body.contains(isEnglish ? "<a href=\"?lang=es\"" : "<a href=\"?lang=en\""))
    let foreign = isEnglish ? ["Llamadas", "Ejecuciones", "Última"] : ["Calls", "Runs", "Newest"]
    for word in foreign { #expect(!answer.body.contains(word), "\(word)") }
  }

  @Test("Each alert is told with what to do", arguments: Alert.Name.allCases, ["/", "/?lang=en"])
  func alerts(name: Alert.Name, target: String) async throws {
    let facts = Self.facts { facts in
      switch name {
      case .noCalls: facts.newestCall = Self.now.adding(hours: -3)
      case .noRun: facts.runs[.hourly]?.lastSuccess = Self.now.adding(hours: -3)
      case .defaultWorkspace: facts.defaultCallsOfDay = 1000
      case .repeatedFailures:
        facts.runs[.historical] = StatusFacts.Runs()
        facts.runs[.historical]?.ended = (1...3).map { makeRun(id: $0, kind: .historical, state: .failed) }
      case .gap: facts.gaps = [Period(start: Self.now.adding(hours: -300), end: Self.now.adding(hours: -299))]
      }
    }
    let answer = try await page(facts, Self.figures(workspaces: 4), target)
    let words = name.state == .broken ? ["No funciona", "Broken"] : ["Necesita atención", "Needs attention"]
    #expect(answer.body.contains("! \(words[target == "/" ? 0 : 1])"))
    // That the last resync failed is told beside the alert.
    #expect(answer.body.matches(of: /<li class="bad"/).count == (name == .repeatedFailures ? 2 : 1))
    let alert = try #require(answer.body.firstMatch(of: /<li class="bad">((?s:.)*?)<\/li>/)).1
    #expect(alert.contains("<code>\(name.rawValue)</code>") && alert.contains("→ "))
  }

  @Test(
    "What needs somebody and is no alert is told beside them; what a failure says in its own language",
    arguments: ["/", "/?lang=en"])
  func concerns(target: String) async throws {
    let answer = try await page(
      Self.facts { facts in
        facts.unusable = RunFailure(.database(.full), "Está <llena>.", "Haga sitio.")
        facts.refusedCalls = 2
        facts.givenUpCalls = 3
        facts.givenUpPeriod = Period(start: Self.now.adding(hours: -100), end: Self.now)
        facts.audits = [AuditDay(Self.now.startOfDay)]
        facts.audits[0].missing = 1
        facts.runs[.reattribute] = StatusFacts.Runs()
        facts.runs[.reattribute]?.ended = [makeRun(kind: .reattribute, state: .failed)]
      }, Self.figures(workspaces: 4), target)
    let isSpanish = target == "/"
    #expect(answer.body.contains(isSpanish ? "! No funciona" : "! Broken"))
    #expect(answer.body.components(separatedBy: "<li class=\"bad\"").count == 6, "\(answer.body)")
    #expect(answer.body.contains("<li class=\"bad\" lang=\"es\">") != isSpanish)
    #expect(answer.body.contains("Está &lt;llena&gt;.") && answer.body.contains("→ Haga sitio."))
    let parts =
      isSpanish
      ? ["2 llamadas están aparte en refused_calls", "3 llamadas siguen", "Lo guardado difiere"]
      : ["2 are set aside in refused_calls", "3 have no price or no end", "What is stored differs"]
    for part in parts + ["twilio-sync reattribute", Self.now.iso8601] {
      #expect(answer.body.contains(part), "\(part)")
    }
  }

  @Test("The charts' tables hold the numbers of their bars; many workspaces share the last colour")
  func charts() async throws {
    let answer = try await page(Self.facts(), Self.figures(workspaces: 9))
    let rows = answer.body.matches(
      of: /<th scope="row">5\u{A0}oct<\/th>((?:<td class="number">(?:[^<]|<\/?(?:a|bdi)[ >])*<\/td>)+)<\/tr>/)
    let cells = try #require(rows.first).1.matches(of: />([^<]+)</).map { String($0.1) }
    // 101 to 109: the busiest six of nine, the sum of the other three, and all.
    #expect(cells == ["109", "108", "107", "106", "105", "104", "306", "945"])
    #expect(answer.body.contains("<title>5\u{A0}oct: 945 (\u{2068}Cliente 9 · 9\u{2069} 109, "))
    #expect(answer.body.contains("Los demás"))
  }

  @Test(
    "The page of a workspace leads to its calls alone, and stays of it when it reloads or does so no more")
  func ofWorkspace() async throws {
    let figures = Self.figures(workspaces: 1) { $0.defaultWorkspace = WorkspaceID(1) }
    let answer = try await page(Self.facts(), figures, "/?workspace=1")
    let links = answer.body.matches(of: /href="(\/calls\?[^"]*)"/).map { String($0.1) }
    // What a run stored and what is pending are of all workspaces.
    let ofAll = links.filter { $0.contains("?pending=") || $0.contains("since=2025-10-05T18:45:00Z") }
    #expect(ofAll.count == 4, "\(ofAll)")
    let others = links.filter { !ofAll.contains($0) }
    #expect(others.count > 50 && others.allSatisfy { $0.contains("workspace=1&") }, "\(others)")
    #expect(answer.body.contains(#"href="/?workspace=1&amp;lang=es&amp;refresh=60""#))
    let reloading = try await page(Self.facts(), figures, "/?workspace=1&refresh=60")
    #expect(reloading.body.contains(#"href="/?workspace=1&amp;lang=es""#))
  }

  @Test(
    "A workspace without a call of the period is in the hours before it by its own name, and so is nobody")
  func hoursBeforeThePeriod() async throws {
    let figures = Self.figures(workspaces: 1) { figures in
      figures.defaultWorkspace = WorkspaceID(1)
      figures.names[WorkspaceID(4)] = "Cuatro"
      let yesterday = makeTime("2025-10-04T22:00:00Z")
      figures.hours.append(PageFigures.Bucket(start: yesterday, workspace: WorkspaceID(4), calls: 41))
      figures.hours.append(PageFigures.Bucket(start: yesterday, workspace: nil, calls: 43))
    }
    let answer = try await page(Self.facts(), figures, "/?since=2025-10-05")
    #expect(
      answer.body.contains(
        "22:00: 85 (\u{2068}Cuatro · 4\u{2069} 41, \u{2068}Los demás\u{2069} 43, \u{2068}Por defecto · 1\u{2069} 1)</title>"
      ))
    // The sum of the hours, in the legend.
    let targets = links(answer).filter { $0.text == "41" }.map(\.target)
    let period = "since=2025-10-04T21:00:00Z&until=2025-10-05T20:05:00.001Z"
    #expect(targets == ["/calls?workspace=4&case=1,2,3&\(period)&lang=es"])
  }

  @Test("Only the bar of an hour or a day that is not over grows")
  func growing() async throws {
    let figures = Self.figures(workspaces: 1)
    #expect(
      try await page(Self.facts(), figures, "/?lang=en").body.contains("The last bar is still growing."))
    let past = try await page(Self.facts(), figures, "/?lang=en&since=2025-09-20&until=2025-09-25")
    #expect(!past.body.contains("still growing"))
  }

  @Test("A bar of a day that the scope cuts leads to what it counts, and does not grow")
  func cutDay() async throws {
    let answer = try await page(
      Self.facts(), Self.figures(workspaces: 1), "/?lang=en&since=2025-10-04&until=2025-10-05T12:00:00Z")
    #expect(!answer.body.contains("still growing"))
    let bars = links(answer).filter { $0.text == "101" }.map(\.target)
    #expect(
      bars
        == [
          ("2025-10-04", "2025-10-05"), ("2025-10-05", "2025-10-05T12:00:00Z"),
        ].map { "/calls?case=1,2,3&since=\($0)&until=\($1)&lang=en" })
  }

  @Test("What has not ended counts up to now: its links lead to the calls of this very moment, too")
  func lastMoment() async throws {
    let figures = Self.figures(workspaces: 1) { figures in
      figures.unmatchedTransfers = 66
      figures.defaultWorkspace = WorkspaceID(1)
    }
    let links = links(try await page(Self.facts(), figures))
    let end = "until=2025-10-05T20:05:00.001Z"
    for text in ["3\u{202F}001", "66", "12 de 2\u{202F}087 llamadas de las últimas 24 horas"] {
      let targets = links.filter { $0.text == text }.map(\.target)
      #expect(!targets.isEmpty && targets.allSatisfy { $0.contains(end) }, "\(text): \(targets)")
    }
    #expect(links.contains { $0.target.contains("since=2025-10-05T20:00:00Z&\(end)") })
  }

  @Test("Each part of the default workspace's share leads to its own calls")
  func defaultShares() async throws {
    let figures = Self.figures(workspaces: 1) { figures in
      figures.defaultWorkspace = WorkspaceID(1)
      figures.defaultShares = [
        PageFigures.DefaultShare(.relatedTransfers, calls: 71),
        PageFigures.DefaultShare(.number("+34910000001", .trunkingTerminating), calls: 72),
        PageFigures.DefaultShare(.number("client:ana b", .outboundAPI), calls: 73),
        PageFigures.DefaultShare(.unmatched, calls: 74),
        PageFigures.DefaultShare(.withheld, calls: 75),
      ]
    }
    let answer = try await page(Self.facts(), figures)
    let day = "since=2025-10-04T20:05:00.001Z&until=2025-10-05T20:05:00.001Z&lang=es"
    #expect(
      links(answer).filter { $0.text.hasPrefix("7") && $0.text.count == 2 }.map(\.target) == [
        "/calls?workspace=1&case=3&unmatched=false&\(day)",
        "/calls?workspace=1&number=%2B34910000001&case=2&\(day)",
        "/calls?workspace=1&number=client:ana%20b&case=1&\(day)",
        "/calls?workspace=1&case=1,2,3&unmatched=true&\(day)",
      ])
    #expect(answer.body.contains("<bdi>+34910000001</bdi> (caso 2)"))
    #expect(answer.body.contains("no related call") == false && answer.body.contains(">75</td>"))
  }

  @Test("A time that the clocks show twice has its distance to UTC beside it, another has not")
  func doubledHour() async throws {
    let back = makeTime("2025-10-26T01:00:00Z")
    let zone = ClockZone(
      name: "Europe/Madrid", offset: { $0 < back ? 7200 : 3600 }, change: { $0 < back ? back : nil })
    let figures = Self.figures(workspaces: 1) { figures in
      figures.runs = [-61, -60, -1, 0, 59, 60].map { makeRun(startedAt: back.adding(minutes: $0)) }
    }
    let body = try await page(Self.facts(), figures, zone: zone).body
    let times = body.matches(of: /<th scope="row" data-heading="Empezó">26\u{A0}oct, ([^<]*)</).map {
      String($0.1)
    }
    #expect(
      times == [
        "01:59", "02:00\u{A0}UTC+2", "02:59\u{A0}UTC+2", "02:00\u{A0}UTC+1", "02:59\u{A0}UTC+1", "03:00",
      ])
  }

  @Test("Calls without a workspace lead to those that have none")
  func nobodys() async throws {
    let figures = Self.figures(workspaces: 1) {
      $0.totals.append(
        PageFigures.Total(workspace: nil, unit: "USD", calls: 77, minutes: 5, cost: nil, unpriced: 66))
    }
    let answer = try await page(Self.facts(), figures)
    let targets = links(answer).filter { ["77", "66"].contains($0.text) && $0.target.contains("workspace") }
      .map(\.target)
    let period = "since=2025-09-06&until=2025-10-05T20:05:00.001Z&lang=es"
    #expect(
      targets.sorted() == [
        "/calls?workspace=none&case=1,2,3&\(period)",
        "/calls?workspace=none&case=1,2,3&unpriced=true&\(period)",
      ])
  }

  @Test("Money is rounded to the cent, in the way of the language")
  func money() async throws {
    #expect(try await page().body.contains("1\u{202F}234,57\u{A0}USD"))
    let english = try await page(Self.facts(), Self.figures(workspaces: 1), "/?lang=en")
    #expect(english.body.contains("1\u{202F}234.57\u{A0}USD"))
  }

  @Test("An installation without anything says so and what to do")
  func empty() async throws {
    let answer = try await page(StatusFacts(), PageFigures())
    #expect(answer.status == 200 && answer.body.contains("«twilio-sync hourly»"))
    #expect(answer.body.contains("Espera su primera ejecución"))
    #expect(answer.body.matches(of: /Ninguna llamada\./).count == 4)
    #expect(!answer.body.contains("<table"))
  }

  @Test("Before the first audit its section is one sentence; after it, each of thirty days has a verdict")
  func audits() async throws {
    let before = try await page().body
    #expect(before.contains("Todavía ningún día; «twilio-sync audit»") && !before.contains("sin mirar"))
    var day = AuditDay(Self.now.adding(hours: -72).startOfDay)
    day.different = 2
    let after = try await page(Self.facts { $0.audits = [day] }).body
    #expect(after.contains("difiere: 2") && !after.contains("Todavía ningún día"))
    #expect(after.matches(of: /sin mirar/).count == StatusFacts.auditDays - 1)
  }

  @Test("That nobody has given a number a workspace is told, with calls and without", arguments: [0, 2087])
  func unassigned(calls: Int) async throws {
    let facts = Self.facts { $0.callsOfDay = calls }
    for shares in [[], [PageFigures.DefaultShare(.number("+34910000001", .outboundAPI), calls: 3)]] {
      let figures = Self.figures(workspaces: 1) { figures in
        figures.defaultShares = shares
        figures.hasAssignedNumbers = false
      }
      let body = try await page(facts, figures).body
      #expect(
        body.contains(#"<p class="advice">Ningún número de workspace_phones tiene un workspace propio"#),
        "\(body)")
    }
    #expect(try await !page(facts).body.contains("workspace propio"))
  }

  @Test("A resync in progress shows how far it has come; holes come with the command that fills them")
  func progress() async throws {
    let facts = Self.facts { facts in
      facts.runs[.historical] = StatusFacts.Runs()
      facts.runs[.historical]?.last = makeRunningRun(id: 9, kind: .historical)
      facts.gaps = [Period(start: exampleEnd.adding(hours: -300), end: exampleEnd.adding(hours: -200))]
    }
    let answer = try await page(
      facts,
      Self.figures(workspaces: 4) {
        $0.resync = PageFigures.Resync(
          doneSlices: 30, slices: 40, doneMilliseconds: 2_999_999_999, milliseconds: 4_000_000_000)
      })
    #expect(answer.body.contains("<progress value=\"74\" max=\"100\"") && answer.body.contains("30/40"))
    #expect(
      answer.body.replacing(/<\/?span>/, with: "").contains(
        "<code>twilio-sync historical --since 2025-09-23T08:00:00.000Z --until 2025-09-27T12:00:00.000Z</code>"
      ))
  }

  @Test(
    "With thirty workspaces it weighs less than 100 KB, and no id stands twice",
    arguments: ["/", "/?lang=en"])
  func weight(target: String) async throws {
    let answer = try await page(Self.facts(), Self.figures(workspaces: 30), target)
    #expect(answer.body.utf8.count < 100_000, "\(answer.body.utf8.count) bytes")
    let ids = answer.body.matches(of: /\ id="([^"]+)"/).map { String($0.1) }
    #expect(Set(ids).count == ids.count && ids.count > 8)
  }

  @Test("The default workspace has a colour of its own, on top of the others, and is named as what it is")
  func defaultWorkspace() async throws {
    let answer = try await page(
      Self.facts(), Self.figures(workspaces: 9) { $0.defaultWorkspace = WorkspaceID(2) })
    let chart = try #require(answer.body.firstMatch(of: /aria-labelledby="days-chart-title((?s:.)*?)<\/svg>/))
      .1
    #expect(
      chart.matches(of: /<path class="(\w+)"/).map { String($0.1) }
        == ["grid", "s0", "s1", "s2", "s3", "s4", "s5", "rest", "default"])
    #expect(
      answer.body.contains(
        "<title>5\u{A0}oct: 945 (\u{2068}Cliente 9 · 9\u{2069} 109, \u{2068}Cliente 8 · 8\u{2069} 108, "))
    #expect(answer.body.contains("\u{2068}Por defecto · 2\u{2069} 102)</title>"))
    #expect(answer.body.contains("<bdi>Cliente 2 · 2 (por defecto)</bdi>"))
  }

  @Test("A bar is as high as its calls, and its parts stand on one another")
  func heights() async throws {
    let answer = try await page(
      Self.facts(),
      Self.figures(workspaces: 2) { figures in
        let start = Self.now.startOfDay
        figures.days = [
          PageFigures.Bucket(start: start, workspace: WorkspaceID(2), calls: 40),
          PageFigures.Bucket(start: start, workspace: WorkspaceID(1), calls: 20),
        ]
      })
    let days = try #require(answer.body.firstMatch(of: /aria-labelledby="days-chart-title((?s:.)*?)<\/svg>/))
      .1
    // Of a scale of 80 calls in a thousand units: from 1000 up to 500, and from there, but for a gap, to 250.
    #expect(days.contains(#"<path class="s0" d="M291 1000h8V500h-8z">"#))
    #expect(days.contains(#"<path class="s1" d="M291 492h8V250h-8z">"#))
    #expect(answer.body.contains(">80</span><span>60</span><span>40</span><span>20</span><span>0</span>"))
  }

  @Test("Calls, minutes and money are added up over units and workspaces")
  func sums() async throws {
    let answer = try await page(
      Self.facts(),
      Self.figures(workspaces: 1) { figures in
        figures.totals = [
          PageFigures.Total(workspace: WorkspaceID(1), unit: "EUR", calls: 2, minutes: 3, cost: "0.005"),
          PageFigures.Total(workspace: WorkspaceID(1), unit: "USD", calls: 4, minutes: 5, cost: "0.01349"),
          PageFigures.Total(
            workspace: WorkspaceID(1), unit: nil, calls: 1, minutes: 1, cost: nil, unpriced: 1),
          PageFigures.Total(workspace: nil, unit: "USD", calls: 1, minutes: 2, cost: "999999.99551"),
        ]
      })
    let foot = try #require(answer.body.firstMatch(of: /<tfoot>((?s:.)*?)<\/tfoot>/)).1
    #expect(
      foot.matches(of: />([^<]+)</).map { String($0.1) }
        == ["Todos", "8", "11", "1", "1\u{202F}000\u{202F}000,01\u{A0}USD + 0,01\u{A0}EUR"])
    #expect(answer.body.contains("0,01\u{A0}USD + 0,01\u{A0}EUR"))
  }

  @Test("The next run is an hour after the last; one that does not come is late")
  func nextRun() async throws {
    #expect(try await page().body.contains("a las 21:00, una hora después de la última"))
    #expect(try await page(every: 15).body.contains("a las 20:15, 15\u{A0}min después de la última"))
    #expect(try await page(every: 1440).body.contains("a las 20:00, 1\u{A0}d 0\u{A0}h después de la última"))
    let facts = Self.facts { $0.runs[.hourly]?.last = makeRun(startedAt: exampleEnd.adding(minutes: -80)) }
    let late = try await page(facts).body
    #expect(late.contains("hace 25\u{A0}min") && late.contains(#"<span class="mark bad">atrasada</span>"#))
    let tolerable = Self.facts {
      $0.runs[.hourly]?.last = makeRun(startedAt: exampleEnd.adding(minutes: -60))
    }
    #expect(try await !page(tolerable).body.contains("atrasada"))
  }

  @Test("Every text has both languages: what stands in both is a name, a number or a command")
  func bothLanguages() async throws {
    let facts = Self.facts { facts in
      facts.newestCall = Self.now.adding(hours: -3)
      facts.runs[.hourly]?.lastSuccess = Self.now.adding(hours: -3)
      facts.defaultCallsOfDay = 1000
      facts.gaps = [Period(start: exampleEnd.adding(hours: -300), end: exampleEnd.adding(hours: -200))]
      facts.runs[.historical] = StatusFacts.Runs()
      facts.runs[.historical]?.last = makeRunningRun(id: 9, kind: .historical)
      facts.runs[.historical]?.ended = (1...3).map { makeRun(id: $0, kind: .historical, state: .failed) }
    }
    let figures = Self.figures(workspaces: 9) { figures in
      figures.defaultWorkspace = WorkspaceID(2)
      figures.totals.append(
        PageFigures.Total(workspace: nil, unit: nil, calls: 1, minutes: 1, cost: nil, unpriced: 1))
      figures.defaultShares = [
        PageFigures.DefaultShare(.unmatched, calls: 3), PageFigures.DefaultShare(.withheld, calls: 2),
        PageFigures.DefaultShare(.relatedTransfers, calls: 2),
        PageFigures.DefaultShare(.number("+34910000001", .outboundAPI), calls: 1),
      ]
      figures.hasAssignedNumbers = false
      figures.runs =
        RunState.allCases.map { makeRun(kind: .historical, state: $0) }
        + RunKind.allCases.map { makeRun(kind: $0) }
    }
    var texts: [Set<String>] = []
    for target in ["/", "/?lang=en"] {
      let body = try await page(facts, figures, target).body.replacing(/<style>(?s:.)*?<\/style>/, with: "")
      let found = body.matches(of: />([^<]+)</).map(\.1) + body.matches(of: /aria-label="([^"]+)"/).map(\.1)
      texts.append(Set(found.map(String.init).filter { $0.contains(/[a-zá-ú]{3}/) }))
    }
    let common = texts[0].intersection(texts[1]).filter {
      !$0.contains(/^(\d+\u{A0}min$|Cliente \d|\/|--|twilio-sync |vercel-cron|[a-z]+_[a-z]+$)/)
    }
    #expect(common.isSubset(of: ["TwilioSync", "Workspace", "Total", "gap"]), "\(common)")
    #expect(texts[0].count > 60)
  }

  @Test("A database out of reach is a page, too, with its sentence")
  func away() async throws {
    let failure = RunFailure(
      .database(.unreachable), "No se puede usar la base de datos.", "Compruebe que está en marcha.",
      cause: "Connection refused")
    let service = RecordedService(status: .failure(failure), figures: .failure(failure))
    try await withClient(of: service, .inMemory) { client async throws in
      let answer = try await client.ask("GET", "/")
      #expect(answer.status == 503 && answer.body.hasPrefix("<!DOCTYPE html>"))
      #expect(answer.body.contains(failure.message) && answer.body.contains("«twilio-sync doctor»"))
      #expect(!answer.body.contains("Connection refused"))
      // A screen on the wall goes on with what it showed when the database is back.
      let screen = try await client.ask("GET", "/?workspace=4&refresh=60&lang=en")
      #expect(screen.status == 503 && screen.body.contains(#"<meta http-equiv="refresh" content="60">"#))
      #expect(screen.body.contains(#"href="?workspace=4&amp;refresh=60&amp;lang=en""#))
    }
    #expect(
      service.events.contains { event in
        if case .requestFailed(_, "/", failure) = event { true } else { false }
      })
  }

  @Test("Figures of any size make a page", arguments: [Int64.min, -1, 0, 1, Int64.max])
  func extremes(number: Int64) async throws {
    let count = Int(counted: number)
    let moment = Timestamp(milliseconds: number)
    let facts = Self.facts {
      $0.coveredUntil = moment
      $0.newestCall = moment
      $0.callsOfDay = count
      $0.defaultCallsOfDay = count
      $0.unsettledCalls = count
      $0.givenUpCalls = count
      $0.refusedCalls = count
      $0.gaps = [Period(start: moment, end: Self.now), Period(start: Self.now, end: moment)]
      $0.runs[.hourly]?.last?.startedAt = moment
      $0.runs[.hourly]?.last?.finishedAt = Timestamp(milliseconds: 0 - number.addingClamped(1))
      $0.runs[.hourly]?.last?.counts.totalCalls = count
    }
    let figures = Self.figures(workspaces: 20) { figures in
      figures.hours = figures.hours.map {
        PageFigures.Bucket(start: $0.start, workspace: $0.workspace, calls: count)
      }
      figures.days = figures.days.map {
        PageFigures.Bucket(start: $0.start, workspace: $0.workspace, calls: count)
      }
      let costs = [
        "NaN", "Infinity", "-Infinity", "-999999999999.999999", "999999999999.9", "1.\u{661}", "", "-", "--1",
        ".",
      ]
      figures.totals = figures.totals.flatMap { total in
        costs.map {
          PageFigures.Total(
            workspace: total.workspace, unit: "USD", calls: count, minutes: count, cost: $0, unpriced: count)
        }
      }
      figures.unmatchedTransfers = count
      figures.defaultShares = [PageFigures.DefaultShare(.withheld, calls: count)]
      figures.resync = PageFigures.Resync(
        doneSlices: count, slices: count, doneMilliseconds: number, milliseconds: number)
    }
    for language in ["es", "en"] {
      let answer = try await page(facts, figures, "/?lang=\(language)")
      #expect(answer.status == 200 && answer.body.hasSuffix("</html>\n"))
    }
    let status = try await page(facts, figures, "/api/sync-status")
    #expect(status.status == 200)
  }
}
