import CallDomain
import TestSupport
import Testing

/// A transfer at noon, the calls around it, and what is said of it.
struct TransferCase: CustomTestStringConvertible, Sendable {
  let testDescription: String
  var from: String? = "+34600000022"
  var rows: [PhoneRow] = ExplainedCall.directory
  var others: [Call] = []
  var ground = Explanation.Ground.listed
  var workspace: Int64 = 7
  var number: String? = ExplainedCall.own
  /// Of the candidates, the one that decides first.
  var reasons: [CandidateReason] = [.only]
  var says: [String]
  /// How the advice begins; nil where there is none.
  var advises: String?
  var numbersOfWorkspaces: [WorkspaceID: PhoneNumber] = [:]

  static let noon = makeTime("2026-03-01T12:00:00Z")

  var explained: ExplainedCall {
    ExplainedCall(
      call: makeTransfer(from: from, endTime: Self.noon), rows: rows, others: others,
      numbersOfWorkspaces: numbersOfWorkspaces)
  }

  /// A call to the lead that ended so many seconds after noon.
  static func ring(
    _ sid: Int, _ seconds: Int, from: String? = ExplainedCall.own, to: String? = "+34600000022",
    direction: CallDirection = .outboundAPI, _ change: (inout Call) -> Void = { _ in }
  ) -> Call {
    let end = noon.adding(seconds: seconds)
    var call = makeCall(
      makeSID(sid), from: from, to: to, direction: direction, startTime: end.adding(seconds: -61),
      endTime: end,
      dateCreated: end.adding(seconds: -62))
    change(&call)
    return call
  }

  private static func decides(_ sid: Int, _ rest: String) -> String {
    "Decide \(makeSID(sid).text), que \(rest)"
  }
  private static func second(_ sid: Int, _ rest: String) -> String {
    "La segunda, \(makeSID(sid).text), está \(rest)"
  }
  private static let unlisted = "+34910000099"
  private static let byDefault = "Por eso le toca el workspace por defecto, workspace 1 («Sin asignar»)."

  // MARK: By time

  static let byTime = [
    TransferCase(
      testDescription: "nearest before", others: [ring(1, -600)],
      says: [
        "Caso 3 (trunking-originating): llama el lead, «+34600000022», y decide la llamada de los casos 1 y 2 a ese "
          + "número más cercana en el tiempo; a qué número llamó el lead no cuenta.",
        decides(1, "acabó el 2026-03-01T11:50:00.000Z, 10 min 0 s antes que esta, desde +34910000001."),
        "+34910000001 está en workspace_phones (fila 1) en workspace 7 («Acme»). Lo guardado dice lo mismo.",
      ]),
    TransferCase(
      testDescription: "nearest after", others: [ring(1, 7505)],
      says: [decides(1, "acabó el 2026-03-01T14:05:05.000Z, 2 h 5 min 5 s después que esta, desde")]),
    TransferCase(
      testDescription: "the earlier one is nearer",
      others: [ring(1, -59), ring(2, 60, from: ExplainedCall.other)],
      reasons: [.nearest, .farther],
      says: [
        decides(1, "acabó el 2026-03-01T11:59:01.000Z, 59 s antes"), second(2, "1 min 0 s después que esta."),
      ]),
    TransferCase(
      testDescription: "the later one is nearer",
      others: [ring(1, -60), ring(2, 59, from: ExplainedCall.other)],
      workspace: 8, number: ExplainedCall.other, reasons: [.nearest, .farther],
      says: [
        decides(2, "acabó el 2026-03-01T12:00:59.000Z, 59 s después"), second(1, "1 min 0 s antes que esta."),
      ]),
    TransferCase(
      testDescription: "distances that differ by seconds",
      others: [ring(1, -7505), ring(2, 7510, from: ExplainedCall.other)],
      reasons: [.nearest, .farther],
      says: [
        decides(1, "acabó el 2026-03-01T09:54:55.000Z, 2 h 5 min 5 s antes"),
        second(2, "2 h 5 min 10 s después que esta."),
      ]),
    TransferCase(
      testDescription: "equal distances", others: [ring(9, -60), ring(1, 60, from: ExplainedCall.other)],
      reasons: [.notLater, .later],
      says: [decides(9, "acabó"), second(1, "a la misma distancia pero es posterior.")]),
    TransferCase(
      testDescription: "equal times before", others: [ring(2, -60, from: ExplainedCall.other), ring(1, -60)],
      reasons: [.smallerSID, .largerSID],
      says: [decides(1, "acabó"), second(2, "a la misma distancia y en el mismo lado: gana el SID menor.")]),
    TransferCase(
      testDescription: "equal times after", others: [ring(2, 60, from: ExplainedCall.other), ring(1, 60)],
      reasons: [.smallerSID, .largerSID], says: [decides(1, "acabó"), "gana el SID menor."]),
    TransferCase(
      testDescription: "the same moment", others: [ring(5, 0), ring(1, -1, from: ExplainedCall.other)],
      reasons: [.nearest, .farther],
      says: [decides(5, "acabó el 2026-03-01T12:00:00.000Z, a la vez que esta, desde")]),
    TransferCase(
      testDescription: "a candidate without an end",
      others: [ring(1, -5, from: ExplainedCall.other) { $0.endTime = nil }, ring(2, -67)],
      workspace: 8, number: ExplainedCall.other, reasons: [.nearest, .farther],
      says: [decides(1, "empezó (su fin no se conoce) el 2026-03-01T11:58:54.000Z, 1 min 6 s antes que esta")]
    ),
    TransferCase(
      testDescription: "a candidate that is only created",
      others: [
        ring(1, 3) {
          $0.endTime = nil
          $0.startTime = nil
        }
      ],
      says: [
        decides(1, "se creó (no se conoce ni su inicio ni su fin) el 2026-03-01T11:59:01.000Z, 59 s antes")
      ]),
    TransferCase(
      testDescription: "a candidate without any time",
      others: [
        ring(1, 0) {
          $0.endTime = nil
          $0.startTime = nil
          $0.dateCreated = nil
        }
      ],
      says: [
        decides(
          1, "no tiene ninguna hora y cuenta como acabada el 1970-01-01T00:00:00.000Z, 20513 d 12 h antes")
      ]
    ),
    TransferCase(
      testDescription: "older than a year", others: [ring(1, -400 * 86_400 - 3600)],
      says: [decides(1, "acabó el 2025-01-25T11:00:00.000Z, 400 d 1 h antes que esta")]),
    TransferCase(
      testDescription: "ten candidates and more", others: (1...25).map { ring($0, -60 * $0) },
      reasons: [.nearest] + Array(repeating: .farther, count: 9),
      says: [decides(1, "acabó"), second(2, "2 min 0 s antes que esta.")]),
  ]

  // MARK: By number

  static let byNumber = [
    TransferCase(
      testDescription: "withheld lead", from: "anonymous", others: [ring(1, 0, to: "anonymous")],
      ground: .leadWithheld, workspace: 1, number: nil, reasons: [],
      says: ["El número del lead está oculto o falta: ninguna llamada a él se puede encontrar. " + byDefault]),
    TransferCase(
      testDescription: "no lead", from: nil, ground: .leadWithheld, workspace: 1, number: nil, reasons: [],
      says: ["llama el lead, cuyo número falta, y decide", "El número del lead está oculto o falta"]),
    TransferCase(
      testDescription: "no candidate", others: [ring(1, 0, to: "+34600000033")], ground: .noCandidate,
      workspace: 1,
      number: nil, reasons: [],
      says: [
        "No hay guardada ninguna llamada de los casos 1 y 2 a ese número; las de origen oculto no cuentan. "
          + byDefault
      ],
      advises: "Si Twilio tiene esa llamada y aquí falta, ejecute «twilio-sync historical» de sus días."),
    TransferCase(
      testDescription: "calls that are no candidates",
      others: [
        ring(1, -1, from: "anonymous"), ring(2, -1, direction: .inbound),
        ring(3, -1, direction: .outboundDial),
        makeTransfer(makeSID(4), endTime: noon.adding(seconds: -1)),
      ], ground: .noCandidate, workspace: 1, number: nil, reasons: [],
      says: ["No hay guardada ninguna llamada"], advises: "Si Twilio tiene esa llamada"),
    TransferCase(
      testDescription: "the lead written otherwise", from: "sip:0034600000022@a.example",
      others: [ring(1, -60, to: "34 600 000 022", direction: .trunkingTerminating)],
      says: ["llama el lead, «sip:0034600000022@a.example»", decides(1, "acabó")]),
    TransferCase(
      testDescription: "the candidate's number not listed", others: [ring(1, -60, from: unlisted)],
      ground: .notListed, workspace: 1, number: unlisted,
      says: ["desde +34910000099. +34910000099 no está en workspace_phones. " + byDefault],
      advises: "Si +34910000099 es de un cliente: «twilio-sync phones assign "),
    TransferCase(
      testDescription: "the candidate's number listed twice",
      rows: [makeRow(1, 8), makeRow(2, 7, number: "0034910000001", isPrimary: true)], others: [ring(1, -60)],
      says: [
        "+34910000001 está en workspace_phones (fila 2, escrito «0034910000001») en workspace 7 («Acme»); de sus "
          + "filas cuenta esta, la principal."
      ]),
    TransferCase(
      testDescription: "the candidate's number listed without a workspace", rows: [makeRow(1, nil)],
      others: [ring(1, -60)], ground: .listedWithoutWorkspace, workspace: 1,
      says: ["está en workspace_phones, pero sin workspace, y así no cuenta. " + byDefault],
      advises: "Si +34910000001 es de un cliente: «twilio-sync phones assign "),
    TransferCase(
      testDescription: "the candidate's number in another spelling",
      rows: [makeRow(6, 8, number: "910000001")],
      others: [ring(1, -60)], ground: .notListed, workspace: 1,
      says: [
        "La fila 6, de workspace 8 («Beta»), está escrita «910000001»: no es el mismo número y no cuenta."
      ],
      advises: "Si +34910000001 es de un cliente"),
    TransferCase(
      testDescription: "the candidate's number only in workspaces", rows: [], others: [ring(1, -60)],
      ground: .notListed, workspace: 1,
      says: ["Está en la tabla workspaces, en workspace 8 («Beta»), pero esa no decide nada. " + byDefault],
      advises: "Si +34910000001 es de un cliente",
      numbersOfWorkspaces: [
        WorkspaceID(7): makeNumber(ExplainedCall.other), WorkspaceID(8): makeNumber(ExplainedCall.own),
      ]),
    TransferCase(
      testDescription: "the candidate's number given to nobody yet", rows: [makeRow(9, 1)],
      others: [ring(1, -60)], workspace: 1, says: ["(fila 9) en workspace 1 («Sin asignar»)."],
      advises: "Si +34910000001 es de un cliente: «twilio-sync phones assign +34910000001 WORKSPACE»"),
    TransferCase(
      testDescription: "the nearest is of another workspace",
      others: [ring(1, -3600), ring(2, -60, from: ExplainedCall.other)], workspace: 8,
      number: ExplainedCall.other, reasons: [.nearest, .farther],
      says: ["desde +34910000002.", second(1, "1 h 0 min antes que esta."), "en workspace 8 («Beta»)."]),
    TransferCase(
      testDescription: "the candidate came through WhatsApp",
      others: [ring(1, -60, from: "whatsapp:+34910000001")],
      says: ["desde +34910000001. +34910000001 está en workspace_phones (fila 1)"]),
    TransferCase(
      testDescription: "a client as candidate's number", rows: [makeRow(3, 8, number: "client:ana")],
      others: [ring(1, -60, from: "client:ana")], workspace: 8, number: "client:ana",
      says: ["desde client:ana. client:ana está en workspace_phones (fila 3)"]),
  ]
}
