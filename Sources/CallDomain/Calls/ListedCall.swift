/// A stored call as people and programs are shown it: in `/api/calls`, its CSV, its page, and explanations.
package struct ListedCall: Hashable, Sendable {
  package var sid: CallSID
  package var attributionCase: AttributionCase?
  package var workspace: WorkspaceID?
  package var workspaceName: String?
  /// The parties as Twilio sent them.
  package var from: String?
  package var to: String?
  /// The number of ours that decided the workspace, in its canonical form.
  package var phoneNumber: String?
  /// The other party in its canonical form.
  package var leadNumber: String?
  package var status: String?
  package var direction: String?
  package var callDate: Timestamp?
  package var endedAt: Timestamp?
  /// Whole seconds.
  package var duration: Int?
  /// A decimal with every digit that Twilio gave.
  package var cost: String?
  package var priceUnit: String?
  /// When the row was last changed, by the database's clock.
  package var updatedAt: Timestamp?

  package init(sid: CallSID) {
    self.sid = sid
  }

  /// A transfer without a related call.
  package var isUnmatched: Bool { attributionCase == .transfer && phoneNumber == nil }

  /// Its facts with their names, in the order of answers and of the CSV's columns.
  package var fields: [AnswerField] {
    func text(_ text: String?) -> AnswerValue { text.map { .text($0) } ?? .null }
    func time(_ moment: Timestamp?) -> AnswerValue { text(moment?.iso8601) }
    return [
      AnswerField("sid", .text(sid.text)),
      AnswerField("case", attributionCase.map { .number(Int64($0.number)) } ?? .null),
      AnswerField("workspace", workspace.map { .number($0.number) } ?? .null),
      AnswerField("workspaceName", text(workspaceName)),
      AnswerField("from", text(from)), AnswerField("to", text(to)),
      AnswerField("phoneNumber", text(phoneNumber)), AnswerField("leadNumber", text(leadNumber)),
      AnswerField("status", text(status)), AnswerField("direction", text(direction)),
      AnswerField("callDate", time(callDate)), AnswerField("endedAt", time(endedAt)),
      AnswerField("duration", duration.map { .number(Int64($0)) } ?? .null),
      AnswerField("cost", text(cost)), AnswerField("priceUnit", text(priceUnit)),
      AnswerField("unmatched", .bool(isUnmatched)), AnswerField("updatedAt", time(updatedAt)),
    ]
  }
}

extension AttributionCase {
  /// 1, 2 or 3, as the rules count them.
  package var number: Int {
    switch self {
    case .outboundAPI: 1
    case .trunkingTerminating: 2
    case .transfer: 3
    }
  }
}
