import CallDomain

/// How the page words an alert. In Spanish the evaluation's own words; in English the same facts.
struct AlertText {
  let alert: Alert
  let facts: StatusFacts
  let language: PageLanguage

  var title: String {
    switch alert.name {
    case .noCalls: language.say("Sin llamadas nuevas", "No new calls")
    case .noRun: language.say("Sin ejecución correcta", "No successful run")
    case .defaultWorkspace: language.say("Llamadas sin asignar", "Unassigned calls")
    case .repeatedFailures: language.say("Fallos repetidos", "Repeated failures")
    }
  }

  var detail: String {
    language == .spanish ? language.readable(alert.detail) : english
  }

  var whatToDo: String? {
    guard alert.isFiring else { return nil }
    return language == .spanish ? alert.whatToDo : advice
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
    }
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
      Make sure that the scheduler calls /api/sync-twilio-hourly every hour with the right CRON_SECRET, and run \
      “twilio-sync hourly” by hand: it says what fails. The next run makes up for what is missing.
      """
    case .defaultWorkspace:
      """
      See below which numbers they are, give them their workspace in workspace_phones, and run “twilio-sync \
      reattribute”.
      """
    case .repeatedFailures:
      "Do what the error says, check it with “twilio-sync doctor”, and run it again."
    }
  }
}
