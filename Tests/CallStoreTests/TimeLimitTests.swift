import CallDomain
import CallStore
import Postgres
import TestSupport
import Testing

@Suite("Time limits", .keepsFailedDatabases)
struct TimeLimitTests {
  @Test("Each lies within the next: locks, the server's, the client's, a frozen commit, the lease")
  func nested() {
    let terms = LeaseTerms()
    let limits: [Duration] = [
      .milliseconds(terms.takeoverMilliseconds), .milliseconds(terms.lockMilliseconds),
      .seconds(LeaseTerms.statementSeconds), PostgresConfiguration().statementLimit,
      .seconds(terms.staleSeconds), .seconds(terms.seconds),
    ]
    #expect(zip(limits, limits.dropFirst()).allSatisfy(<), "\(limits)")
    // Three renewals may fail; the next run is blocked for less than two minutes.
    #expect(.milliseconds(3 * terms.heartbeat) < .seconds(terms.seconds) && terms.seconds < 120)
    // A renewal that hangs from the first step to the last is over before the lease is.
    let configuration = PostgresConfiguration()
    let renewal = configuration.connectLimit + configuration.statementLimit + configuration.cancelGrace
    #expect(.milliseconds(terms.heartbeat) + renewal < .seconds(terms.seconds))
  }

  @Test("A page's commit has them on the server")
  func onTheServer() async throws {
    try await withStore { fixture in
      try await fixture.pool.run(
        "CREATE TABLE seen (name text, milliseconds text)",
        """
        CREATE FUNCTION look() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER AS $$ BEGIN
        INSERT INTO seen SELECT name, setting FROM pg_settings WHERE name LIKE '%\\_timeout'; RETURN NULL; END $$
        """,
        "CREATE TRIGGER look AFTER INSERT ON calls FOR EACH STATEMENT EXECUTE FUNCTION look()")
      try await fixture.commit([makeRing(makeSID(1), endedAt: at("09:50"))])
      let seen = try await fixture.pool.lines(
        "SELECT milliseconds FROM seen WHERE name IN ('lock_timeout', 'statement_timeout') ORDER BY name")
      #expect(seen == ["\(LeaseTerms().lockMilliseconds)", "\(LeaseTerms.statementSeconds * 1000)"])
    }
  }
}
