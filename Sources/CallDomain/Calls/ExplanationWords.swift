/// One of two wordings of the same, by the reader's language.
package typealias Wording = (_ spanish: String, _ english: String) -> String

/// What an explanation says to people: here one corrects a sentence.
extension Explanation {
  /// - Parameters:
  ///   - say: Chooses the language; Spanish unless a page is in another.
  ///   - isolate: Given what others wrote before it comes into a sentence.
  /// - Returns: The sentences that explain, and what to do; nil where there is nothing to do.
  package func words(
    _ say: @escaping Wording = { spanish, _ in spanish },
    isolating isolate: @escaping (String) -> String = { $0 }
  ) -> (text: [String], whatToDo: String?) {
    let words = ExplanationWords(explanation: self, say: say, isolate: isolate)
    return (words.text, words.whatToDo)
  }
}

private struct ExplanationWords {
  let explanation: Explanation
  let say: Wording
  let isolate: (String) -> String

  private var call: Call { explanation.facts.stored.call }
  private var number: String { explanation.decided?.decidingNumber?.canonical ?? "" }
  private var shownNumber: String { isolate(number) }

  var text: [String] {
    [opening] + candidates + directory + [result, stored].compactMap(\.self)
  }

  // MARK: What decides

  private var opening: String {
    guard explanation.ground != .notTakenIn else {
      return say(
        "La escribió un programa anterior y todavía no se ha incorporado: conserva el workspace que le dio.",
        "An older program wrote it, and it has not been taken in yet: it keeps the workspace that it was given."
      )
    }
    switch call.attributionCase {
    case .outboundAPI, .trunkingTerminating:
      let direction = call.direction?.text ?? ""
      let caller = from ?? say("que falta", "which is missing")
      return say(
        "Caso \(caseNumber) (\(direction)): decide el número que llama, \(caller).",
        "Case \(caseNumber) (\(direction)): the calling number, \(caller), decides.")
    case .transfer:
      let caller = from ?? say("cuyo número falta", "whose number is missing")
      let noTime =
        call.timeSource == nil
        ? say(
          " Esta no tiene ninguna hora, y cuenta como anterior a todas.",
          " This one has no time at all, and counts as before all others.") : ""
      return say(
        "Caso 3 (trunking-originating): llama el lead, \(caller), y decide la llamada de los casos 1 y 2 "
          + "a ese número más cercana en el tiempo; a qué número llamó el lead no cuenta.\(noTime)",
        "Case 3 (trunking-originating): the lead, \(caller), calls, and the call of cases 1 and 2 to that "
          + "number that is nearest in time decides; which number the lead called does not count.\(noTime)")
    case nil:
      guard let direction = call.direction?.text, !direction.isEmpty else {
        return say(
          "La llamada no tiene dirección y no es de ningún caso: conserva el workspace que tenía.",
          "The call has no direction and is of no case: it keeps the workspace that it had.")
      }
      let quoted = quoted(direction)
      return say(
        "La dirección \(quoted) no es de ningún caso: la llamada conserva el workspace que tenía.",
        "The direction \(quoted) is of no case: the call keeps the workspace that it had.")
    }
  }

  /// The caller as Twilio wrote it; nil where it wrote none.
  private var from: String? {
    call.from.flatMap { $0.isEmpty ? nil : quoted($0) }
  }

  /// What others wrote, in quotation marks.
  private func quoted(_ text: String) -> String {
    let text = isolate(text)
    return say("«\(text)»", "“\(text)”")
  }

  private var caseNumber: Int { call.attributionCase?.number ?? 0 }

  private var candidates: [String] {
    guard let first = explanation.candidates.first else { return [] }
    let winner = first.candidate.call
    var sentences = [
      say(
        "Decide \(winner.sid.text), que \(event(first)) el \(time(winner.time)), \(away(first)), desde "
          + "\(isolate(winner.ownNumber.canonical)).",
        "\(winner.sid.text) decides: it \(event(first)) at \(time(winner.time)), \(away(first)), from "
          + "\(isolate(winner.ownNumber.canonical)).")
    ]
    if let second = explanation.candidates.dropFirst().first {
      sentences.append(runnerUp(second, against: first))
    }
    return sentences
  }

  private func runnerUp(_ second: Explanation.Candidate, against first: Explanation.Candidate) -> String {
    let sid = second.candidate.call.sid.text
    switch first.reason {
    case .notLater:
      return say(
        "La segunda, \(sid), está a la misma distancia pero es posterior.",
        "The second, \(sid), is as near but later.")
    case .smallerSID:
      return say(
        "La segunda, \(sid), está a la misma distancia y en el mismo lado: gana el SID menor.",
        "The second, \(sid), is as near and on the same side: the smaller SID wins.")
    case .only, .nearest, .farther, .later, .largerSID:
      return say("La segunda, \(sid), está \(away(second)).", "The second, \(sid), is \(away(second)).")
    }
  }

  private func event(_ candidate: Explanation.Candidate) -> String {
    switch candidate.candidate.timeSource {
    case .end: say("acabó", "ended")
    case .start: say("empezó (su fin no se conoce)", "began (its end is not known)")
    case .creation:
      say("se creó (no se conoce ni su inicio ni su fin)", "was created (no start or end is known)")
    case nil: say("no tiene ninguna hora y cuenta como acabada", "has no time at all and counts as ended")
    }
  }

  private func away(_ candidate: Explanation.Candidate) -> String {
    let distance = candidate.distance
    if candidate.offset == 0 { return say("a la vez que esta", "at the same time as this one") }
    return candidate.offset < 0
      ? say("\(distance) antes que esta", "\(distance) before this one")
      : say("\(distance) después que esta", "\(distance) after this one")
  }

  // MARK: The directory

  private var directory: [String] {
    switch explanation.ground {
    case .noCase, .notTakenIn: return []
    case .ownNumberWithheld:
      return [
        say(
          "Ese número está oculto o falta, y nada más dice de quién es.",
          "That number is withheld or missing, and nothing else says whose it is.")
      ]
    case .leadWithheld:
      return [
        say(
          "El número del lead está oculto o falta: ninguna llamada a él se puede encontrar.",
          "The lead's number is withheld or missing: no call to it can be found.")
      ]
    case .noCandidate:
      return [
        say(
          "No hay guardada ninguna llamada de los casos 1 y 2 a ese número; las de origen oculto no cuentan.",
          "No call of cases 1 and 2 to that number is stored; those of a withheld caller do not count.")
      ]
    case .listed: return [winningRow].compactMap(\.self) + alike + inWorkspacesAlone
    case .notListed:
      return [
        say("\(shownNumber) no está en workspace_phones.", "\(shownNumber) is not in workspace_phones.")
      ] + alike + inWorkspacesAlone
    case .listedWithoutWorkspace:
      return [
        say(
          "\(shownNumber) está en workspace_phones, pero sin workspace, y así no cuenta.",
          "\(shownNumber) is in workspace_phones, but without a workspace, and does not count so.")
      ] + alike + inWorkspacesAlone
    }
  }

  private var winningRow: String? {
    guard let first = explanation.rows.first else { return nil }
    let row = first.row
    let written =
      row.number == number ? "" : say(", escrito \(quoted(row.number))", ", written \(quoted(row.number))")
    let place = say(
      "\(shownNumber) está en workspace_phones (fila \(row.id)\(written)) en \(name(row.workspace))",
      "\(shownNumber) is in workspace_phones (row \(row.id)\(written)), of \(name(row.workspace))")
    switch first.reason {
    case .primary:
      return place
        + say("; de sus filas cuenta esta, la principal.", "; of its rows this one counts, the primary one.")
    case .notDefault:
      return place
        + say(
          "; de sus filas cuenta esta, que no es del workspace por defecto.",
          "; of its rows this one counts, which is not of the default workspace.")
    case .lowestID:
      return place
        + say(
          "; de sus filas cuenta esta, la del id menor.", "; of its rows this one counts, with the lowest id."
        )
    case .only, .notPrimary, .isDefault, .higherID, .noWorkspace, .otherSpelling: return place + "."
    }
  }

  private var alike: [String] {
    explanation.rows.filter { $0.reason == .otherSpelling }.map { ranked in
      let row = ranked.row
      return say(
        "La fila \(row.id), de \(name(row.workspace)), está escrita \(quoted(row.number)): no es el mismo número y no "
          + "cuenta.",
        "Row \(row.id), of \(name(row.workspace)), is written \(quoted(row.number)): that is not the same number and "
          + "does not count.")
    }
  }

  private var inWorkspacesAlone: [String] {
    explanation.workspacesAlone.map { id in
      say(
        "Está en la tabla workspaces, en \(name(id)), pero esa no decide nada.",
        "It is in the table workspaces, in \(name(id)), but that decides nothing.")
    }
  }

  // MARK: What follows

  private var result: String? {
    guard let decided = explanation.decided else { return nil }
    switch explanation.ground {
    case .listed, .noCase, .notTakenIn: return nil
    case .notListed, .listedWithoutWorkspace, .ownNumberWithheld, .leadWithheld, .noCandidate:
      return say(
        "Por eso le toca el workspace por defecto, \(name(decided.workspace)).",
        "So it belongs to the default workspace, \(name(decided.workspace)).")
    }
  }

  private var stored: String? {
    let stored = explanation.facts.stored
    guard let difference = explanation.difference, let decided = explanation.decided else {
      guard explanation.decided == nil else {
        return say("Lo guardado dice lo mismo.", "What is stored says the same.")
      }
      return stored.workspace.map { say("Está guardada en \(name($0)).", "It is stored in \(name($0)).") }
        ?? say("Está guardada sin workspace.", "It is stored without a workspace.")
    }
    let by = by(stored.phoneNumber)
    let was =
      stored.workspace.map { say("está en \(name($0))\(by)", "is in \(name($0))\(by)") }
      ?? say("no está en ningún workspace", "is in no workspace")
    let now = self.by(decided.decidingNumber)
    let cause = cause(of: difference, stored, decided).map { "; \($0)" } ?? ""
    return say(
      "Lo guardado no coincide: \(was) y ahora le toca \(name(decided.workspace))\(now)\(cause).",
      "What is stored differs: it \(was) and belongs to \(name(decided.workspace))\(now) now\(cause).")
  }

  private func by(_ number: PhoneNumber?) -> String {
    number.map { isolate($0.canonical) }.map { say(" por \($0)", " by \($0)") } ?? ""
  }

  /// What differs, in a few words; nil where the rest of the sentence says it.
  private func cause(
    of difference: Explanation.Difference, _ stored: StoredCall, _ decided: Attribution
  ) -> String? {
    switch (difference, stored.phoneNumber, decided.decidingNumber) {
    case (.number, _, nil): say("ya no decide ningún número", "no number decides any more")
    case (.number, nil, _): say("antes no decidía ningún número", "no number decided before")
    case (.number, _, _): say("su número es otro", "its number is another")
    // Somebody took it out, or DEFAULT_WORKSPACE_ID is another.
    case (.directory, _, _) where explanation.ground != .listed:
      say("el directorio no da workspace a ese número", "the directory gives that number no workspace")
    case (.directory, _, _):
      say("el directorio dice ahora otra cosa", "the directory says something else now")
    case (.candidate, _, nil): say("ya no decide ninguna llamada", "no call decides any more")
    // An older program noted no call when it gave a transfer its workspace.
    case (.candidate, nil, _) where stored.workspace != explanation.defaultWorkspace:
      say("no consta qué llamada decidía antes", "which call decided before is not known")
    case (.candidate, nil, _): say("antes no decidía ninguna llamada", "no call decided before")
    case (.candidate, _, _): say("la llamada que decide es otra", "the call that decides is another")
    case (.workspace, _, _) where stored.workspace == nil: nil
    case (.workspace, _, _):
      say(
        "ni lo guardado ni las reglas nombran un número que decida",
        "neither the row nor the rules name a number that decides")
    }
  }

  var whatToDo: String? {
    if explanation.difference != nil {
      guard explanation.ground == .noCandidate else {
        return say("Ejecute «\(reattribute)».", "Run “\(reattribute)”.")
      }
      // What is missing may be what decided: without it the call, and all like it, would go to the default workspace.
      return historical + " "
        + say(
          "Después, «\(reattribute) --dry-run» dice qué se reasignaría.",
          "Then “\(reattribute) --dry-run” says what would be moved.")
    }
    switch explanation.ground {
    case .listed: return explanation.isUnassigned ? assign : nil
    case .ownNumberWithheld, .leadWithheld, .noCase: return nil
    case .noCandidate: return historical
    case .notListed, .listedWithoutWorkspace: return assign
    case .notTakenIn:
      return say(
        "La próxima ejecución horaria la incorpora: «twilio-sync hourly».",
        "The next hourly run takes it in: “twilio-sync hourly”.")
    }
  }

  private var historical: String {
    say(
      "Si Twilio tiene esa llamada y aquí falta, ejecute «twilio-sync historical» de sus días.",
      "If Twilio has such a call and it is missing here, run “twilio-sync historical” for its days.")
  }

  /// Names the workspace where `workspaces` names one other than the default one.
  private var assign: String {
    let named = explanation.workspacesAlone.filter { $0 != explanation.defaultWorkspace }
    let workspace = named.count == 1 ? named.map { "\($0.number)" }.joined() : "WORKSPACE"
    let command = "twilio-sync phones assign \(PhoneAssignment.argument(number)) \(workspace)"
    return say(
      "Si \(shownNumber) es de un cliente: «\(command)».", "If \(shownNumber) is a customer's: “\(command)”.")
  }

  private var reattribute: String {
    "twilio-sync reattribute" + (since.map { " --since \($0.iso8601)" } ?? "")
  }

  /// From when on the command finds the row. It goes by the column, which others write, too: where that is no time, only
  /// the command without a date does; and it may hold a fraction of a millisecond.
  private var since: Timestamp? {
    explanation.facts.call.callDate.map { column in
      let earlier = min(column, call.callDate ?? column)
      return Timestamp(seconds: Timestamp.floorDivide(earlier.milliseconds, 1000))
    }
  }

  private func name(_ workspace: WorkspaceID?) -> String {
    guard let workspace else { return say("ningún workspace", "no workspace") }
    let name = explanation.facts.names[workspace].map { " (\(quoted($0)))" } ?? ""
    return "workspace \(workspace.number)\(name)"
  }

  private func time(_ moment: Timestamp) -> String { moment.iso8601 }
}

extension RowReason {
  /// Why a row counts or does not, in a few words.
  package func words(_ say: Wording = { spanish, _ in spanish }) -> String {
    switch self {
    case .only: say("la única con workspace", "the only one with a workspace")
    case .primary: say("la principal", "the primary one")
    case .notPrimary: say("no es la principal", "not the primary one")
    case .notDefault: say("no es del workspace por defecto", "not of the default workspace")
    case .isDefault: say("es del workspace por defecto", "of the default workspace")
    case .lowestID: say("el id menor", "the lowest id")
    case .higherID: say("tiene un id mayor", "a higher id")
    case .noWorkspace: say("sin workspace no cuenta", "does not count without a workspace")
    case .otherSpelling: say("escrito así es otro número", "another number as it is written")
    }
  }
}

extension CandidateReason {
  /// Why a candidate decides or does not, in a few words.
  package func words(_ say: Wording = { spanish, _ in spanish }) -> String {
    switch self {
    case .only: say("la única", "the only one")
    case .nearest: say("la más cercana", "the nearest")
    case .farther: say("más lejos", "farther away")
    case .notLater: say("igual de cerca, y anterior", "as near, and earlier")
    case .later: say("igual de cerca, pero posterior", "as near, but later")
    case .smallerSID: say("igual de cerca, y SID menor", "as near, and a smaller SID")
    case .largerSID: say("igual de cerca, pero SID mayor", "as near, but a larger SID")
    }
  }
}

extension StoredCandidate.TimeSource {
  /// Which of its times counts, in a word.
  package func words(_ say: Wording = { spanish, _ in spanish }) -> String {
    switch self {
    case .end: say("fin", "end")
    case .start: say("inicio", "start")
    case .creation: say("creación", "creation")
    }
  }
}

extension RunFailure {
  /// - Parameter reason: Why the database does not take the call, where it was set aside.
  package static func notStored(_ sid: CallSID, setAsideFor reason: String?) -> RunFailure {
    if let reason {
      return RunFailure(
        .badParameter, "La llamada \(sid.text) no está guardada: la base de datos no la admite (\(reason)).",
        "Está en refused_calls; corrija la tabla calls y ejecute «twilio-sync historical» de su día.")
    }
    return RunFailure(
      .badParameter, "La llamada \(sid.text) no está guardada.",
      """
      Compruebe el SID. Si Twilio la tiene, ejecute «twilio-sync historical» de su día; las que no son de los casos \
      1 a 3 (inbound, outbound-dial) no se guardan.
      """)
  }
}
