import CallDomain
import TestSupport
import Testing

@Suite("Explanations")
struct ExplanationTests {
  private typealias Said = ExplainedCall

  // MARK: Cases 1 and 2

  /// A call of case 1 or 2, what decides it, and what is said.
  struct Own: CustomTestStringConvertible, Sendable {
    let testDescription: String
    var from: String? = ExplainedCall.own
    var rows: [PhoneRow] = ExplainedCall.directory
    var ground: Explanation.Ground
    var workspace: Int64 = 1
    var number: String? = ExplainedCall.own
    var says: String
    /// How the advice begins; nil where there is none.
    var advises: String?
    var numbersOfWorkspaces: [WorkspaceID: PhoneNumber] = [:]

    static let all = [
      Own(
        testDescription: "listed once", ground: .listed, workspace: 7,
        says:
          "+34910000001 está en workspace_phones (fila 1) en workspace 7 («Acme»). Lo guardado dice lo mismo."
      ),
      Own(
        testDescription: "written otherwise by Twilio", from: "0034 910-000-001", ground: .listed,
        workspace: 7,
        says: "decide el número que llama, «0034 910-000-001». +34910000001 está en workspace_phones (fila 1)"
      ),
      Own(
        testDescription: "not listed", from: "+34910000099", ground: .notListed, number: "+34910000099",
        says:
          "+34910000099 no está en workspace_phones. Por eso le toca el workspace por defecto, workspace 1 "
          + "(«Sin asignar»).",
        advises: "Si +34910000099 es de un cliente: «twilio-sync phones assign +34910000099 WORKSPACE»."),
      Own(
        testDescription: "in rows without a workspace alone", rows: [makeRow(3, nil)],
        ground: .listedWithoutWorkspace,
        says: "+34910000001 está en workspace_phones, pero sin workspace, y así no cuenta. Por eso le toca",
        advises: "Si +34910000001 es de un cliente: «"),
      Own(
        testDescription: "withheld", from: "Anonymous", ground: .ownNumberWithheld, number: nil,
        says: "«Anonymous». Ese número está oculto o falta, y nada más dice de quién es. Por eso le toca"),
      Own(
        testDescription: "missing", from: nil, ground: .ownNumberWithheld, number: nil,
        says: "decide el número que llama, que falta. Ese número está oculto o falta"),
      Own(
        testDescription: "created by a call, and given to nobody yet", rows: [makeRow(9, 1)], ground: .listed,
        says: "+34910000001 está en workspace_phones (fila 9) en workspace 1 («Sin asignar»).",
        advises: "Si +34910000001 es de un cliente: «"),
      Own(
        testDescription: "created by a call, and the number of a workspace that does not count",
        rows: [makeRow(9, 1)], ground: .listed,
        says:
          "(fila 9) en workspace 1 («Sin asignar»). Está en la tabla workspaces, en workspace 8 («Beta»), pero esa "
          + "no decide nada. Lo guardado dice lo mismo.",
        advises: "Si +34910000001 es de un cliente: «twilio-sync phones assign +34910000001 8».",
        numbersOfWorkspaces: [WorkspaceID(8): makeNumber(ExplainedCall.own)]),
      Own(
        testDescription: "created by a call, and the number of the default workspace", rows: [makeRow(9, 1)],
        ground: .listed, says: "(fila 9) en workspace 1 («Sin asignar»). Lo guardado dice lo mismo.",
        advises: "Si +34910000001 es de un cliente: «twilio-sync phones assign +34910000001 WORKSPACE».",
        numbersOfWorkspaces: [WorkspaceID(1): makeNumber(ExplainedCall.own)]),
      Own(
        testDescription: "in a row without a workspace, and the number of one", rows: [makeRow(3, nil)],
        ground: .listedWithoutWorkspace,
        says:
          "y así no cuenta. Está en la tabla workspaces, en workspace 8 («Beta»), pero esa no decide nada.",
        advises: "Si +34910000001 es de un cliente: «twilio-sync phones assign +34910000001 8».",
        numbersOfWorkspaces: [WorkspaceID(8): makeNumber(ExplainedCall.own)]),
      Own(
        testDescription: "listed, and the number of another workspace that does not count", ground: .listed,
        workspace: 7, says: "en workspace 7 («Acme»). Lo guardado dice lo mismo.",
        numbersOfWorkspaces: [WorkspaceID(8): makeNumber(ExplainedCall.own)]),
      Own(
        testDescription: "of the default workspace by somebody's decision",
        rows: [makeRow(9, 1, isPrimary: true)], ground: .listed,
        says: "(fila 9) en workspace 1 («Sin asignar»). Lo guardado dice lo mismo.",
        numbersOfWorkspaces: [WorkspaceID(8): makeNumber(ExplainedCall.own)]),
      Own(
        testDescription: "a name", from: "client:ana", rows: [makeRow(4, 8, number: "client:ana")],
        ground: .listed, workspace: 8, number: "client:ana",
        says: "client:ana está en workspace_phones (fila 4) en workspace 8"),
    ]
  }

  @Test(
    "In cases 1 and 2 it tells the number, where it is listed, and what to do", arguments: Own.all,
    [CallDirection.outboundAPI, .trunkingTerminating])
  func own(_ own: Own, direction: CallDirection) {
    let said = Said(
      call: makeCall(from: own.from, direction: direction), rows: own.rows,
      numbersOfWorkspaces: own.numbersOfWorkspaces
    ).explanation
    #expect(said.ground == own.ground)
    #expect(said.decided?.workspace == WorkspaceID(own.workspace))
    #expect(said.decided?.decidingNumber?.canonical == own.number)
    #expect(said.difference == nil && said.candidates.isEmpty)
    #expect(said.spanish.hasPrefix("Caso \(direction == .outboundAPI ? 1 : 2) (\(direction.text)): decide"))
    #expect(said.spanish.contains(own.says), "\(said.spanish)")
    expectAdvice(said, own.advises)
  }

  @Test("A call of no case keeps its workspace, and nothing is to be done")
  func noCase() {
    let said = Said(call: makeCall(direction: .inbound)).explanation
    #expect(said.ground == .noCase && said.decided == nil && said.difference == nil && said.rows.isEmpty)
    #expect(
      said.words().text == [
        "La dirección «inbound» no es de ningún caso: la llamada conserva el workspace que tenía.",
        "Está guardada en workspace 8 («Beta»).",
      ])
    #expect(said.words().whatToDo == nil)
    let undirected = Said(call: makeCall(direction: nil)).explanation
    #expect(
      undirected.words().text.first
        == "La llamada no tiene dirección y no es de ningún caso: conserva el workspace que tenía.")
    #expect(said.wholeAnswer["attribution"]?["case"] == .null)
    #expect(said.wholeAnswer["attribution"]?["decided"] == .null)
    #expect(said.wholeAnswer["attribution"]?["agrees"] == .bool(true))
  }

  // MARK: Odd numbers

  @Test(
    "A number is found in whatever form it is listed, and the form is told",
    arguments: [
      "+34 910 00\u{A0}00 01", "+34 910 00\u{200B}00 01", "+34\t910\u{2013}000\u{2013}001",
      "+34 (0)910 000 001", "0034 (0) 910 000 001", "＋34 910 000 001", "+34\u{202F}910.000/001",
      "+٣٤910000001", "tel:+34-910-000-001;ext=1", "whatsapp:+34910000001", "sip:0034910000001@pbx.example",
    ])
  func oddlyListed(written: String) {
    for from in [Said.own, "whatsapp:" + Said.own, "sip:%2B34910000001@a.example"] {
      let said = Said(call: makeCall(from: from), rows: [makeRow(1, 7, number: written)]).explanation
      #expect(said.ground == .listed && said.decided?.workspace == WorkspaceID(7))
      #expect(
        said.spanish.contains(
          "+34910000001 está en workspace_phones (fila 1, escrito «\(written)») en workspace 7"),
        "\(said.spanish)")
      #expect(said.wholeAnswer["attribution"]?["directory"]?.list.first?["written"] == .text(written))
    }
  }

  @Test(
    "A row that is written like the number and is none is told",
    arguments: ["910000001", "910 000 001", "９１００００００１", "sip:910000001@10.0.0.1", "+34910000001 (casa)"])
  func otherSpelling(written: String) {
    let said = Said(call: makeCall(), rows: [makeRow(5, 7, number: written)]).explanation
    #expect(said.ground == .notListed && said.decided?.workspace == WorkspaceID(1))
    #expect(said.rows.map(\.reason) == [.otherSpelling])
    #expect(
      said.spanish.contains(
        "La fila 5, de workspace 7 («Acme»), está escrita «\(written)»: no es el mismo número y no cuenta."))
  }

  @Test(
    "Other numbers are not told as spellings of it",
    arguments: ["+34910000002", "0001", "client:ana", "anonymous", ""])
  func otherNumbers(written: String) {
    let said = Said(call: makeCall(), rows: [makeRow(5, 7, number: written)]).explanation
    #expect(said.ground == .notListed && said.rows.isEmpty)
  }

  @Test(
    "Withheld words decide nothing, as caller of ours or as lead",
    arguments: [
      nil, "", "anonymous", "RESTRICTED", " unknown ", "Unavailable", "blocked", "private", "+266696687",
      "+7378742833", "+2562533", "+8656696", "+86282452253", "+266 696-687",
      "sip:anonymous@anonymous.invalid", "whatsapp:anonymous", "\u{A0}\u{200B}",
    ])
  func withheld(word: String?) {
    let rows = Said.directory + [makeRow(3, 8, number: word ?? "", isPrimary: true)]
    let own = Said(call: makeCall(from: word), rows: rows).explanation
    #expect(own.ground == .ownNumberWithheld && own.decided?.decidingNumber == nil && own.rows.isEmpty)
    let ring = makeCall(to: word)
    let transfer = Said(call: makeTransfer(from: word), rows: rows, others: [ring]).explanation
    #expect(transfer.ground == .leadWithheld && transfer.candidates.isEmpty)
    for said in [own, transfer] {
      #expect(said.decided?.workspace == WorkspaceID(1) && said.difference == nil)
      #expect(said.words().whatToDo == nil)
      #expect(!said.words().text.joined().contains("«»"))
    }
  }

  // MARK: The directory

  private static let otherForm = "910000001"
  /// Rows of the directory, and of each, the one that decides first, its id and the reason.
  private static let rankings: [([PhoneRow], [(Int64, RowReason)])] = [
    ([makeRow(1, 7)], [(1, .only)]),
    ([makeRow(1, 8), makeRow(2, 7, isPrimary: true)], [(2, .primary), (1, .notPrimary)]),
    ([makeRow(1, 1), makeRow(2, 7)], [(2, .notDefault), (1, .isDefault)]),
    ([makeRow(5, 8), makeRow(3, 7)], [(3, .lowestID), (5, .higherID)]),
    ([makeRow(1, nil, isPrimary: true), makeRow(2, 7)], [(2, .only), (1, .noWorkspace)]),
    ([makeRow(1, 8, number: otherForm), makeRow(2, 7)], [(2, .only), (1, .otherSpelling)]),
    (
      [
        makeRow(1, 1), makeRow(2, 8), makeRow(3, 7, isPrimary: true), makeRow(4, nil), makeRow(5, 8),
        makeRow(6, 6, number: otherForm), makeRow(7, 9, number: "+34910000002"),
      ],
      [
        (3, .primary), (2, .notPrimary), (5, .notPrimary), (1, .notPrimary), (4, .noWorkspace),
        (6, .otherSpelling),
      ]
    ),
  ]

  @Test("Of several rows the one that decides comes first, with the rule; the others with what they lack")
  func rows() {
    var seen: Set<RowReason> = []
    for (rows, expected) in Self.rankings {
      for rows in rows.permutations.prefix(24) {
        let said = Said(call: makeCall(), rows: rows).explanation
        #expect(said.rows.map(\.row.id) == expected.map(\.0))
        #expect(said.rows.map(\.reason) == expected.map(\.1))
        #expect(said.rows.map(\.isChosen) == expected.indices.map { $0 == 0 })
        #expect(said.decided?.workspace == WorkspaceID(7) && said.difference == nil)
        let answered = said.wholeAnswer["attribution"]?["directory"]?.list ?? []
        #expect(answered.map { $0["reason"]?.text } == expected.map(\.1.rawValue))
        #expect(answered.map { $0["chosen"] == .bool(true) } == said.rows.map(\.isChosen))
        seen.formUnion(said.rows.map(\.reason))
      }
    }
    #expect(seen == Set(RowReason.allCases))
  }

  @Test(
    "The rule by which a row won is said",
    arguments: [
      (1, "; de sus filas cuenta esta, la principal."),
      (2, "; de sus filas cuenta esta, que no es del workspace por defecto."),
      (3, "; de sus filas cuenta esta, la del id menor."),
    ])
  func rowRule(ranking: Int, says: String) {
    let said = Said(call: makeCall(), rows: Self.rankings[ranking].0).explanation
    #expect(said.spanish.contains("en workspace 7 («Acme»)" + says), "\(said.spanish)")
  }

  // MARK: What differs

  /// What a row says instead of what the rules say, and what is said of that.
  struct Differing: CustomTestStringConvertible, Sendable {
    let testDescription: String
    var call: Call
    var others: [Call] = []
    var workspace: Int64
    var number: String?
    var difference: Explanation.Difference
    var says: String
    /// How the advice begins where it is more than the command; a rehearsal ends it.
    var advises: String?

    static let historical =
      "Si Twilio tiene esa llamada y aquí falta, ejecute «twilio-sync historical» de sus días. Después, "
    static let nobody = "ni lo guardado ni las reglas nombran un número que decida"
    static let ring = makeCall(makeSID(1), endTime: makeTime("2026-03-01T09:00:00Z"))
    static let all = [
      Differing(
        testDescription: "own number", call: makeCall(), workspace: 8, number: ExplainedCall.other,
        difference: .number,
        says: "está en workspace 8 («Beta») por +34910000002 y ahora le toca workspace 7 («Acme») por "
          + "+34910000001; su número es otro."),
      Differing(
        testDescription: "own number that was withheld", call: makeCall(), workspace: 7, difference: .number,
        says: "está en workspace 7 («Acme») y ahora le toca workspace 7 («Acme») por +34910000001; antes no "
          + "decidía ningún número."),
      Differing(
        testDescription: "own number that is withheld", call: makeCall(from: "anonymous"), workspace: 7,
        number: ExplainedCall.own, difference: .number,
        says: "por +34910000001 y ahora le toca workspace 1 («Sin asignar»); ya no decide ningún número."),
      Differing(
        testDescription: "directory", call: makeCall(), workspace: 8, number: ExplainedCall.own,
        difference: .directory, says: "el directorio dice ahora otra cosa."),
      Differing(
        testDescription: "directory of a transfer", call: makeTransfer(), others: [ring], workspace: 1,
        number: ExplainedCall.own, difference: .directory, says: "el directorio dice ahora otra cosa."),
      Differing(
        testDescription: "candidate", call: makeTransfer(), others: [ring], workspace: 8,
        number: ExplainedCall.other, difference: .candidate, says: "la llamada que decide es otra."),
      Differing(
        testDescription: "a candidate where there was none", call: makeTransfer(), others: [ring],
        workspace: 1, difference: .candidate,
        says: "está en workspace 1 («Sin asignar») y ahora le toca workspace 7 («Acme») por +34910000001; "
          + "antes no decidía ninguna llamada."),
      Differing(
        testDescription: "no candidate where there was one", call: makeTransfer(), workspace: 7,
        number: ExplainedCall.own, difference: .candidate,
        says: "por +34910000001 y ahora le toca workspace 1 («Sin asignar»); ya no decide ninguna llamada.",
        advises: historical),
      Differing(
        testDescription: "a candidate where an older program noted none", call: makeTransfer(),
        others: [ring],
        workspace: 8, difference: .candidate,
        says:
          "está en workspace 8 («Beta») y ahora le toca workspace 7 («Acme») por +34910000001; no consta qué "
          + "llamada decidía antes."),
      Differing(
        testDescription: "no candidate, and a workspace from an older program", call: makeTransfer(),
        workspace: 8,
        difference: .workspace,
        says: "está en workspace 8 («Beta») y ahora le toca workspace 1 («Sin asignar»); \(nobody).",
        advises: historical),
      Differing(
        testDescription: "a withheld lead, and a workspace from an older program",
        call: makeTransfer(from: "anonymous"), workspace: 8, difference: .workspace, says: "; \(nobody)."),
      Differing(
        testDescription: "a withheld own number, and a workspace", call: makeCall(from: "anonymous"),
        workspace: 7,
        difference: .workspace, says: "; \(nobody)."),
      Differing(
        testDescription: "a number that the directory lists no more", call: makeCall(from: "+34910000099"),
        workspace: 8, number: "+34910000099", difference: .directory,
        says:
          "y ahora le toca workspace 1 («Sin asignar») por +34910000099; el directorio no da workspace a ese "
          + "número."),
      Differing(
        testDescription: "a lead that is withheld", call: makeTransfer(from: "anonymous"), workspace: 7,
        number: ExplainedCall.own, difference: .candidate,
        says: "por +34910000001 y ahora le toca workspace 1 («Sin asignar»); ya no decide ninguna llamada."),
    ]
  }

  @Test("A row that says something else is told with what differs and the command", arguments: Differing.all)
  func differs(_ differing: Differing) {
    let said = Said(call: differing.call, others: differing.others).explanation(
      stored: PlainModel.Row(workspace: WorkspaceID(differing.workspace), phoneNumber: differing.number))
    #expect(said.difference == differing.difference)
    #expect(said.spanish.contains("Lo guardado no coincide: está en "))
    #expect(said.spanish.contains(differing.says), "\(said.spanish)")
    let command = "twilio-sync reattribute --since \(differing.call.callDate?.iso8601 ?? "")"
    #expect(
      said.words().whatToDo
        == (differing.advises.map { "\($0)«\(command) --dry-run» dice qué se reasignaría." }
          ?? "Ejecute «\(command)»."))
    let answer = said.wholeAnswer["attribution"]
    #expect(answer?["agrees"] == .bool(false))
    #expect(answer?["stored"]?["workspace"] == .number(differing.workspace))
    #expect(answer?["stored"]?["phoneNumber"] == differing.number.map { .text($0) } ?? .null)
  }

  @Test("A call without any date is settled by the command without one")
  func undated() {
    let call = makeCall(startTime: nil, dateCreated: nil)
    let said = Said(call: call).explanation(stored: PlainModel.Row(workspace: WorkspaceID(8)))
    #expect(said.words().whatToDo == "Ejecute «twilio-sync reattribute».")
  }

  @Test("The command's date is one that finds the row, whose own column others write, too")
  func reach() {
    let began = makeTime("2026-03-01T09:05:08Z")
    for (column, date) in [
      (nil, nil), (began, "2026-03-01T09:05:08.000Z"), (began.adding(hours: 2), "2026-03-01T09:05:08.000Z"),
      (began.adding(hours: -2), "2026-03-01T07:05:08.000Z"),
      (Timestamp(milliseconds: began.milliseconds - 1), "2026-03-01T09:05:07.000Z"),
    ] as [(Timestamp?, String?)] {
      var facts = Said(call: makeCall()).explanation(stored: PlainModel.Row(workspace: WorkspaceID(8))).facts
      facts.call.callDate = column
      let said = Explanation(facts, defaultWorkspace: Said.defaultWorkspace)
      let since = date.map { " --since \($0)" } ?? ""
      #expect(said.words().whatToDo == "Ejecute «twilio-sync reattribute\(since)».")
    }
  }

  @Test("Under another default workspace a call that no number decides differs by its workspace alone")
  func otherDefault() {
    for call in [makeTransfer(), makeTransfer(from: "anonymous"), makeCall(from: nil)] {
      let facts = Said(call: call).explanation.facts
      let said = Explanation(facts, defaultWorkspace: WorkspaceID(8))
      #expect(said.difference == .workspace && !said.spanish.contains("directorio"), "\(said.spanish)")
    }
  }

  @Test("A row that an older program wrote is told to wait for the next run, whatever its columns say")
  func notTakenIn() {
    for call in [makeCall(direction: nil), makeCall(), makeTransfer()] {
      var facts = Said(call: call).explanation.facts
      facts.isTakenIn = false
      let said = Explanation(facts, defaultWorkspace: Said.defaultWorkspace)
      #expect(
        said.ground == .notTakenIn && said.decided == nil && said.difference == nil && said.rows.isEmpty)
      #expect(
        said.spanish.hasPrefix(
          "La escribió un programa anterior y todavía no se ha incorporado: conserva el workspace que le dio. Está "
            + "guardada en workspace "), "\(said.spanish)")
      #expect(said.words().whatToDo == "La próxima ejecución horaria la incorpora: «twilio-sync hourly».")
      #expect(said.wholeAnswer["attribution"]?["ground"] == .text("not_taken_in"))
    }
  }

  @Test("What others wrote goes through the hands of who shows it, and commands do not")
  func isolated() {
    let written = Said(call: makeCall(from: "client:ana"), rows: [makeRow(4, 1, number: " client:ana")])
    let words = written.explanation.words(isolating: { "<\($0)>" })
    #expect(
      words.text == [
        "Caso 1 (outbound-api): decide el número que llama, «<client:ana>».",
        "<client:ana> está en workspace_phones (fila 4, escrito «< client:ana>») en workspace 1 («<Sin asignar>»).",
        "Lo guardado dice lo mismo.",
      ])
    #expect(
      words.whatToDo == "Si <client:ana> es de un cliente: «twilio-sync phones assign client:ana WORKSPACE».")
  }

  @Test("A transfer without any time is told as such")
  func transferWithoutTime() {
    var transfer = makeTransfer()
    (transfer.startTime, transfer.endTime, transfer.dateCreated) = (nil, nil, nil)
    let said = Said(call: transfer, others: [Differing.ring]).explanation
    let words = " Esta no tiene ninguna hora, y cuenta como anterior a todas."
    #expect(said.words().text.first?.hasSuffix("a qué número llamó el lead no cuenta." + words) == true)
    #expect(said.candidates.first.map { $0.offset > 0 } == true)
  }

  @Test("A row without a workspace is told as such")
  func withoutWorkspace() {
    var explained = Said(call: makeCall()).explanation(
      stored: PlainModel.Row(workspace: WorkspaceID(7), phoneNumber: Said.own)
    ).facts
    explained.stored.workspace = nil
    let said = Explanation(explained, defaultWorkspace: Said.defaultWorkspace)
    #expect(said.difference == .workspace)
    #expect(
      said.spanish.contains(
        "no está en ningún workspace y ahora le toca workspace 7 («Acme») por +34910000001."),
      "\(said.spanish)")
    #expect(said.wholeAnswer["attribution"]?["stored"]?["workspace"] == .null)
  }

  // MARK: The answer

  @Test("The answer has its keys in their order, and each reason in its code")
  func answer() {
    let said = Said(call: makeTransfer(), others: [Differing.ring]).explanation
    #expect(said.wholeAnswer.fields.map(\.key) == ["call", "attribution"])
    #expect(
      said.wholeAnswer["call"]?.fields.map(\.key) == [
        "sid", "case", "workspace", "workspaceName", "from", "to", "phoneNumber", "leadNumber", "status",
        "direction", "callDate", "endedAt", "duration", "cost", "priceUnit", "unmatched", "updatedAt",
      ])
    #expect(
      said.wholeAnswer["attribution"]?.json == #"""
        {"case":3,"rule":2,"ground":"listed","ownNumber":null,"leadNumber":"+34600000022",\#
        "directory":[{"id":1,"written":"+34910000001","workspace":7,"isPrimary":false,"chosen":true,\#
        "reason":"only_row"}],\#
        "candidates":[{"sid":"CA00000000000000000000000000000001","time":"2026-03-01T09:00:00.000Z",\#
        "timeFrom":"end","distanceSeconds":600,"ownNumber":"+34910000001","workspace":7,"chosen":true,\#
        "reason":"only_candidate"}],\#
        "decided":{"workspace":7,"workspaceName":"Acme","phoneNumber":"+34910000001"},\#
        "stored":{"workspace":7,"workspaceName":"Acme","phoneNumber":"+34910000001"},"agrees":true,"moves":[],\#
        "text":"\#(said.spanish)","whatToDo":null}
        """#)
  }

  @Test("A call that is not stored is told with the reason for which it was set aside, and what to do")
  func notStored() {
    let plain = RunFailure.notStored(makeSID(1), setAsideFor: nil)
    #expect(plain.whatFailed == "La llamada \(makeSID(1).text) no está guardada.")
    #expect(plain.whatToDo?.contains("twilio-sync historical") == true)
    let refused = RunFailure.notStored(makeSID(1), setAsideFor: "22003, duration")
    #expect(refused.whatFailed.contains("la base de datos no la admite (22003, duration)"))
    #expect(refused.whatToDo?.contains("refused_calls") == true)
  }

  // MARK: Everything

  @Test("Every call of a month is explained as one plain pass over all of them decides")
  func againstPlainModel() throws {
    try forEachSeed(20) { random in
      var generator = CallGenerator(random: random)
      let month = generator.month(calls: random.number(in: 1...150))
      let expected = month.expected
      let byLead = Dictionary(grouping: month.calls, by: \.leadNumber)
      for call in month.calls {
        let explained = Said(
          call: call, rows: month.directory, others: call.leadNumber.flatMap { byLead[$0] } ?? [])
        let row = expected.rows[call.sid]
        let said = explained.explanation(stored: row ?? PlainModel.Row(workspace: WorkspaceID(4)))
        try #require((said.ground == .noCase) == (row == nil), "\(call)")
        try #require(said.decided?.workspace == row?.workspace, "\(call)")
        try #require(said.decided?.decidingNumber?.canonical == row?.phoneNumber, "\(call)")
        try #require(said.difference == nil, "\(call)")
        if let chosen = said.candidates.first {
          try #require(chosen.isChosen && said.candidates.dropFirst().allSatisfy { !$0.isChosen }, "\(call)")
          try #require(chosen.candidate.call.ownNumber == said.decided?.decidingNumber, "\(call)")
          try #require(chosen.workspace == said.decided?.workspace, "\(call)")
        }
        let winners = said.rows.filter(\.isChosen)
        try #require(winners.count == (said.ground == .listed ? 1 : 0), "\(call)")
        try #require(winners.allSatisfy { $0.row.workspace == said.decided?.workspace }, "\(call)")
        try requireBothLanguages(said)
      }
    }
  }

  private func expectAdvice(_ said: Explanation, _ start: String?) {
    let advice = said.words().whatToDo
    #expect((advice == nil) == (start == nil), "\(advice ?? "nothing")")
    if let start { #expect(advice?.hasPrefix(start) == true, "\(advice ?? "nothing")") }
  }
}

/// Fails unless every sentence is there in both languages, and none of one stands in the other.
func requireBothLanguages(_ said: Explanation) throws {
  let spanish = said.all { spanish, _ in spanish }
  let english = said.all { _, english in english }
  try #require(spanish.count == english.count)
  for sentence in english {
    // Parties are as somebody wrote them.
    let words = sentence.replacing(/“[^”]*”/, with: "")
    try #require(!words.contains(/[«»áéíóúñ]|\b(el|la|que|esta|fila|pero|por|ejecute|caso)\b/), "\(sentence)")
  }
  for sentence in spanish {
    try #require(!sentence.contains(/[“”]|\b(the|this|which|row|but|run|case)\b/), "\(sentence)")
  }
}
