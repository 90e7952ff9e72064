import CallDomain
import Foundation
import Reporting
import Testing

@Suite("The message of an alert")
struct AlertMessageTests {
  private static let firing = Alert(
    .noRun, isFiring: true, since: Timestamp(seconds: 1_759_694_400),
    detail: "Todavía no ha acabado bien ninguna ejecución horaria.",
    whatToDo: "Ejecute \"twilio-sync hourly\".")

  private func object(_ alert: Alert) throws -> [String: Any] {
    let data = Data(AlertMessage(alert).json.utf8)
    return try #require(try JSONSerialization.jsonObject(with: data) as? [String: Any])
  }

  @Test("Chat tools find their key, programs theirs")
  func keys() throws {
    let object = try object(Self.firing)
    let text =
      "🚨 twilio-sync: no_run. Todavía no ha acabado bien ninguna ejecución horaria.\n→ Ejecute \"twilio-sync hourly\"."
    #expect(object["text"] as? String == text && object["content"] as? String == text)
    #expect(object["alert"] as? String == "no_run" && object["firing"] as? Bool == true)
    #expect(object["since"] as? String == "2025-10-05T20:00:00.000Z")
  }

  @Test("The end of an alert is told, too; a text too long for a chat is cut")
  func resolved() throws {
    let calm = Alert(.noRun, isFiring: false, since: nil, detail: "Todo va bien.", whatToDo: nil)
    #expect(AlertMessage(calm).text == "✅ twilio-sync: no_run se ha resuelto. Todo va bien.")
    let object = try object(calm)
    #expect(object["firing"] as? Bool == false && object["whatToDo"] is NSNull && object["since"] is NSNull)
    let long = Alert(
      .noRun, isFiring: true, since: nil, detail: String(repeating: "ñ", count: 5000), whatToDo: nil)
    #expect(try self.object(long)["content"].map { "\($0)".count } == 2000)
  }
}
