import CallDomain
import Terminal
import TestSupport
import Testing

struct CommandTests {
  private static let sid = makeSID(7).text
  private static func assignment(movesPast: Bool = false, isRehearsal: Bool = false) -> PhoneAssignment {
    PhoneAssignment(
      number: makeNumber("+34911679868"), workspace: WorkspaceID(4), movesPast: movesPast,
      isRehearsal: isRehearsal)
  }

  private static func day(_ text: String) -> Timestamp? { Timestamp(iso8601: text) }

  @Test(
    "Well-formed arguments",
    arguments: [
      ("", Command(.serve)),
      ("serve", Command(.serve)),
      ("hourly", Command(.run(.hourly))),
      ("hourly --json", Command(.run(.hourly), json: true)),
      ("--json hourly", Command(.run(.hourly), json: true)),
      ("historical", Command(.run(.historical(since: nil, until: nil, restart: false)))),
      (
        "historical --since 2025-08-01 --until 2025-09-01T10:30:00+02:00 --restart",
        Command(
          .run(
            .historical(since: day("2025-08-01"), until: day("2025-09-01T08:30:00Z"), restart: true)))
      ),
      (
        "historical --until=2025-09-01",
        Command(.run(.historical(since: nil, until: day("2025-09-01"), restart: false)))
      ),
      (
        "--since 2025-08-01 reattribute --dry-run --json",
        Command(.run(.reattribute(since: day("2025-08-01"), dryRun: true)), json: true)
      ),
      ("reattribute", Command(.run(.reattribute(since: nil, dryRun: false)))),
      ("audit --json", Command(.run(.audit(since: nil, until: nil)), json: true)),
      (
        "audit --since 2025-08-01 --until 2025-08-02",
        Command(.run(.audit(since: day("2025-08-01"), until: day("2025-08-02"))))
      ),
      ("phones", Command(.phones)), ("phones --json", Command(.phones, json: true)),
      ("phones assign 0034911679868 4", Command(.run(.assign(assignment())))),
      (
        "phones --past assign tel:+34911679868 4 --dry-run",
        Command(.run(.assign(assignment(movesPast: true, isRehearsal: true))))
      ),
      ("migrate", Command(.migrate)),
      ("doctor --json", Command(.doctor, json: true)),
      ("health", Command(.health(url: nil))),
      ("health --url http://127.0.0.1:3093", Command(.health(url: "http://127.0.0.1:3093"))),
      ("health --url=HTTPS://a.example/?x=y", Command(.health(url: "HTTPS://a.example/?x=y"))),
      ("explain \(sid)", Command(.explain(makeSID(7)))),
      ("--json explain \(sid)", Command(.explain(makeSID(7)), json: true)),
      ("explain --json \(sid)", Command(.explain(makeSID(7)), json: true)),
      ("explain --help", Command(.help(.explain))),
      ("explain CA… --help", Command(.help(.explain))),
      ("completion fish", Command(.completion(.fish))),
      ("--help", Command(.help(nil))),
      ("-h", Command(.help(nil))),
      ("--help historical", Command(.help(.historical))),
      ("historical --since ayer --help", Command(.help(.historical))),
      ("completion --help", Command(.help(.completion))),
      ("--version", Command(.version)),
      ("migrate --version", Command(.version)),
    ])
  func wellFormed(line: String, expected: Command) throws {
    #expect(try Command(arguments: line.split(separator: " ").map(String.init)) == expected)
  }

  @Test(
    "Wrong arguments are named in a sentence",
    arguments: [
      ("sync", "El comando «sync» no existe. Vea «twilio-sync --help»."),
      ("phones all", "El argumento «all» sobra. Vea «twilio-sync phones --help»."),
      (
        "phones assign +34911679868",
        "Faltan el número y el workspace: «phones assign NÚMERO WORKSPACE»; un número con espacios va entre comillas. "
          + "Vea «twilio-sync phones --help»."
      ),
      (
        "phones assign +34911679868 -4", "La opción «-4» no existe. Vea «twilio-sync phones --help»."
      ),
      (
        "phones assign +34911679868 x",
        "«x» no es el número de un workspace. Vea «twilio-sync phones --help»."
      ),
      (
        "phones assign anonymous 4",
        "Eso no es un número: está oculto o vacío, o es demasiado largo. Escriba el número, en cualquier forma. "
          + "Vea «twilio-sync phones --help»."
      ),
      ("phones --dry-run", "La opción --dry-run no vale para «phones». Vea «twilio-sync phones --help»."),
      ("hourly now", "El argumento «now» sobra. Vea «twilio-sync hourly --help»."),
      ("--verbose", "La opción «--verbose» no existe. Vea «twilio-sync --help»."),
      ("hourly -v", "La opción «-v» no existe. Vea «twilio-sync hourly --help»."),
      ("hourly --", "La opción «--» no existe. Vea «twilio-sync hourly --help»."),
      ("hourly --dryRun", "La opción «--dryRun» no existe. Vea «twilio-sync hourly --help»."),
      (
        "hourly --since 2025-08-01",
        "La opción --since no vale para «hourly». Vea «twilio-sync hourly --help»."
      ),
      ("--restart", "La opción --restart no vale para «serve». Vea «twilio-sync serve --help»."),
      (
        "historical --since",
        "A la opción --since le falta su valor (FECHA). Vea «twilio-sync historical --help»."
      ),
      (
        "historical --since --restart",
        "A la opción --since le falta su valor (FECHA). Vea «twilio-sync historical --help»."
      ),
      ("health --url=", "A la opción --url le falta su valor (URL). Vea «twilio-sync health --help»."),
      (
        "historical --restart=yes",
        "La opción --restart no lleva valor. Vea «twilio-sync historical --help»."
      ),
      ("hourly --json --json", "La opción --json está repetida. Vea «twilio-sync hourly --help»."),
      (
        "historical --since 2025-01-01 --since=2025-01-01",
        "La opción --since está repetida. Vea «twilio-sync historical --help»."
      ),
      (
        "reattribute --since 2025-13-01",
        "La fecha «2025-13-01» de --since no es válida: use AAAA-MM-DD o una hora ISO 8601, en UTC, "
          + "como 2025-08-01 o 2025-08-01T10:30:00Z. Vea «twilio-sync reattribute --help»."
      ),
      (
        "historical --since 2025-08-01 --until 2025-08-01",
        "--since (2025-08-01T00:00:00.000Z) debe ser anterior a --until (2025-08-01T00:00:00.000Z). "
          + "Vea «twilio-sync historical --help»."
      ),
      (
        "health --url localhost:3093",
        "«localhost:3093» no es una dirección http:// o https://. Vea «twilio-sync health --help»."
      ),
      (
        "health --url http://",
        "«http://» no es una dirección http:// o https://. Vea «twilio-sync health --help»."
      ),
      (
        "explain",
        "Falta el SID de la llamada (CA y 32 cifras hexadecimales). Vea «twilio-sync explain --help»."
      ),
      (
        "explain CA0123",
        "«CA0123» no es el SID de una llamada (CA y 32 cifras hexadecimales). Vea «twilio-sync explain --help»."
      ),
      (
        "explain +34600000022",
        "«+34600000022» no es el SID de una llamada (CA y 32 cifras hexadecimales). "
          + "Vea «twilio-sync explain --help»."
      ),
      ("explain \(sid) \(sid)", "El argumento «\(sid)» sobra. Vea «twilio-sync explain --help»."),
      (
        "explain \(sid) --since 2025-08-01",
        "La opción --since no vale para «explain». Vea «twilio-sync explain --help»."
      ),
      ("hourly \(sid)", "El argumento «\(sid)» sobra. Vea «twilio-sync hourly --help»."),
      (
        "completion", "Falta el intérprete de comandos: bash, zsh, fish. Vea «twilio-sync completion --help»."
      ),
      (
        "completion tcsh",
        "No hay autocompletado para «tcsh»; los hay para bash, zsh, fish. Vea «twilio-sync completion --help»."
      ),
      ("completion bash zsh", "El argumento «zsh» sobra. Vea «twilio-sync completion --help»."),
    ])
  func wrong(line: String, sentence: String) {
    let error = #expect(throws: UsageError.self) {
      try Command(arguments: line.split(separator: " ").map(String.init))
    }
    #expect(error?.description == sentence)
  }

  @Test("An empty argument is no command and no value", arguments: [[""], ["historical", "--since", ""]])
  func emptyArguments(arguments: [String]) {
    #expect(throws: UsageError.self) { try Command(arguments: arguments) }
  }
}
