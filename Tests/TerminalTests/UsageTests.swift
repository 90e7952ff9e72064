import CallDomain
import Terminal
import Testing

struct UsageTests {
  @Test("The help of a command, exactly")
  func historical() {
    #expect(
      Usage.text(of: .historical) == """
        Uso: twilio-sync historical [--since FECHA] [--until FECHA] [--restart] [--json]

        Lee de Twilio todas las llamadas desde HISTORY_START, o las del periodo dado, y las guarda.
        Si se interrumpe, el mismo comando sin --restart continúa donde se quedó. En un terminal muestra
        una barra de avance (↻ cuenta los reintentos); fuera de él, una línea cada pocos segundos.

        FECHA es AAAA-MM-DD o una hora ISO 8601, en UTC.

        Opciones:
          --since FECHA  desde esta fecha, incluida
          --until FECHA  hasta esta fecha, sin incluirla
          --restart      empieza de nuevo en lugar de continuar lo interrumpido
          --json         escribe el resultado como un objeto JSON; los registros van a la salida de errores
          -h, --help     muestra esta ayuda
          --version      muestra la versión

        Códigos de salida:
          0         hecho
          1         la ejecución falló
          2         uso o configuración incorrectos
          3         otra ejecución del mismo tipo está en curso
          130, 143  detenido por una señal (SIGINT, SIGTERM)

        """)
  }

  @Test(
    "A command's help names its operand, and that of the options none but its own",
    arguments: CommandName.allCases)
  func operands(command: CommandName) {
    let first = Usage.text(of: command).prefix { $0 != "\n" }
    switch command {
    case .explain: #expect(first == "Uso: twilio-sync explain CA… [--json]")
    case .phones:
      #expect(
        first == "Uso: twilio-sync phones [assign NÚMERO WORKSPACE] [--dry-run] [--past] [--json]")
    case .completion: #expect(first == "Uso: twilio-sync completion bash|zsh|fish")
    default: #expect(first.contains("[--json]") && !first.contains("CA…") && !first.contains("|"))
    }
  }

  @Test("The program's help names the commands of this version and no other")
  func program() {
    let text = Usage.text(of: nil)
    #expect(text.hasPrefix("Uso: twilio-sync [COMANDO] [OPCIONES]\n"))
    for command in CommandName.allCases {
      #expect(text.contains("\n  \(command.rawValue) "))
    }
  }

  @Test("Each help ends with one line feed and documents the exit statuses", arguments: CommandName.allCases)
  func everyCommand(command: CommandName) {
    let text = Usage.text(of: command)
    #expect(text.hasPrefix("Uso: twilio-sync \(command.rawValue)"))
    #expect(text.hasSuffix(")\n") && !text.hasSuffix("\n\n"))
    #expect(text.contains("  130, 143  detenido"))
    #expect(text.split(separator: "\n").allSatisfy { $0.count <= 110 && !$0.hasSuffix(" ") })
  }

  @Test(
    "Failures map to the promised exit statuses",
    arguments: [
      (RunFailure.Kind.badParameter, 2), (.alreadyRunning, 3), (.twilio(.permanent), 1),
      (.database(.busy), 1),
      (.leaseLost, 1), (.internal, 1), (.stopping, 143),
    ] as [(RunFailure.Kind, Int32)])
  func exitStatus(kind: RunFailure.Kind, expected: Int32) {
    #expect(ExitStatus(kind).rawValue == expected)
  }
}
