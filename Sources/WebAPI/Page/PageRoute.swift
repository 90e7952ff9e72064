import CallDomain
import WebServer

/// `/`: the status page, for a person's browser.
struct PageRoute {
  let actions: ServiceActions

  /// Nil where nothing tells status and figures.
  var route: Route? {
    guard let status = actions.status, let figures = actions.figures else { return nil }
    return Route("/", [.get, .head], .bearerOrBasic) { request in
      let language = PageLanguage(query: request.http.target.query)
      do throws(RunFailure) {
        let page = StatusPage(try await status(), try await figures(), language: language)
        return Self.answer(page.html, .ok)
      } catch {
        return Self.answer(Self.unavailable(error, language), HTTPResponse.failure(error).status)
      }
    }
  }

  private static func unavailable(_ failure: RunFailure, _ language: PageLanguage) -> String {
    PageFrame(
      language: language, state: .bad(language.say("No se puede ver el estado", "The status cannot be seen")),
      asOf: nil
    ).page([
      .element(
        "section", [:],
        [
          .element("p", ["lang": language.foreign], text: failure.message),
          .element(
            "p", ["class": "quiet"],
            text: language.say(
              "«twilio-sync doctor» mira todo por partes y dice qué hacer.",
              "“twilio-sync doctor” looks at each part and says what to do.")),
        ])
    ])
  }

  private static func answer(_ html: String, _ status: HTTPStatus) -> HTTPResponse {
    var response = HTTPResponse.text(html, status: status, type: "text/html; charset=utf-8")
    // The page's own style and icon; nothing else is loaded, sent or framed.
    response.headers.set(
      "Content-Security-Policy",
      "default-src 'none'; style-src 'sha256-\(PageStyle.hash)'; img-src data:; base-uri 'none'; "
        + "form-action 'none'; frame-ancestors 'none'")
    return response
  }
}
