/// A customer's number in `workspaces`.
package struct WorkspaceID: Hashable, Comparable, Sendable {
  package let number: Int64

  package init(_ number: Int64) {
    self.number = number
  }

  package static func < (left: WorkspaceID, right: WorkspaceID) -> Bool {
    left.number < right.number
  }
}

/// Calls that went from one workspace to another.
package struct WorkspaceMove: Hashable, Comparable, Sendable {
  /// Nil for rows that had none.
  package let from: WorkspaceID?
  package let to: WorkspaceID

  package init(from: WorkspaceID?, to: WorkspaceID) {
    self.from = from
    self.to = to
  }

  package static func < (left: WorkspaceMove, right: WorkspaceMove) -> Bool {
    (left.from?.number ?? .min, left.to.number) < (right.from?.number ?? .min, right.to.number)
  }
}
