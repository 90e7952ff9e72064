/// The command line cannot be understood (exit status 2).
package struct UsageError: Error, Hashable, Sendable, CustomStringConvertible {
  /// What is wrong and where the right usage stands, in Spanish.
  package let description: String

  init(_ fault: String, command: CommandName? = nil) {
    let help = ["twilio-sync", command?.rawValue, "--help"].compactMap(\.self).joined(separator: " ")
    description = "\(fault) Vea «\(help)»."
  }
}
