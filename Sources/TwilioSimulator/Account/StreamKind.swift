/// The kinds of rows that a real log mixes.
enum StreamKind: Equatable {
  case outboundAPI
  case trunkTerminating
  case transfer
  case trunkTwin
  case inbound
  case outboundDial
  case odd

  /// The kind for a number drawn from 0 to 999.
  init(draw: Int, oddities: Bool) {
    switch draw {
    case ..<580: self = .outboundAPI
    case ..<730: self = .trunkTerminating
    case ..<870: self = .transfer
    case ..<885: self = .trunkTwin
    case ..<940: self = .inbound
    case ..<995: self = .outboundDial
    default: self = oddities ? .odd : .outboundAPI
    }
  }

  var direction: String {
    switch self {
    case .outboundAPI: return "outbound-api"
    case .trunkTerminating: return "trunking-terminating"
    case .transfer, .trunkTwin: return "trunking-originating"
    case .inbound: return "inbound"
    case .outboundDial: return "outbound-dial"
    case .odd: return "outbound-hologram"
    }
  }

  /// Whether a row of this kind rings a lead from one of our numbers.
  var callsLead: Bool { self == .outboundAPI || self == .trunkTerminating }

  var isIncoming: Bool { self == .transfer || self == .trunkTwin || self == .inbound }

  var usesTrunk: Bool { self == .trunkTerminating || self == .transfer || self == .trunkTwin }
}
