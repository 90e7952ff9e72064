/// Which way a call went, as Twilio names it. The trunk names describe Twilio's side:
/// `trunking-terminating` ends in the phone network and is outbound for us,
/// `trunking-originating` comes from it (docs: Call resource).
package enum CallDirection: Hashable, Sendable {
  case outboundAPI
  case trunkingTerminating
  case trunkingOriginating
  case inbound
  case outboundDial
  /// A value that Twilio's list did not hold when this was written; kept as it is.
  case other(String)

  package init(_ text: String) {
    switch text {
    case "outbound-api": self = .outboundAPI
    case "trunking-terminating": self = .trunkingTerminating
    case "trunking-originating": self = .trunkingOriginating
    case "inbound": self = .inbound
    case "outbound-dial": self = .outboundDial
    default: self = .other(text)
    }
  }

  /// The word as Twilio sends it.
  package var text: String {
    switch self {
    case .outboundAPI: "outbound-api"
    case .trunkingTerminating: "trunking-terminating"
    case .trunkingOriginating: "trunking-originating"
    case .inbound: "inbound"
    case .outboundDial: "outbound-dial"
    case .other(let text): text
    }
  }

  /// The attribution case of Reference.md, "Whose call is it", nil for directions that are not stored.
  package var attributionCase: AttributionCase? {
    switch self {
    case .outboundAPI: .outboundAPI
    case .trunkingTerminating: .trunkingTerminating
    case .trunkingOriginating: .transfer
    case .inbound, .outboundDial, .other: nil
    }
  }
}

/// The three cases by which a call's workspace is decided (Reference.md, "Whose call is it").
package enum AttributionCase: Hashable, Sendable {
  /// Case 1, `outbound-api`: `from` is the workspace's number.
  case outboundAPI
  /// Case 2, `trunking-terminating`: the same.
  case trunkingTerminating
  /// Case 3, `trunking-originating`: `from` is the lead's number.
  case transfer

  package static let all: [AttributionCase] = [.outboundAPI, .trunkingTerminating, .transfer]

  /// Whether its calls ring a lead and so explain the lead's transfers (Reference.md, "Rules").
  var explainsTransfers: Bool {
    switch self {
    case .outboundAPI, .trunkingTerminating: true
    case .transfer: false
    }
  }
}
