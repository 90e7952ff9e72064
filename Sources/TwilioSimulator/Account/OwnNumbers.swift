/// One of the simulated company's numbers.
package struct OwnNumber: Hashable, Sendable {
  /// E.164, which is also the canonical form.
  package let number: String
  /// The workspace that the demo's directory gives it to.
  package let workspace: Int
}

extension OwnNumber {
  /// The 17 numbers of every scenario, +34911679860 to +34911679876: five of workspace 1, four each
  /// of the workspaces 4, 5 and 6.
  package static let all: [OwnNumber] = (0..<17).map { index in
    OwnNumber(number: "+349116798\(60 + index)", workspace: [1, 4, 5, 6][index % 4])
  }
}
