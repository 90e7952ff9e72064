import CallDomain
import WebServer

/// What is around every form of the page: head, title with the state, language, and links to the other routes.
struct PageFrame: Sendable {
  /// What a glance tells.
  struct State: Sendable {
    let words: String
    let sign: String
    /// The class that colours it.
    let style: String
    /// Of the icon, in hexadecimal digits.
    let colour: String

    static func good(_ words: String) -> State {
      State(words: words, sign: "✓", style: "state good", colour: "1a8a4c")
    }

    static func bad(_ words: String) -> State {
      State(words: words, sign: "!", style: "state bad", colour: "c9341f")
    }

    /// No state, but what the page is about.
    static func subject(_ words: String) -> State {
      State(words: words, sign: "☎", style: "state new", colour: "757d8a")
    }

    /// Neither: nothing has happened yet.
    static func new(_ words: String) -> State {
      State(words: words, sign: "…", style: "state new", colour: "757d8a")
    }

    /// A dot in the colour of the state, so that a tab tells it, and that no browser asks for another icon.
    var icon: String {
      "data:image/svg+xml,%3Csvg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 8 8'%3E"
        + "%3Ccircle cx='4' cy='4' r='4' fill='%23\(colour)'/%3E%3C/svg%3E"
    }
  }

  let language: PageLanguage
  let state: State
  let asOf: Timestamp?
  /// Seconds after which the browser asks again.
  var refresh: Int64?
  /// The query of the page's address but for the language, ended by `&` where there is one; nil for the answer to a
  /// form, which cannot be asked for again by a link.
  var query: String? = ""

  func page(_ content: [HTML]) -> String {
    HTML.page(
      language: language.rawValue,
      head: [
        .void("meta", ["charset": "utf-8"]),
        .void("meta", ["name": "viewport", "content": "width=device-width, initial-scale=1"]),
        .void("meta", ["name": "color-scheme", "content": "light dark"]),
        .element("title", text: "\(state.sign) \(state.words) · TwilioSync"),
        .void("link", ["rel": "icon", "href": state.icon]),
      ] + (refresh.map { [.void("meta", ["http-equiv": "refresh", "content": "\($0)"])] } ?? []),
      style: PageStyle.css,
      body: [header, .element("main", [:], content), footer])
  }

  private var header: HTML {
    .element(
      "header", [:],
      [
        .element(
          "div", ["class": "bar"],
          [
            .element("span", ["class": "brand"], text: "TwilioSync"),
            .element(
              "nav", ["aria-label": language.say("Página", "Page")],
              [
                .element(
                  "a", ["href": "/?lang=\(language.rawValue)"], text: language.say("Estado", "Status")),
                .element(
                  "a", ["href": "/phones?lang=\(language.rawValue)"], text: language.say("Números", "Numbers")
                ),
              ] + (query.map(again) ?? [])),
          ]),
        .element(
          "h1", ["class": state.style],
          [.element("span", ["aria-hidden": "true"], text: state.sign), .text(state.words)]),
        search,
      ] + (asOf.map { [moment($0)] } ?? []))
  }

  private var clocks: String {
    let name = language.zone.name
    return language.zone == .utc
      ? language.say("Todas las horas son UTC.", "All times are UTC.")
      : language.say(
        "Las horas son de \(name); los días, de UTC.", "Times are those of \(name); days are those of UTC.")
  }

  /// The same page anew, and in the other language.
  private func again(_ query: String) -> [HTML] {
    [
      .element(
        "a", ["href": "?\(query)lang=\(language.rawValue)"], text: language.say("Actualizar", "Reload")),
      .element(
        "a",
        [
          "href": "?\(query)lang=\(language.other.rawValue)", "lang": language.other.rawValue,
          "hreflang": language.other.rawValue,
        ], text: language.other.say("Español", "English")),
    ]
  }

  /// Where one types a SID or a number. A form, because leads' numbers do not belong into addresses.
  private var search: HTML {
    let name = language.say("SID o número", "SID or number")
    return .element(
      "form", ["method": "post", "action": "/search?lang=\(language.rawValue)", "role": "search"],
      [
        .element(
          "label", [:],
          [
            .text(name + " "),
            .void("input", ["name": "q", "type": "search", "maxlength": "200", "autocomplete": "off"]),
          ]), .text(" "),
        .element("button", ["type": "submit"], text: language.say("Buscar", "Search")),
      ])
  }

  private func moment(_ asOf: Timestamp) -> HTML {
    .element(
      "p", ["class": "quiet"],
      text: language.say("Visto el \(language.time(asOf)). ", "Seen at \(language.time(asOf)). ")
        + clocks)
  }

  private var footer: HTML {
    .element(
      "footer", ["class": "quiet"],
      [
        .text(language.say("También: ", "Also: ")), link("/api/sync-status"), .text(" · "),
        link("/api/sync-runs"),
        .text(" · "), link("/metrics"), .text(" · "), link("/openapi.json"),
      ])
  }

  private func link(_ path: String) -> HTML {
    .element("a", ["href": path], text: path)
  }
}

extension HTTPResponse {
  /// A page; nothing but its own style and icon is loaded, sent or framed.
  static func page(_ html: String, _ status: HTTPStatus = .ok) -> HTTPResponse {
    var response = HTTPResponse.text(html, status: status, type: "text/html; charset=utf-8")
    response.headers.set(
      "Content-Security-Policy",
      "default-src 'none'; style-src 'sha256-\(PageStyle.hash)'; img-src data:; base-uri 'none'; "
        + "form-action 'self'; frame-ancestors 'none'")
    return response
  }

  /// The page of what is not there.
  static func missing(_ sentence: String, _ language: PageLanguage) -> HTTPResponse {
    let frame = PageFrame(
      language: language, state: .bad(language.say("No está guardada", "It is not stored")), asOf: nil)
    return page(
      frame.page([.element("section", [:], [.element("p", ["lang": language.foreign], text: sentence)])]),
      .notFound)
  }

  /// The page of what cannot be shown, at the address that was asked for.
  static func unavailable(
    _ failure: RunFailure, _ target: RequestTarget, hasAddress: Bool, zone: ClockZone
  ) -> HTTPResponse {
    let language = PageLanguage(query: target.query, zone: zone)
    let refresh = target.query.first { $0.name == "refresh" }.flatMap { Int64($0.value) }
    let frame = PageFrame(
      language: language, state: .bad(language.say("No se puede ver", "It cannot be seen")), asOf: nil,
      // What cannot be shown now may be shown later.
      refresh: failure.code == .badParameter ? nil : refresh,
      query: hasAddress ? target.queryButLanguage : nil)
    let content = HTML.element(
      "section", [:],
      [
        .element("p", ["lang": language.foreign], text: failure.message),
        .paragraph(
          language.say(
            "«twilio-sync doctor» mira todo por partes y dice qué hacer.",
            "“twilio-sync doctor” looks at each part and says what to do."), style: "quiet"),
      ])
    return page(frame.page([content]), HTTPResponse.failure(failure).status)
  }
}
