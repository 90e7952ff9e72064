import CallDomain

/// What every form of the page has around it: head, title with the state, language, and the way to the rest.
struct PageFrame: Sendable {
  let language: PageLanguage
  let state: String
  let isHealthy: Bool
  let asOf: Timestamp?

  func page(_ content: [HTML]) -> String {
    HTML.page(
      language: language.rawValue,
      head: [
        .void("meta", ["charset": "utf-8"]),
        .void("meta", ["name": "viewport", "content": "width=device-width, initial-scale=1"]),
        .void("meta", ["name": "color-scheme", "content": "light dark"]),
        .element("title", [:], text: "\(isHealthy ? "✓" : "!") \(state) · TwilioSync"),
        .void("link", ["rel": "icon", "href": Self.icon(isHealthy: isHealthy)]),
      ], style: PageStyle.css,
      body: [header, .element("main", [:], content), footer])
  }

  /// A dot in the colour of the state, so that a tab tells it, and that no browser asks for another icon.
  private static func icon(isHealthy: Bool) -> String {
    "data:image/svg+xml,%3Csvg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 8 8'%3E%3Ccircle cx='4' cy='4' r='4' "
      + "fill='%23\(isHealthy ? "1a8a4c" : "c9341f")'/%3E%3C/svg%3E"
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
                  "a", ["href": "?lang=\(language.rawValue)"], text: language.say("Actualizar", "Reload")),
                .element(
                  "a",
                  [
                    "href": "?lang=\(language.other.rawValue)", "lang": language.other.rawValue,
                    "hreflang": language.other.rawValue,
                  ], text: language.other.say("Español", "English")),
              ]),
          ]),
        .element(
          "h1", ["class": isHealthy ? "state good" : "state bad"],
          [.element("span", ["aria-hidden": "true"], text: isHealthy ? "✓" : "!"), .text(state)]),
      ] + (asOf.map { [moment($0)] } ?? []))
  }

  private func moment(_ asOf: Timestamp) -> HTML {
    .element(
      "p", ["class": "quiet"],
      text: language.say("Visto el \(language.time(asOf)). ", "Seen at \(language.time(asOf)). ")
        + language.say("Todas las horas son UTC.", "All times are UTC."))
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
