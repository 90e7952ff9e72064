/// For how long a test waits for what must come. Nothing depends on it but when a test that hangs is told: a machine
/// with much else to do may need most of it.
package enum Hang {
  package static let limit = Duration.seconds(240)
}
