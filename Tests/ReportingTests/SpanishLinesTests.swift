import CallDomain
import Reporting
import SyncEngine
import Telemetry
import TestSupport
import Testing

struct SpanishLinesTests {
  @Test("The hourly run of the 87 calls reads as promised, byte for byte")
  func example() throws {
    let text = try makeHourlyEvents().flatMap { SpanishLines.lines(for: $0) }.joined(separator: "\n")
    let expected = """
      🔄 Iniciando sincronización horaria de Twilio...
      📅 Periodo: 2025-10-05T18:45:00.000Z - 2025-10-05T20:00:00.000Z
      📱 Mapa de 17 números a workspaces cargado
      📞 Obteniendo llamadas de la última hora...
        📞 87 llamadas obtenidas

      📊 Procesando 87 llamadas...
        📤 Caso 1&2 (outbound-api/trunking-terminating): 77
        📥 Caso 3 (trunking-originating): 10

      💾 Insertando 87 llamadas...
        ✅ Guardadas 87 llamadas

      🎉 Sincronización horaria completada!
      📊 Total llamadas obtenidas: 87
        📤 Caso 1 (outbound-api): 62
        📤 Caso 2 (trunking-terminating): 15
        📥 Caso 3 (trunking-originating): 10
      💾 Total llamadas guardadas: 87
      📱 Números de workspace creados: 0
      """
    #expect(Array(text.utf8) == Array(expected.utf8))
  }

  @Test("A historical run begins and ends in the same style")
  func historical() {
    #expect(
      SpanishLines.lines(for: .started(.historical)) == [
        "🔄 Iniciando resincronización histórica de Twilio..."
      ])
    #expect(SpanishLines.lines(for: .fetching(.historical)) == ["📞 Obteniendo el histórico de llamadas..."])
    #expect(
      SpanishLines.lines(for: .finished(.historical, makeCounts())).prefix(3) == [
        "", "🎉 Resincronización histórica completada!", "📊 Total llamadas obtenidas: 87",
      ])
  }

  @Test("A reattribution tells how many calls changed hands")
  func reattribute() {
    var counts = RunCounts()
    counts.reattributedCalls = 7
    #expect(SpanishLines.lines(for: .started(.reattribute)) == ["🔄 Iniciando reasignación de llamadas..."])
    let lines = SpanishLines.lines(for: .finished(.reattribute, counts))
    #expect(lines[1] == "🎉 Reasignación de llamadas completada!")
    #expect(lines.last == "🔀 Llamadas reasignadas: 7")
  }

  @Test("Moves are told by month, number and workspaces, with what they cost in each currency")
  func moves() {
    #expect(
      SpanishLines.lines(for: .moved(makeSum())) == [
        "  🔀 Reasignadas del workspace 1 al 4, 2026-03, …004: llamadas 12, minutos 34, coste 0.90000 EUR + 1.25 USD"
      ])
    var sum = makeSum(from: nil)
    sum.month = nil
    sum.number = nil
    sum.cost = []
    #expect(
      SpanishLines.lines(for: .moved(sum)) == [
        "  🔀 Reasignadas de ningún workspace al 4, sin fecha, sin número: llamadas 12, minutos 34"
      ])
    #expect(SpanishLines.lines(for: .movedOtherwise(sums: 3, calls: 9)) == ["  🔀 … y 3 más, llamadas: 9"])
    #expect(SpanishLines.lines(for: .moving(calls: 64)) == ["  🔀 Llamadas reasignadas hasta ahora: 64"])
    var counts = makeCounts()
    counts.reattributedCalls = 2
    #expect(
      SpanishLines.lines(for: .finished(.historical, counts)).last == "🔀 Llamadas reasignadas: 2")
  }

  @Test("What a rehearsal says is what would be")
  func rehearsal() throws {
    func lines(_ event: SyncEvent) -> [String] { SpanishLines.lines(for: event, isRehearsal: true) }
    var counts = RunCounts()
    counts.reattributedCalls = 7
    #expect(
      lines(.started(.reattribute)) == ["🔄 Iniciando reasignación de llamadas (ensayo: nada cambiará)..."])
    #expect(lines(.moved(makeSum())).first?.hasPrefix("  🔀 Se reasignarían del workspace 1 al 4, ") == true)
    #expect(lines(.finished(.reattribute, counts))[1] == "🎉 Ensayo: Reasignación de llamadas completada!")
    #expect(lines(.finished(.reattribute, counts)).last == "🔀 Llamadas que se reasignarían: 7")
    #expect(lines(.interrupted(.reattribute)).first?.hasPrefix("⚠️ Ensayo: ") == true)
    let failure = RunFailure(.internal, "No.")
    #expect(lines(.failed(.reattribute, failure)) == ["❌ Ensayo: Reasignación de llamadas fallida: No."])
  }

  @Test(
    "Warnings are one line each and say what to do",
    arguments: [
      (
        SyncEvent.retrying(
          attempt: 2, delay: 1460,
          RunFailure(.twilio(.transient), "Twilio respondió 429.", twilioRequestID: "RQ1")),
        "⚠️ Twilio respondió 429 (Twilio-Request-Id: RQ1); reintento 2 en 1,5 s"
      ),
      (
        .retrying(attempt: 1, delay: 0, RunFailure(.twilio(.transient), "Twilio rechazó la llamada")),
        "⚠️ Twilio rechazó la llamada; reintento 1 en 0,0 s"
      ),
      (.unreadableRecords(1), "⚠️ 1 registro de Twilio no tiene un SID válido y no se puede guardar"),
      (.unreadableRecords(3), "⚠️ 3 registros de Twilio no tienen un SID válido y no se pueden guardar"),
      (
        .clockOff(seconds: 75),
        "⚠️ El reloj de este equipo va 75 s adelantado respecto al de Twilio: sincronícelo (NTP)"
      ),
      (
        .clockOff(seconds: -75),
        "⚠️ El reloj de este equipo va 75 s atrasado respecto al de Twilio: sincronícelo (NTP)"
      ),
      (
        .retentionReached(start: Timestamp(milliseconds: 0)),
        "⚠️ Twilio ya no conserva llamadas anteriores: el histórico empieza el 1970-01-01T00:00:00.000Z"
      ),
      (
        .directoryLoaded(numbers: 0),
        "⚠️ No hay números en workspace_phones: toda llamada irá al workspace por defecto. Asigne los "
          + "suyos con «twilio-sync phones assign NÚMERO WORKSPACE»."
      ),
      (.interrupted(.hourly), "⚠️ Sincronización horaria interrumpida: la próxima recupera lo que falta"),
      (
        .interrupted(.historical),
        "⚠️ Resincronización histórica interrumpida: para continuar donde se quedó, ejecute «historical» con las mismas fechas y sin --restart"
      ),
    ])
  func warnings(event: SyncEvent, expected: String) {
    #expect(SpanishLines.lines(for: event) == [expected])
  }

  /// What the database or Twilio does not take or give.
  private static let refusals: [(SyncEvent, String)] = [
    (
      .directoryLoaded(numbers: 0),
      "⚠️ No hay números en workspace_phones: toda llamada irá al workspace por defecto. Asigne los suyos con «twilio-sync phones assign NÚMERO WORKSPACE»."
    ),
    (
      .notTaken(calls: 1),
      "⚠️ 1 llamada no quedó guardada aunque la base de datos no dio ningún error: revise los disparadores (triggers) de calls"
    ),
    (
      .notTaken(calls: 2),
      "⚠️ 2 llamadas no quedaron guardadas aunque la base de datos no dio ningún error: revise los disparadores (triggers) de calls"
    ),
    (
      .refused(
        RefusedCall(
          sid: makeSID(1), attributionCase: .outboundAPI,
          reason: "valor no permitido, SQLSTATE 23514, brief")),
      "⚠️ La base de datos rechaza la llamada \(makeSID(1).text) (valor no permitido, SQLSTATE 23514, brief); queda aparte en refused_calls y se vuelve a probar. Corrija la tabla y ejecute «twilio-sync hourly»"
    ),
    (
      .goneNotNoted(calls: 3, RunFailure(.database(.refused), "La base de datos no deja cambiar sus filas.")),
      "⚠️ Llamadas que Twilio ya no conoce, sin anotar en calls.gone_at: 3; la próxima ejecución horaria lo vuelve a intentar. La base de datos no deja cambiar sus filas."
    ),
    (
      .kept(KeptCalls(sids: [makeSID(2), makeSID(1)], reason: "SQLSTATE P0001")),
      "⚠️ La base de datos no deja cambiar llamadas guardadas (SQLSTATE P0001): 2; la primera, \(makeSID(1).text). Quedan como estaban, en su workspace. Corrija la tabla y ejecute «twilio-sync reattribute»"
    ),
    (
      .phoneRefused(
        makeNumber("+34910000077"), reason: "falta un valor obligatorio, SQLSTATE 23502, label"),
      "⚠️ workspace_phones no admite el número …077 (falta un valor obligatorio, SQLSTATE 23502, label): sus llamadas se guardan en el workspace por defecto. Corrija la tabla o añada el número"
    ),
    (
      .callNotGiven(
        makeSID(1),
        RunFailure(
          .twilio(.transient), "Twilio tiene un fallo interno (HTTP 500).", "Si se repite, pregunte.")
      ),
      "⚠️ Twilio no da la llamada \(makeSID(1).text), que se vuelve a pedir más tarde: Twilio tiene un fallo interno (HTTP 500). Si se repite, pregunte."
    ),
    (
      .callNotCompared(
        makeSID(1), RunFailure(.twilio(.transient), "Twilio tiene un fallo interno (HTTP 500).")),
      "⚠️ Twilio no da la llamada \(makeSID(1).text), que la auditoría cuenta como parece: Twilio tiene un fallo interno (HTTP 500)."
    ),
    (
      .listNotGiven(
        RunFailure(.twilio(.retention), "Twilio ya no guarda llamadas tan antiguas.", "Empiece más tarde.")),
      "⚠️ Twilio no da la lista de las llamadas sin estado final o sin precio, que se piden una a una: Twilio ya no guarda llamadas tan antiguas. Empiece más tarde."
    ),
  ]

  @Test("A mark in the future is told with what is read instead and what to look at")
  func coverageAhead() {
    #expect(
      SpanishLines.lines(for: .coverageAhead(makeTime("2027-01-01T00:00:00Z"))) == [
        "⚠️ sync_state.covered_until está en el futuro (2027-01-01T00:00:00.000Z) y no se cree: se lee desde la "
          + "última llamada guardada. Compruebe los relojes (NTP) y quién escribe en esa tabla"
      ])
  }

  @Test("What the database or Twilio does not take or give is one line with the reason", arguments: refusals)
  func refused(event: SyncEvent, expected: String) {
    #expect(SpanishLines.lines(for: event) == [expected])
  }

  @Test("A hole is shown with the command that fills it")
  func gap() throws {
    #expect(
      SpanishLines.lines(for: .gap(try makePeriod())) == [
        "⚠️ Queda sin sincronizar 2025-10-05T18:45:00.000Z - 2025-10-05T20:00:00.000Z; para recuperarlo: "
          + "twilio-sync historical --since 2025-10-05T18:45:00.000Z --until 2025-10-05T20:00:00.000Z"
      ])
  }

  @Test("A failure begins with what failed")
  func failure() {
    let failure = RunFailure(.twilio(.permanent), "Twilio rechazó la llamada (RQ12).")
    #expect(
      SpanishLines.lines(for: .failed(.hourly, failure)) == [
        "❌ Sincronización horaria fallida: Twilio rechazó la llamada (RQ12)."
      ])
  }

  @Test("Slices, a resumption and an empty period have a line each")
  func smallEvents() throws {
    #expect(SpanishLines.lines(for: .noCalls) == ["✅ No hay llamadas nuevas"])
    #expect(
      SpanishLines.lines(for: .resuming(slicesDone: 12, slices: 40, share: 0.5)) == [
        "🔁 Se reanuda donde se quedó: 12 de 40 tramos hechos"
      ])
    #expect(
      SpanishLines.lines(for: .sliceDone(try makePeriod(), calls: 9)) == [
        "  📦 2025-10-05T18:45:00.000Z - 2025-10-05T20:00:00.000Z: 9 llamadas"
      ])
  }

  @Test("No line ever holds a line feed, and only warnings and errors carry their mark")
  func everyEvent() throws {
    for event in try makeEveryEvent() {
      let lines = SpanishLines.lines(for: event)
      #expect(!lines.isEmpty)
      #expect(lines.allSatisfy { !$0.contains("\n") })
      let mark =
        switch JSONEvents.level(of: event) {
        case .warning: "⚠️ "
        case .error: "❌ "
        case .debug, .info: ""
        }
      #expect(lines.allSatisfy { $0.hasPrefix(mark) })
      #expect(mark != "" || lines.allSatisfy { !$0.hasPrefix("⚠️") && !$0.hasPrefix("❌") })
    }
  }
}
