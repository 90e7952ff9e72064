import Foundation
import TwilioSimulator

@main
struct Main {
  static func main() async {
    let status = await SimulatorProgram.run(Array(CommandLine.arguments.dropFirst()))
    exit(status)
  }
}
