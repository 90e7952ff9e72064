import CallDomain
import Testing
import TwilioSimulator

@Suite("Odd records in Twilio's list, through the whole program", .timeLimit(.minutes(5)))
struct OddCallsTests {
  @Test("Unknown directions and statuses, missing fields and unreadable dates cost no other call")
  func odd() async throws {
    try await withInstallation { installation in
      let started = installation.simulation.now.adding(seconds: -1200).iso8601
      try installation.simulation.put(
        json: """
          [{"sid": "\(TestCalls.sid(1))", "start_time": "\(started)", "direction": "teletransporte"},
           {"sid": "\(TestCalls.sid(2))", "start_time": "\(started)", "status": "en-el-limbo"},
           {"sid": "\(TestCalls.sid(3))", "date_created": "\(started)", "_omit": ["start_time", "end_time",
            "duration", "price", "price_unit", "status", "date_updated", "to"]},
           {"sid": "\(TestCalls.sid(4))", "date_created": "\(started)", "start_time": "pasado mañana"},
           {"sid": "\(TestCalls.sid(5))", "start_time": "\(started)", "duration": "mucho", "price": "gratis"},
           {"sid": "\(TestCalls.sid(6))", "start_time": "\(started)", "from": null, "to": null},
           {"sid": "\(TestCalls.sid(7))", "start_time": "\(started)", "direction": "inbound"}]
          """)
      let answer = try await installation.serve().sync()
      #expect(answer.status == 200)
      #expect(answer.integer("totalCalls") == 7)
      #expect(answer.integer("savedCalls") == 5)
      #expect(answer.integer("skippedCalls") == 2)
      let rows = try await installation.column(
        """
        SELECT concat_ws(' ', right(id, 1), coalesce(status, '-'), coalesce(duration::text, '-'),
          coalesce(cost::text, '-'), call_date IS NOT NULL, workspace_id) FROM calls ORDER BY id
        """)
      #expect(
        rows == [
          "2 en-el-limbo - - t 1", "3 - - - t 1", "4 completed - - t 1", "5 completed - - t 1",
          "6 completed - - t 1",
        ])
    }
  }

  @Test("A lead's number that the database quotes is neither answered nor logged nor recorded")
  func quotedNumber() async throws {
    try await withInstallation { installation in
      installation.simulation.put(TestCalls.open(30, now: installation.simulation.now))
      try await installation.sql(
        """
        CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN RAISE EXCEPTION 'no quiero % con %', NEW.lead_number, '\(Secrets.databasePassword)'; END $$
        """)
      try await installation.sql(
        "CREATE TRIGGER refuse BEFORE INSERT ON calls FOR EACH ROW EXECUTE FUNCTION refuse()")
      let answer = try await installation.serve().sync()
      #expect(answer.status == 500)
      #expect(answer.text("error")?.hasPrefix("La base de datos rechaza demasiadas llamadas") == true)
      #expect(try await installation.storedCalls() == 0)
    }
  }
}
