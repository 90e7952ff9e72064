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
