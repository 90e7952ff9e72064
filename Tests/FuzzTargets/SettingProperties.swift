import Bootstrap

/// The configuration: whatever the environment holds, there is a sentence for what is wrong, and no sentence
/// shows a secret, wherever that was pasted.
///
/// The input is lines `NAME=value`. The value of a secret gets an ending that stands nowhere else; `@0` to
/// `@6` in any other value stands for the seven secrets, in which no `@` is left.
enum SettingProperties {
  static func check(_ input: [UInt8]) throws(BrokenProperty) {
    // No environment can hold NUL; and libFuzzer learns the ending that stands nowhere else.
    guard !input.contains(0), !String(decoding: input, as: UTF8.self).lowercased().contains(mark.lowercased())
    else { return }
    let environment = environment(of: input)
    for needs in [Configuration.Needs.server, .database, .twilio, .all] {
      switch configuration(environment, needs) {
      case .success(let configuration):
        let secrets = Set(secretNames.compactMap { environment[$0] })
        try hold(secrets.isSubset(of: configuration.secrets), "a secret is missing among the secrets")
      case .failure(let faults): try judge(faults.sentences)
      }
    }
  }

  private static func configuration(
    _ environment: [String: String], _ needs: Configuration.Needs
  ) -> Result<Configuration, ConfigurationFaults> {
    Result { () throws(ConfigurationFaults) in try Configuration(environment: environment, needs: needs) }
  }

  private static let secretNames = [
    "CRON_SECRET", "TWILIO_AUTH_TOKEN", "TWILIO_API_SECRET", "PGPASSWORD", "CRON_SECRET_PREVIOUS",
    "READ_SECRET",
    "METRICS_SECRET",
  ]
  private static let mark = "kQ3Zx9Jw5Vt"

  private static func judge(_ sentences: [String]) throws(BrokenProperty) {
    try hold(!sentences.isEmpty, "refused without a reason")
    for sentence in sentences {
      try hold(!sentence.lowercased().contains(mark.lowercased()), "a secret is shown: \(sentence)")
      try hold(sentence.last == ".", "no sentence: \(sentence)")
    }
  }

  private static func environment(of input: [UInt8]) -> [String: String] {
    var environment: [String: String] = [:]
    for line in Lines.of(input[...]) {
      if let (name, value) = Lines.pair(line, separator: "=") { environment[name] = value }
    }
    for (index, name) in secretNames.enumerated() {
      guard let value = environment[name] else { continue }
      environment[name] = "\(value.replacing("@", with: ""))\(mark)\(index)"
    }
    for (name, value) in environment where !secretNames.contains(name) {
      environment[name] = secretNames.enumerated().reduce(value) { value, secret in
        value.replacing("@\(secret.offset)", with: environment[secret.element] ?? "")
      }
    }
    return environment
  }
}
