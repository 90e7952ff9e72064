/// What a run shows to prove that it still holds the lease of its kind. Every commit compares
/// it, so a run that was taken for dead can never write after another took over.
package struct RunFence: Hashable, Sendable {
  package let kind: RunKind
  package let run: RunID
  /// The mark of this holder, which no other has or had.
  package let token: Int64

  package init(kind: RunKind, run: RunID, token: Int64) {
    self.kind = kind
    self.run = run
    self.token = token
  }
}
