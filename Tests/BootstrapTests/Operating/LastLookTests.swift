import Bootstrap
import CallDomain
import Postgres
import Testing

@Suite("What the last look at the database still says of a busy one")
struct LastLookTests {
  private static let good = Readiness(database: .ok, schema: .ok)
  private static let silent = Readiness(database: .busy, schema: .unknown)
  private static let unreachable = Readiness(database: .unreachable, schema: .unknown)

  @Test("Busy while connections of ours are at work, and ready for so long as the last look was good")
  func goodBefore() {
    let last = LastLook()
    #expect(last.note(Self.good) == Self.good)
    for _ in 0..<3 {
      let look = last.note(Self.silent, isWorking: true)
      #expect(look == Readiness(database: .busy, schema: .ok) && look.isReady)
    }
  }

  @Test("A database that nobody has looked at, or that could not be used, is not ready while it is busy")
  func notGoodBefore() {
    let first = LastLook()
    #expect(first.note(Self.silent, isWorking: true) == Self.silent && !Self.silent.isReady)
    for bad in [
      Self.unreachable, Readiness(database: .forbidden, schema: .unknown),
      Readiness(database: .noDefaultWorkspace, schema: .ok),
    ] {
      let last = LastLook()
      last.note(Self.good)
      #expect(last.note(bad) == bad)
      #expect(last.note(Self.silent, isWorking: true) == Self.silent)
    }
    let last = LastLook()
    last.note(Readiness(database: .ok, schema: .old))
    #expect(last.note(Self.silent, isWorking: true) == Readiness(database: .busy, schema: .old))
  }

  @Test("Without work of ours silence is a database out of reach, also for the next look")
  func idle() {
    let last = LastLook()
    last.note(Self.good)
    #expect(last.note(Self.silent) == Self.unreachable)
    #expect(last.note(Self.silent, isWorking: true) == Self.silent)
  }

  // As scripts/deploy/kubernetes.yml and Prometheus have them.
  @Test("A look is over within a probe's time, and a look for a scrape within a scrape's")
  func limits() {
    #expect(LastLook.statementLimit + PostgresConfiguration().cancelGrace < .seconds(5))
    #expect(LastLook.statementLimit < .milliseconds(LastLook.limit) && LastLook.limit < 5000)
    #expect(SharedStatus.limit < 10_000)
  }
}
