import Bootstrap
import Foundation

@main
struct Main {
  static func main() {
    Program.main(
      commandLine: CommandLine.arguments, environment: ProcessInfo.processInfo.environment)
  }
}
