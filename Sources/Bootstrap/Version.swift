/// The program's version, as `--version`, the User-Agent and the log tell it.
enum Version {
  static let text = "1.0.0"
}
