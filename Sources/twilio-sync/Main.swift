import Bootstrap
import Foundation

@main
struct Main {
  static func main() async {
    let status = await Program.run(
      arguments: Array(CommandLine.arguments.dropFirst()), environment: ProcessInfo.processInfo.environment)
    exit(status)
  }
}
