import CallDomain
import Telemetry
import WebAPI
import WebServer

/// Words what happens at the server and its routes.
enum ServeReport {
  static func report(_ event: ServerEvent, to logger: Logger) {
    switch event {
    case .listening(let address):
      logger.log(
        .info, "listening", text: ["🚀 twilio-sync \(Version.text) escucha en http://\(address)"],
        fields: [LogField("address", .text("\(address)")), LogField("version", .text(Version.text))])
    case .connectionsRefused(let count):
      logger.log(
        .warning, "connections_refused", text: ["⚠️ Demasiadas conexiones a la vez; rechazadas: \(count)"],
        fields: [LogField("count", .integer(Int64(count)))])
    case .acceptFailed(let error):
      logger.log(
        .warning, "accept_failed", text: ["⚠️ No se pueden aceptar conexiones por ahora: \(error)"],
        fields: [LogField("error", .text("\(error)"))])
    case .requestRefused(let error):
      logger.log(.debug, "request_refused", fields: [LogField("status", .integer(Int64(error.status.code)))])
    case .deadlinePassed: logger.log(.debug, "deadline_passed")
    case .stopped: logger.log(.debug, "server_stopped")
    }
  }

  static func report(_ event: APIEvent, to logger: Logger) {
    switch event {
    case .answered(let request):
      logger.log(
        .debug, "request_answered",
        text: ["\(request.method) \(request.route) \(request.status) \(request.milliseconds) ms"],
        fields: [
          LogField("requestId", .text(request.requestID)), LogField("route", .text(request.route)),
          LogField("method", .text(request.method)), LogField("status", .integer(Int64(request.status))),
          LogField("durationMs", .integer(request.milliseconds)),
        ])
    case .secretRefused(let requestID, let route, let address, let limited):
      let limit =
        limited ? "; demasiados intentos, se responde 429 y los siguientes de este minuto no se anotan" : ""
      logger.log(
        .warning, "secret_refused",
        text: ["⚠️ Secreto incorrecto en \(route) desde \(address)\(limit)"],
        fields: [
          LogField("requestId", .text(requestID)), LogField("route", .text(route)),
          LogField("address", .text(address)), LogField("limited", .bool(limited)),
        ])
    case .runStarted(let requestID, let kind, let id):
      logger.log(
        .debug, "run_requested",
        fields: [
          LogField("requestId", .text(requestID)), LogField("kind", .text(kind.rawValue)),
          LogField("runId", .integer(id.number)),
        ])
    case .runRefused(let requestID, let kind, let failure):
      RefusalReport.report(failure, of: kind, requestID: requestID, to: logger)
    case .requestFailed(let requestID, let route, let failure):
      logger.log(
        .error, "request_failed", text: ["❌ No se puede responder a \(route): \(failure.message)"],
        fields: [
          LogField("requestId", .text(requestID)), LogField("route", .text(route)),
          LogField("code", .text(failure.code.rawValue)), LogField("error", .text(failure.message)),
        ], cause: failure.cause)
    }
  }

  static func reportNoPort(_ configuration: Configuration, _ error: SocketError, to logger: Logger) {
    logger.log(
      .error, "listen_failed",
      text: [
        """
        ❌ No se puede escuchar en \(configuration.host):\(configuration.port) (\(error)); compruebe HOST y \
        PORT y que ningún otro programa use el puerto.
        """
      ],
      fields: [
        LogField("host", .text(configuration.host)), LogField("port", .integer(Int64(configuration.port))),
        LogField("error", .text("\(error)")),
      ])
  }
}
