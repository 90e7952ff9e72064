import CallDomain
import TestSupport

/// A call with all that decides it. Where nothing else is said, its row says what the plain model comes to.
struct ExplainedCall: Sendable {
  var call: Call
  var rows: [PhoneRow] = Self.directory
  /// Other calls, of which those that rang the call's lead are its candidates.
  var others: [Call] = []
  /// What the row says instead.
  var stored: PlainModel.Row?
  var numbersOfWorkspaces: [WorkspaceID: PhoneNumber] = [:]

  static let defaultWorkspace = WorkspaceID(1)
  /// The number of workspace 7, and that of workspace 8.
  static let (own, other) = ("+34910000001", "+34910000002")
  static let directory = [makeRow(1, 7, number: own), makeRow(2, 8, number: other)]
  static let names = [WorkspaceID(1): "Sin asignar", WorkspaceID(7): "Acme", WorkspaceID(8): "Beta"]

  var explanation: Explanation {
    let model = PlainModel(
      calls: [call] + others, directory: rows, defaultWorkspace: Self.defaultWorkspace)
    return explanation(
      stored: stored ?? model.outcome().rows[call.sid] ?? PlainModel.Row(workspace: WorkspaceID(8)))
  }

  /// The explanation beside a row that says this.
  func explanation(stored row: PlainModel.Row) -> Explanation {
    var listed = ListedCall(sid: call.sid)
    listed.from = call.from
    listed.to = call.to
    listed.direction = call.direction?.text
    listed.attributionCase = call.attributionCase
    listed.callDate = call.callDate
    listed.workspace = row.workspace
    listed.phoneNumber = row.phoneNumber
    var facts = Explanation.Facts(
      call: listed,
      stored: StoredCall(
        call: call, workspace: row.workspace, phoneNumber: row.phoneNumber.map(PhoneNumber.init(stored:)),
        leadNumber: row.leadNumber.map(PhoneNumber.init(stored:)), cost: call.price?.magnitude,
        effectiveTime: call.effectiveTime))
    facts.rows = rows
    facts.names = Self.names
    facts.numbersOfWorkspaces = numbersOfWorkspaces
    if call.attributionCase == .transfer, let lead = call.leadNumber {
      facts.candidates = others.filter { $0.leadNumber == lead }.compactMap { other in
        CandidateCall(other).map { StoredCandidate(call: $0, timeSource: other.timeSource) }
      }
    }
    return Explanation(facts, defaultWorkspace: Self.defaultWorkspace)
  }
}

extension Explanation {
  /// The sentences as one text, in Spanish.
  var spanish: String { words().text.joined(separator: " ") }

  /// Everything that is said, with the advice.
  func all(_ say: @escaping Wording) -> [String] {
    let words = words(say)
    return words.text + [words.whatToDo].compactMap(\.self) + rows.map { $0.reason.words(say) }
      + candidates.flatMap {
        [$0.reason.words(say), $0.candidate.timeSource?.words(say)].compactMap(\.self)
      }
  }
}

extension AnswerValue {
  /// The value of a key; nil where there is none, or no object.
  subscript(_ key: String) -> AnswerValue? { fields.first { $0.key == key }?.value }

  var fields: [AnswerField] { if case .object(let fields) = self { fields } else { [] } }
  var list: [AnswerValue] { if case .list(let list) = self { list } else { [] } }
  var text: String? { if case .text(let text) = self { text } else { nil } }
}
