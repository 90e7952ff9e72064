import CallDomain
package import SyncEngine

/// What operators read of a run, one event at a time: contract section 8.
package enum SpanishLines {
  /// The lines of one event, empty ones included. Warnings begin with `⚠️ `, errors with `❌ `.
  /// Phone numbers in sentences that came from elsewhere are masked.
  package static func lines(for event: SyncEvent) -> [String] {
    switch event {
    case .started(let kind): ["🔄 Iniciando \(task(kind))..."]
    case .period(let period): ["📅 Periodo: \(text(period))"]
    case .directoryLoaded(let numbers): ["📱 Mapa de \(numbers) números a workspaces cargado"]
    case .fetching(let kind): ["📞 \(fetching(kind))..."]
    case .fetched(let calls): ["  📞 \(calls) llamadas obtenidas"]
    case .processing(let calls, let outbound, let transfers): processing(calls, outbound, transfers)
    case .saving(let calls): ["", "💾 Insertando \(calls) llamadas..."]
    case .saved(let calls): ["  ✅ Guardadas \(calls) llamadas"]
    case .finished(let kind, let counts): finished(kind, counts)
    case .noCalls: ["✅ No hay llamadas nuevas"]
    case .failed(let kind, let failure): ["❌ " + failed(kind, failure)]
    case .interrupted(let kind): ["⚠️ " + interrupted(kind)]
    case .retrying(let attempt, let delay, let failure): ["⚠️ " + retrying(attempt, delay, failure)]
    case .unreadableRecords(let count): ["⚠️ " + unreadable(count)]
    case .clockOff(let seconds): ["⚠️ " + clockOff(seconds)]
    case .hole(let period): ["⚠️ " + hole(period)]
    case .sliceDone(let period, let calls): ["  📦 \(text(period)): \(calls) llamadas"]
    case .slicesPlanned, .sliceReplaced, .pageStored: []
    case .databaseAway(let delay, let failure): ["⚠️ " + databaseAway(delay, failure)]
    case .reattributed(let move, let calls, let dryRun): [reattributed(move, calls, dryRun)]
    case .retentionReached(let start): ["⚠️ " + retentionReached(start)]
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
    }
  }

  private static func reattributed(_ move: WorkspaceMove, _ calls: Int, _ dryRun: Bool) -> String {
    let from = move.from.map { "del workspace \($0.number)" } ?? "sin workspace"
    return "  🔀 \(calls) llamadas \(from) \(dryRun ? "irían" : "pasaron") al \(move.to.number)"
  }

  private static func task(_ kind: RunKind) -> String {
    switch kind {
    case .hourly: "sincronización horaria de Twilio"
    case .historical: "resincronización histórica de Twilio"
    case .reattribute: "reasignación de llamadas"
    }
  }

  private static func fetching(_ kind: RunKind) -> String {
    switch kind {
    case .hourly: "Obteniendo llamadas de la última hora"
    case .historical: "Obteniendo el histórico de llamadas"
    case .reattribute: "Leyendo las llamadas guardadas"
    }
  }

  private static func processing(_ calls: Int, _ outbound: Int, _ transfers: Int) -> [String] {
    [
      "", "📊 Procesando \(calls) llamadas...",
      "  📤 Caso 1&2 (outbound-api/trunking-terminating): \(outbound)",
      "  📥 Caso 3 (trunking-originating): \(transfers)",
    ]
  }

  private static func finished(_ kind: RunKind, _ counts: RunCounts) -> [String] {
    let lines = [
      "", "🎉 \(name(kind)) completada!",
      "📊 Total llamadas obtenidas: \(counts.totalCalls)",
      "  📤 Caso 1 (outbound-api): \(counts.case1Count)",
      "  📤 Caso 2 (trunking-terminating): \(counts.case2Count)",
      "  📥 Caso 3 (trunking-originating): \(counts.case3Count)",
      "💾 Total llamadas guardadas: \(counts.savedCalls)",
      "📱 Números de workspace creados: \(counts.createdPhones)",
    ]
    return kind == .reattribute ? lines + ["🔀 Llamadas reasignadas: \(counts.reattributedCalls)"] : lines
  }

  /// `start - end`, as section 8 writes a period.
  static func text(_ period: Period) -> String {
    "\(period.start.iso8601) - \(period.end.iso8601)"
  }
}
