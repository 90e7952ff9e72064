import CallDomain

// Whether it is healthy: the last run, the next one, the lag, the alerts.
extension StatusPage {
  var health: HTML {
    section(
      "health", language.say("Ahora", "Now"),
      [.element("dl", ["class": "cards"], [lastRun, nextRun, lag, newest])])
  }

  private func card(_ name: String, _ value: String, _ note: String) -> HTML {
    .element(
      "div", [:],
      [
        .element("dt", [:], text: name), .element("dd", ["class": "figure"], text: value),
        .element("dd", ["class": "quiet"], text: note),
      ])
  }

  private func ago(_ moment: Timestamp) -> String {
    let time = language.duration(seconds: max(0, status.asOf.milliseconds(since: moment)) / 1000)
    return language.say("hace \(time)", "\(time) ago")
  }

  private var lastRun: HTML {
    let name = language.say("Última ejecución horaria", "Last hourly run")
    guard let run = status.facts.runs[.hourly]?.last else {
      return card(
        name, language.say("ninguna", "none"), language.say("todavía no ha habido", "there was none yet"))
    }
    let duration = run.durationMilliseconds.map {
      language.say(", en \(Self.seconds($0))", ", in \(Self.seconds($0))")
    }
    return card(
      name, language.state(run.state),
      "\(ago(run.startedAt))\(duration ?? "") · \(language.number(run.counts.savedCalls)) "
        + language.say("llamadas", "calls"))
  }

  private var nextRun: HTML {
    let hour = status.asOf.startOfHour.adding(hours: 1)
    let wait = language.duration(seconds: hour.milliseconds(since: status.asOf) / 1000)
    return card(
      language.say("Próxima esperada", "Next expected"), String(language.minute(hour).suffix(5)),
      language.say(
        "dentro de \(wait), si se programa a la hora en punto", "in \(wait), if scheduled on the hour"))
  }

  private var lag: HTML {
    let name = language.say("Retraso", "Lag")
    guard let seconds = status.lagSeconds, let until = status.facts.coveredUntil else {
      return card(name, "–", language.say("aún no se ha leído el registro", "the log has not been read yet"))
    }
    return card(
      name, language.duration(seconds: seconds),
      language.say("registro leído hasta \(language.time(until))", "log read up to \(language.time(until))"))
  }

  private var newest: HTML {
    let name = language.say("Última llamada", "Newest call")
    guard let call = status.facts.newestCall else {
      return card(name, "–", language.say("no hay ninguna guardada", "none is stored"))
    }
    return card(name, ago(call), language.time(call))
  }

  var alerts: HTML {
    section(
      "alerts", language.say("Alertas", "Alerts"),
      [.element("ul", ["class": "alerts"], status.alerts.map(alert))])
  }

  private func alert(_ alert: Alert) -> HTML {
    let text = AlertText(alert: alert, facts: status.facts, language: language)
    let mark = alert.isFiring ? language.say("Activa", "Firing") : language.say("Bien", "Fine")
    let since =
      alert.since.map { language.say(" desde \(language.time($0))", " since \(language.time($0))") } ?? ""
    return .element(
      "li", ["class": alert.isFiring ? "bad" : "good"],
      [
        .element(
          "p", [:],
          [
            .element("strong", [:], text: text.title), .text(" "),
            .element("code", [:], text: alert.name.rawValue),
            .element("span", ["class": "mark"], text: mark + since),
          ]), paragraph(text.detail),
      ] + (text.whatToDo.map { [paragraph("→ \($0)", style: "advice")] } ?? []))
  }

  /// How far a resync has come, while one is running.
  var resync: HTML {
    guard let run = status.facts.runs[.historical]?.last, run.state == .running else { return .text("") }
    let done = figures.resync?.doneSlices ?? 0
    let all = max(figures.resync?.slices ?? 0, 1)
    let period = run.period.map { "\(language.minute($0.start)) – \(language.time($0.end))" } ?? "–"
    return section(
      "resync", language.say("Resincronización histórica en curso", "Historical resync in progress"),
      [
        .element(
          "progress",
          [
            "value": "\(done)", "max": "\(all)",
            "aria-label": language.say("Tramos leídos", "Slices read"),
          ],
          text: "\(done * 100 / all) %"),
        paragraph(
          language.say(
            "\(done) de \(all) tramos, \(language.number(run.counts.totalCalls)) llamadas, ",
            "\(done) of \(all) slices, \(language.number(run.counts.totalCalls)) calls, ")
            + language.say(
              "empezó \(ago(run.startedAt)). Periodo: \(period).",
              "began \(ago(run.startedAt)). Period: \(period).")),
      ])
  }

  /// A length of time to the tenth of a second, such as `1.2 s`.
  static func seconds(_ milliseconds: Int64) -> String {
    "\(milliseconds / 1000).\(milliseconds % 1000 / 100)\u{A0}s"
  }
}
