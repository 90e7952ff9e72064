import CallDomain
import WebServer

/// The page of the directory, `/phones`: what is odd first, with what mends it.
struct PhonesPage {
  let phones: [ListedPhone]
  let language: PageLanguage

  static func route(_ service: any SyncService, zone: ClockZone) -> Route {
    Route(page: "/phones", zone: zone) { _, language throws(RunFailure) in
      .page(PhonesPage(phones: try await service.phones(), language: language).html)
    }
  }

  private var html: String {
    let state = PageFrame.State.subject(language.say("Números", "Numbers"))
    let (odd, others) = (phones.filter { !$0.odd.isEmpty }, phones.filter(\.odd.isEmpty))
    return PageFrame(language: language, state: state, asOf: nil).page([
      section("odd", language.say("Con algo raro", "With something odd"), odd),
      section("others", language.say("En orden", "In order"), others),
    ])
  }

  private func section(_ id: String, _ title: String, _ phones: [ListedPhone]) -> HTML {
    let heading = "\(title): \(language.number(phones.count))"
    guard !phones.isEmpty else {
      return .section(id, heading, [.paragraph(language.say("Ninguno.", "None."), style: "quiet")])
    }
    let table = Table(
      caption: title,
      columns: [
        .text(language.say("Número", "Number")), .name("Workspace"),
        .aside(language.say("Primera llamada", "First call")),
        .text(language.say("Última llamada", "Last call")),
        .number(language.say("Llamadas, 30 días", "Calls, 30 days")),
        .number(language.say("Coste, 30 días", "Cost, 30 days")),
      ], rows: phones.prefix(Self.mostPhones).map(row), isStacked: true)
    let rest = phones.count > Self.mostPhones
    let more = language.say("El resto está en /api/phones.", "The rest is in /api/phones.")
    return .section(id, heading, [table.html] + (rest ? [.paragraph(more, style: "quiet")] : []))
  }

  /// More would be a page that nobody reads.
  private static let mostPhones = 500

  private func row(_ phone: ListedPhone) -> Table.Row {
    let workspace = phone.workspace.map { language.link(toCallsOf: $0, phone.workspaceName) }
    func time(_ moment: Timestamp?) -> HTML { .text(moment.map(language.time) ?? "–") }
    return Table.Row(
      [
        number(phone), workspace ?? .text("–"), time(phone.activity.firstCall),
        time(phone.activity.lastCall), .text(language.number(phone.activity.calls)),
        .text(phone.activity.cost.isEmpty ? "–" : phone.activity.cost.text),
      ], note: note(phone))
  }

  private func number(_ phone: ListedPhone) -> HTML {
    guard phone.activity.firstCall != nil else { return .element("bdi", text: phone.number) }
    var search = CallSearch()
    search.number = PhoneNumber(stored: phone.number)
    return language.link(phone.number, to: search)
  }

  private func note(_ phone: ListedPhone) -> HTML? {
    guard !phone.odd.isEmpty else { return nil }
    let words = phone.odd.map { $0.words(language.say) }.joined(separator: ", ")
    return .element("bdi", text: (["\(words)."] + phone.whatToDo(language.say)).joined(separator: " "))
  }
}
