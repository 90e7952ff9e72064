import CallDomain
package import SyncEngine

/// What operators read of a run, one event at a time: Reference.md, "Log".
package enum SpanishLines {
  /// The lines of one event, empty ones included. Warnings begin with `⚠️ `, errors with `❌ `.
  ///
  /// - Parameter isRehearsal: Whether its run changes nothing.
  package static func lines(for event: SyncEvent, isRehearsal: Bool = false) -> [String] {
    switch event {
    case .started(let kind):
      ["🔄 Iniciando \(task(kind))\(isRehearsal ? " (ensayo: nada cambiará)" : "")..."]
    case .period(let period): ["📅 Periodo: \(text(period))"]
    case .directoryLoaded(numbers: 0):
      [
        "⚠️ No hay números en workspace_phones: toda llamada irá al workspace por defecto. Asigne los "
          + "suyos con «twilio-sync phones assign NÚMERO WORKSPACE»."
      ]
    case .directoryLoaded(let numbers): ["📱 Mapa de \(numbers) números a workspaces cargado"]
    case .fetching(let kind): ["📞 \(fetching(kind))..."]
    case .fetched(let calls): ["  📞 \(calls) llamadas obtenidas"]
    case .processing(let calls, let outbound, let transfers): processing(calls, outbound, transfers)
    case .saving(let calls): ["", "💾 Insertando \(calls) llamadas..."]
    case .saved(let calls): ["  ✅ Guardadas \(calls) llamadas"]
    case .finished(let kind, let counts): finished(kind, counts, isRehearsal)
    case .noCalls: ["✅ No hay llamadas nuevas"]
    case .failed(let kind, let failure): ["❌ " + rehearsed(isRehearsal) + failed(kind, failure)]
    case .interrupted(let kind): ["⚠️ " + rehearsed(isRehearsal) + interrupted(kind)]
    case .retrying(let attempt, let delay, let failure): ["⚠️ " + retrying(attempt, delay, failure)]
    case .refused(let call): ["⚠️ " + refused(call)]
    case .kept(let calls): ["⚠️ " + kept(calls)]
    case .phoneRefused(let number, let reason): ["⚠️ " + phoneRefused(number, reason)]
    case .notTaken(let calls): ["⚠️ " + notTaken(calls)]
    case .callNotGiven(let sid, let failure): ["⚠️ " + callNotGiven(sid, failure)]
    case .callNotCompared(let sid, let failure): ["⚠️ " + callNotCompared(sid, failure)]
    case .listNotGiven(let failure): ["⚠️ " + listNotGiven(failure)]
    case .coverageAhead(let moment): ["⚠️ " + coverageAhead(moment)]
    case .unreadableRecords(let count): ["⚠️ " + unreadable(count)]
    case .clockOff(let seconds): ["⚠️ " + clockOff(seconds)]
    case .gap(let period): ["⚠️ " + gap(period)]
    case .sliceDone(let period, let calls): ["  📦 \(text(period)): \(calls) llamadas"]
    case .slicesPlanned, .sliceReplaced, .pageStored: []
    case .databaseAway(let delay, let failure): ["⚠️ " + databaseAway(delay, failure)]
    case .assigned(let number, let workspace, let created):
      ["📱 El número \(number.canonical) es ahora del workspace \(workspace.number)"]
        + (created > 0
          ? ["  📱 No estaba en workspace_phones: si no es un número nuevo, compruebe que está bien escrito"]
          : [])
    case .wouldBeRefused(let failure): ["⚠️ De verdad se rechazaría: \(failure.message)"]
    case .moving(let calls): ["  🔀 Llamadas reasignadas hasta ahora: \(calls)"]
    case .moved(let sum): ["  🔀 " + moved(sum, isRehearsal)]
    case .movedOtherwise(let sums, let calls): ["  🔀 … y \(sums) más, llamadas: \(calls)"]
    case .retentionReached(let start): ["⚠️ " + retentionReached(start)]
    case .lost(let period): ["⚠️ " + lost(period)]
    case .dayAudited(let day): audited(day)
    case .auditDiffers(let whatToDo): ["⚠️ Lo guardado difiere de Twilio. \(whatToDo)"]
    case .goneNoted(let calls):
      ["⚠️ Llamadas que Twilio ya no conoce, anotadas en calls.gone_at: \(calls); siguen guardadas"]
    case .goneNotNoted(let calls, let failure): ["⚠️ " + goneNotNoted(calls, failure)]
    case .resuming(let done, let slices, _):
      ["🔁 Se reanuda donde se quedó: \(done) de \(slices) tramos hechos"]
    }
  }

  /// `Sincronización horaria`: what a run of the kind is called. Feminine, as its participles are.
  static func name(_ kind: RunKind) -> String {
    switch kind {
    case .hourly: "Sincronización horaria"
    case .historical: "Resincronización histórica"
    case .reattribute: "Reasignación de llamadas"
    case .assign: "Asignación de número"
    case .audit: "Auditoría"
    }
  }

  /// `Ensayo: ` in front of what is said of a rehearsal.
  private static func rehearsed(_ isRehearsal: Bool) -> String { isRehearsal ? "Ensayo: " : "" }

  private static func moved(_ sum: MoveSum, _ isRehearsal: Bool) -> String {
    let (from, cost) = (sum.from.map { "del workspace \($0.number)" }, sum.cost.text)
    return "\(isRehearsal ? "Se reasignarían" : "Reasignadas") \(from ?? "de ningún workspace") al "
      + "\(sum.to.number), \(sum.month ?? "sin fecha"), \(sum.number?.masked ?? "sin número"): llamadas "
      + "\(sum.calls), minutos \(sum.minutes)" + (cost.isEmpty ? "" : ", coste \(cost)")
  }

  private static func task(_ kind: RunKind) -> String {
    switch kind {
    case .hourly: "sincronización horaria de Twilio"
    case .historical: "resincronización histórica de Twilio"
    case .reattribute: "reasignación de llamadas"
    case .assign: "asignación de número"
    case .audit: "auditoría de lo guardado"
    }
  }

  private static func fetching(_ kind: RunKind) -> String {
    switch kind {
    case .hourly: "Obteniendo llamadas de la última hora"
    case .historical: "Obteniendo el histórico de llamadas"
    case .reattribute: "Leyendo las llamadas guardadas"
    case .assign: "Leyendo las llamadas que decide el número"
    case .audit: "Comparando lo guardado con Twilio"
    }
  }

  private static func processing(_ calls: Int, _ outbound: Int, _ transfers: Int) -> [String] {
    [
      "", "📊 Procesando \(calls) llamadas...",
      "  📤 Caso 1&2 (outbound-api/trunking-terminating): \(outbound)",
      "  📥 Caso 3 (trunking-originating): \(transfers)",
    ]
  }

  private static func finished(_ kind: RunKind, _ counts: RunCounts, _ isRehearsal: Bool) -> [String] {
    let lines = [
      "", "🎉 \(rehearsed(isRehearsal))\(name(kind)) completada!",
      "📊 Total llamadas obtenidas: \(counts.totalCalls)",
      "  📤 Caso 1 (outbound-api): \(counts.case1Count)",
      "  📤 Caso 2 (trunking-terminating): \(counts.case2Count)",
      "  📥 Caso 3 (trunking-originating): \(counts.case3Count)",
      "💾 Total llamadas guardadas: \(counts.savedCalls)",
      "📱 Números de workspace creados: \(counts.createdPhones)",
    ]
    let moved = isRehearsal ? "Llamadas que se reasignarían" : "Llamadas reasignadas"
    let last = ["🔀 \(moved): \(counts.reattributedCalls)"]
    return switch kind {
    case .assign: lines.prefix(2) + last
    case .audit: Array(lines.prefix(3))
    case .reattribute: lines + last
    case .hourly, .historical: counts.reattributedCalls > 0 ? lines + last : lines
    }
  }

  /// `start - end`, as section 8 writes a period.
  static func text(_ period: Period) -> String {
    "\(period.start.iso8601) - \(period.end.iso8601)"
  }
}

extension SpanishLines {
  static func failed(_ kind: RunKind, _ failure: RunFailure) -> String {
    "\(name(kind)) fallida: \(failure.message)"
  }

  static func interrupted(_ kind: RunKind) -> String {
    let next =
      switch kind {
      case .hourly: "la próxima recupera lo que falta"
      case .historical:
        "para continuar donde se quedó, ejecute «historical» con las mismas fechas y sin --restart"
      case .reattribute, .assign: "puede repetirse sin riesgo"
      case .audit: "la próxima del mismo periodo continúa donde se quedó"
      }
    return "\(name(kind)) interrumpida: \(next)"
  }

  static func retrying(_ attempt: Int, _ delay: Int64, _ failure: RunFailure) -> String {
    let request = failure.twilioRequestID.map { " (Twilio-Request-Id: \($0))" } ?? ""
    // A whole sentence gives its full stop away.
    let reason = failure.message.hasSuffix(".") ? String(failure.message.dropLast()) : failure.message
    return "\(reason)\(request); reintento \(attempt) en \(seconds(delay)) s"
  }

  static func refused(_ call: RefusedCall) -> String {
    "La base de datos rechaza la llamada \(call.sid.text) (\(call.reason)); queda aparte en refused_calls y se "
      + "vuelve a probar. Corrija la tabla y ejecute «twilio-sync hourly»"
  }

  static func kept(_ calls: KeptCalls) -> String {
    let sid = calls.sids.min().map { "; la primera, \($0.text)" } ?? ""
    return
      "La base de datos no deja cambiar llamadas guardadas (\(calls.reason)): \(calls.sids.count)\(sid). Quedan como "
      + "estaban, en su workspace. Corrija la tabla y ejecute «twilio-sync reattribute»"
  }

  static func phoneRefused(_ number: PhoneNumber, _ reason: String) -> String {
    "workspace_phones no admite el número \(number.masked) (\(reason)): sus llamadas se guardan en el workspace "
      + "por defecto. Corrija la tabla o añada el número"
  }

  static func notTaken(_ calls: Int) -> String {
    let taken = calls == 1 ? "1 llamada no quedó guardada" : "\(calls) llamadas no quedaron guardadas"
    return "\(taken) aunque la base de datos no dio ningún error: revise los disparadores (triggers) de calls"
  }

  static func callNotGiven(_ sid: CallSID, _ failure: RunFailure) -> String {
    "Twilio no da la llamada \(sid.text), que se vuelve a pedir más tarde: \(failure.message)"
  }

  static func callNotCompared(_ sid: CallSID, _ failure: RunFailure) -> String {
    "Twilio no da la llamada \(sid.text), que la auditoría cuenta como parece: \(failure.message)"
  }

  static func listNotGiven(_ failure: RunFailure) -> String {
    "Twilio no da la lista de las llamadas sin estado final o sin precio, que se piden una a una: \(failure.message)"
  }

  static func coverageAhead(_ moment: Timestamp) -> String {
    "sync_state.covered_until está en el futuro (\(moment.iso8601)) y no se cree: se lee desde la última llamada "
      + "guardada. Compruebe los relojes (NTP) y quién escribe en esa tabla"
  }

  static func unreadable(_ count: Int) -> String {
    count == 1
      ? "1 registro de Twilio no tiene un SID válido y no se puede guardar"
      : "\(count) registros de Twilio no tienen un SID válido y no se pueden guardar"
  }

  static func clockOff(_ seconds: Int) -> String {
    let side = seconds < 0 ? "atrasado" : "adelantado"
    return "El reloj de este equipo va \(seconds.magnitude) s \(side) respecto al de Twilio: "
      + "sincronícelo (NTP)"
  }

  static func databaseAway(_ delay: Int64, _ failure: RunFailure) -> String {
    "\(failure.message) Nuevo intento en \(seconds(delay)) s"
  }

  /// A line of a day, and the first calls that differ.
  static func audited(_ day: AuditDay) -> [String] {
    guard day.isKept else { return ["  ⏳ \(day.day.isoDate): Twilio ya no conserva ese día"] }
    let figures = [
      ("faltan", day.missing), ("distintas", day.different), ("mal asignadas", day.misattributed),
      ("borradas en Twilio", day.gone), ("rechazadas", day.refusedCalls),
    ].filter { $0.1 > 0 }.map { ", \($0.0) \($0.1)" }.joined()
    let mark = day.differences > 0 ? "⚠️ " : "  "
    let verdict = mark + (day.differences > 0 ? "" : "✅ ") + day.day.isoDate
    let shown = day.examples.prefix(10).map { "\(mark)  \($0.sid): \(word($0))" }
    let rest =
      day.examples.count > shown.count ? ["\(mark)  … y más, con --json y en la página de la ejecución"] : []
    let result = day.differences > 0 ? "difiere" : "coincide"
    return [
      "\(verdict): \(result) (llamadas: Twilio \(day.twilioCalls), guardadas \(day.storedCalls)\(figures))"
    ]
      + shown + rest
  }

  static func goneNotNoted(_ calls: Int?, _ failure: RunFailure) -> String {
    let left = calls.map { ": \($0)" } ?? ""
    return
      "Llamadas que Twilio ya no conoce, sin anotar en calls.gone_at\(left); la próxima ejecución horaria lo "
      + "vuelve a intentar. \(failure.message)"
  }

  private static func word(_ example: AuditDifference) -> String {
    switch example.kind {
    case .missing: "falta"
    case .gone: "Twilio ya no la conoce"
    case .different: "distinta (\(example.field ?? ""))"
    case .misattributed: "mal asignada (\(example.field ?? ""))"
    }
  }

  static func gap(_ period: Period) -> String {
    "Queda sin sincronizar \(text(period)); para recuperarlo: \(period.historicalCommand)"
  }

  static func retentionReached(_ start: Timestamp) -> String {
    "Twilio ya no conserva llamadas anteriores: el histórico empieza el \(start.iso8601)"
  }

  static func lost(_ period: Period) -> String {
    "Twilio ya no conserva \(text(period)) y ninguna ejecución lo leyó: esas llamadas están perdidas"
  }

  /// Milliseconds as seconds with one decimal, rounded: `1,5`.
  private static func seconds(_ milliseconds: Int64) -> String {
    let tenths = max(0, milliseconds).addingClamped(50) / 100
    return "\(tenths / 10),\(tenths % 10)"
  }
}
