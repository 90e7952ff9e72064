extension Usage {
  /// What a command does, in a few lines.
  static func description(_ command: CommandName) -> String {
    switch command {
    case .serve:
      """
      Atiende HTTP en HOST y PORT hasta recibir SIGTERM o SIGINT. Al recibirlos deja de aceptar
      peticiones y espera a las que están en curso.
      """
    case .hourly:
      """
      Lee de Twilio las llamadas de los últimos SYNC_WINDOW_MINUTES minutos y lo que quedó pendiente,
      las guarda y termina. Para cron, temporizadores de systemd y CronJobs de Kubernetes.
      """
    case .historical:
      """
      Lee de Twilio todas las llamadas desde HISTORY_START, o las del periodo dado, y las guarda.
      Si se interrumpe, el mismo comando continúa donde se quedó. En un terminal muestra una barra
      de avance (↻ cuenta los reintentos); fuera de él, una línea cada pocos segundos.

      FECHA es AAAA-MM-DD o una hora ISO 8601, en UTC.
      """
    case .reattribute:
      """
      Aplica las reglas de asignación a las llamadas guardadas, sin preguntar a Twilio. Hace falta
      después de editar workspace_phones.

      FECHA es AAAA-MM-DD o una hora ISO 8601, en UTC.
      """
    case .migrate:
      """
      Crea el esquema o lo actualiza. Puede repetirse y lanzarse desde varias réplicas a la vez.
      """
    case .doctor:
      """
      Comprueba configuración, credenciales de Twilio, base de datos, esquema, última ejecución y
      alertas, y dice qué hacer con cada problema. Termina con 1 si algo necesita a una persona,
      también cuando es la configuración.
      """
    case .health:
      """
      Pregunta a /health de un servidor en marcha y termina con 0 si vive. Para las comprobaciones
      de salud de los contenedores.
      """
    case .completion:
      """
      Escribe el autocompletado del intérprete de comandos dado. Para usarlo:
        bash  source <(twilio-sync completion bash)
        zsh   twilio-sync completion zsh > DIR/_twilio-sync, con DIR en fpath
        fish  twilio-sync completion fish > ~/.config/fish/completions/twilio-sync.fish
      """
    }
  }
}
