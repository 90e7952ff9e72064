/// A control request or a command line that the simulator cannot follow, as one sentence.
package struct SimulatorError: Error, Hashable, Sendable, CustomStringConvertible {
  /// What was wrong and what is right.
  package let description: String

  init(_ sentence: String) {
    description = sentence
  }
}
