import CallDomain

/// Whether the service is healthy: the last run, the next one, the lag, the newest call; and the alerts.
struct HealthSections {
  let status: ServiceStatus
  let language: PageLanguage

  var now: HTML {
    .section(
      "health", language.say("Ahora", "Now"),
      [.element("dl", ["class": "cards"], [lastRun, nextRun, lag, newest])])
  }

  private func card(_ name: String, _ value: String, _ note: String, mark: HTML? = nil) -> HTML {
    card(name, value, [.text(note)], mark: mark)
  }

  private func card(_ name: String, _ value: String, _ note: [HTML], mark: HTML?) -> HTML {
    .element(
      "div", [:],
      [
        .element("dt", text: name),
        .element(
          "dd", [:],
          [.element("b", ["class": "figure"], text: value)] + (mark.map { [.text(" "), $0] } ?? [])),
        .element("dd", ["class": "quiet"], note),
      ])
  }

  private func ago(_ moment: Timestamp) -> String { language.ago(moment, now: status.asOf) }

  private var lastRun: HTML {
    let name = language.say("Última ejecución horaria", "Last hourly run")
    guard let run = status.facts.runs[.hourly]?.last else {
      return card(name, "–", language.say("todavía no ha habido ninguna", "there was none yet"))
    }
    let calls = language.storedCalls(of: run, language.calls(run.counts.savedCalls))
    let time = run.durationMilliseconds.map {
      language.say(" en \(language.seconds($0))", " in \(language.seconds($0))")
    }
    return card(
      name, ago(run.startedAt), [calls, .text(time ?? "")], mark: language.mark(run.state))
  }

  private var nextRun: HTML {
    let name = language.say("Próxima esperada", "Next expected")
    let minutes = status.rules.everyMinutes
    let pause =
      minutes == 60
      ? language.say("una hora", "an hour")
      : language.duration(seconds: Int64(minutes).multipliedClamped(by: 60))
    let after = language.say("\(pause) después de la última", "\(pause) after the last one")
    guard let expected = status.nextExpected else { return card(name, "–", after) }
    let seconds = expected.milliseconds(since: status.asOf) / 1000
    guard seconds < 0 else {
      let wait = language.duration(seconds: seconds)
      return card(
        name, language.say("en \(wait)", "in \(wait)"),
        language.say("a las \(language.clock(expected)), ", "at \(language.clock(expected)), ") + after)
    }
    // A scheduler may be some minutes late.
    let isLate = seconds < -600
    return card(
      name, ago(expected),
      language.say("a las \(language.clock(expected))", "at \(language.clock(expected))"),
      mark: isLate
        ? .element("span", ["class": "mark bad"], text: language.say("atrasada", "late")) : nil)
  }

  private var lag: HTML {
    let name = language.say("Retraso", "Lag")
    guard let seconds = status.lagSeconds, let until = status.facts.coveredUntil else {
      return card(name, "–", language.say("aún no se ha leído el registro", "the log has not been read yet"))
    }
    return card(
      name, language.duration(seconds: seconds),
      language.say(
        "registro leído hasta el \(language.time(until))", "log read up to \(language.time(until))"))
  }

  private var newest: HTML {
    let name = language.say("Última llamada", "Newest call")
    guard let call = status.facts.newestCall else {
      return card(name, "–", language.say("no hay ninguna guardada", "none is stored"))
    }
    return card(name, ago(call), language.time(call))
  }

  /// Those that fire, and whatever else needs somebody, first.
  var alerts: HTML {
    .section(
      "alerts", language.say("Alertas", "Alerts"),
      [
        .element(
          "ul", ["class": "alerts"],
          status.alerts.filter(\.isFiring).map(alert)
            + status.findings.filter { $0.state != .ok && $0.topic != .alert }.map(concern)
            + status.alerts.filter { !$0.isFiring }.map(alert))
      ])
  }

  private func concern(_ finding: Finding) -> HTML {
    let english = language.isSpanish ? nil : english(finding.topic)
    let title = finding.check.prefix(1).uppercased() + finding.check.dropFirst()
    let advice = english?.whatToDo ?? finding.whatToDo
    return .element(
      "li", ["class": "bad", "lang": english == nil ? language.foreign : nil],
      [
        .element("div", ["class": "head"], [.element("h3", text: english?.title ?? title)]),
        .paragraph(english?.detail ?? language.readable(finding.detail)),
      ] + (advice.map { [.paragraph("→ \($0)", style: "advice")] } ?? []))
  }

  /// In English the same facts; nil where a failure's own sentence tells them.
  private func english(_ topic: Finding.Topic?) -> (title: String, detail: String, whatToDo: String)? {
    switch topic {
    case nil, .alert: nil
    case .lastRun(let kind):
      (
        "Last run: \(language.kind(kind))", "It did not succeed; the table of runs says why.",
        "Do what the error says and run “twilio-sync \(kind.rawValue)”"
          + (kind == .historical ? ", with the same dates: it goes on where it stopped." : ".")
      )
    case .givenUpCalls:
      (
        "Calls given up",
        "\(language.number(status.facts.givenUpCalls)) have no price or no end, and nobody asks for them any more.",
        """
        Ask again by “\(status.facts.givenUpPeriod.historicalCommand)”; what Twilio does not know then either is told \
        no more.
        """
      )
    case .refusedCalls:
      (
        "Calls refused",
        "\(language.number(status.facts.refusedCalls)) are set aside in refused_calls: the database does not take them.",
        """
        See why (SELECT call_id, reason, raw FROM refused_calls), mend the table calls, and run \
        “\(status.facts.refusedPeriod.historicalCommand)”.
        """
      )
    case .audit:
      (
        "Audit", "What is stored differs from Twilio; the days are below.",
        "Run "
          + status.facts.differingAudits.remedies.prefix(3)
          .map { $0.map { "“\($0)”" }.joined(separator: " and then ") }.joined(separator: "; ") + "."
      )
    }
  }

  private func alert(_ alert: Alert) -> HTML {
    let text = AlertText(alert: alert, status: status, language: language)
    let since = alert.since.map {
      language.say(" desde el \(language.minute($0))", " since \(language.minute($0))")
    }
    let mark =
      alert.isFiring ? language.say("Activa", "Firing") + (since ?? "") : language.say("Bien", "Fine")
    return .element(
      "li", ["class": alert.isFiring ? "bad" : "good"],
      [
        .element(
          "div", ["class": "head"],
          [
            .element("h3", text: text.title), .element("code", text: alert.name.rawValue),
            .element("span", ["class": alert.isFiring ? "mark bad" : "mark good"], text: mark),
          ]), .paragraph(text.detail),
      ] + (text.whatToDo.map { [.paragraph("→ \($0)", style: "advice")] } ?? []))
  }
}

/// How the page words an alert. In Spanish the evaluation's own words; in English the same facts.
private struct AlertText {
  let alert: Alert
  let status: ServiceStatus
  let language: PageLanguage

  private var facts: StatusFacts { status.facts }

  var title: String {
    switch alert.name {
    case .noCalls: language.say("Sin llamadas nuevas", "No new calls")
    case .noRun: language.say("Sin ejecución correcta", "No successful run")
    case .defaultWorkspace: language.say("Llamadas sin asignar", "Unassigned calls")
    case .repeatedFailures: language.say("Fallos repetidos", "Repeated failures")
    case .gap: language.say("Periodos que faltan", "Missing periods")
    }
  }

  var detail: String {
    language.isSpanish ? language.readable(alert.detail) : english
  }

  var whatToDo: String? {
    guard alert.isFiring else { return nil }
    return language.isSpanish ? alert.whatToDo : advice
  }

  private var english: String {
    switch alert.name {
    case .noCalls:
      facts.newestCall.map { "The newest stored call is of \(language.time($0))." }
        ?? "No call is stored yet."
    case .noRun:
      facts.runs[.hourly]?.lastSuccess.map { "The last successful hourly run ended at \(language.time($0))." }
        ?? "No hourly run has succeeded yet."
    case .defaultWorkspace:
      """
      \(language.number(facts.defaultCallsOfDay)) of \(language.number(facts.callsOfDay)) calls of the last 24 \
      hours are in the default workspace.
      """
    case .repeatedFailures:
      alert.isFiring
        ? "The last \(AlertRules.failuresInARow) ended runs of a kind did not succeed; the table of runs says why."
        : "No kind of run has failed \(AlertRules.failuresInARow) times in a row."
    case .gap:
      facts.gaps.isEmpty
        ? "No period is missing."
        : "Periods that no run has read: \(language.number(facts.gaps.count))."
    }
  }

  private var every: String {
    let minutes = status.rules.everyMinutes
    return minutes == 60 ? "hour" : language.duration(seconds: Int64(minutes).multipliedClamped(by: 60))
  }

  private var advice: String {
    switch alert.name {
    case .noCalls:
      """
      Look in Twilio's console whether there were calls. If there were, look at the last runs; if nobody calls at \
      this hour, set ALERT_QUIET_TIMES or ALERT_NO_CALLS_HOURS.
      """
    case .noRun:
      """
      Make sure that the scheduler calls /api/sync-twilio-hourly every \(every) with the right CRON_SECRET, and run \
      “twilio-sync hourly” by hand: it says what fails. The next run makes up for what is missing.
      """
    case .defaultWorkspace:
      """
      See below which numbers they are, and give each its workspace: “twilio-sync phones assign NUMBER WORKSPACE”. \
      Transfers without a number wait for the call that explains them: “twilio-sync historical” reads it, if it has not \
      been read.
      """
    case .repeatedFailures:
      "Do what the error says, check it with “twilio-sync doctor”, and run it again."
    case .gap:
      "The commands that fill them are below, at “Undone”."
    }
  }
}
