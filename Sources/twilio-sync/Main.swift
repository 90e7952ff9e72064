import Bootstrap
import Foundation

@main
struct Main {
  static func main() async {
    let status = await Program.run(
      commandLine: CommandLine.arguments, environment: ProcessInfo.processInfo.environment)
    exit(status)
  }
}
