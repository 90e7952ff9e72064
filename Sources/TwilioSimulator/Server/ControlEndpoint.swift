import CallDomain
import WebServer

/// The simulator's own routes, beside Twilio's.
struct ControlEndpoint {
  let simulation: Simulation

  private static let help = """
    GET    /_simulator/            this text
    GET    /_simulator/requests    the requests to the API: {"count", "requests": [{"number", "method", "target", "status", "faulted"}]}
    GET    /_simulator/clock       {"now"}
    POST   /_simulator/clock       {"now": ISO} freezes it there, {"advance": SECONDS}, {"offset": SECONDS} runs beside real time, {"real": true}
    POST   /_simulator/faults      a script as text, such as: 1:429=2; 2-3:503; list/4-:html; 5%:reset; 2n:whole-days (empty: none)
    POST   /_simulator/calls       a call or an array of calls as Twilio writes them; needs "sid", the rest has
                                   defaults; ISO 8601 times with Z are served as RFC 2822; "_omit": [keys left out],
                                   "_listed_at": ISO time from which the list shows it
    DELETE /_simulator/calls/SID   removes a call
    PATCH  /_simulator/calls/SID   an object with the fields of a call that change
    POST   /_simulator/lost/SID    has the list leave a call out, which is given when it is asked for alone
    POST   /_simulator/options     an object with some of the command line's options (--help); null is no limit:
                                   \(SimulatorOptions.names.map(\.key).joined(separator: ", "))
    POST   /_simulator/reset       everything as it was at the start

    """

  func response(to request: HTTPRequest) -> HTTPResponse {
    do throws(SimulatorError) {
      return try answer(request)
    } catch {
      return .json(JSONValue.object(["error": .string(error.description)]).bytes, status: .badRequest)
    }
  }

  private func answer(_ request: HTTPRequest) throws(SimulatorError) -> HTTPResponse {
    let path = request.target.path.dropFirst("/_simulator/".count)
    let text = String(decoding: request.body, as: UTF8.self)
    var answer: [String: JSONValue] = ["ok": .bool(true)]
    switch (request.method.text, path) {
    case ("GET", ""): return .text(Self.help)
    case ("GET", "requests"): answer = records
    case ("GET", "clock"): answer = ["now": .string(simulation.now.iso8601)]
    case ("POST", "clock"): try setClock(fields(request))
    case ("POST", "faults"): simulation.setFaults(try FaultPlan(text: text))
    case ("POST", "calls"): try simulation.put(json: text)
    case ("POST", "options"):
      var options = simulation.options
      guard options.set(try fields(request)) else {
        throw SimulatorError(
          "An option is unknown or has a wrong value; GET /_simulator/ and --help list them.")
      }
      simulation.options = options
    case ("POST", "reset"): simulation.reset()
    case ("PATCH", _) where path.hasPrefix("calls/"):
      guard try simulation.alter(sid: String(path.dropFirst(6)), json: text) else { throw Self.noCall }
    case ("POST", _) where path.hasPrefix("lost/"):
      guard simulation.lose(sid: String(path.dropFirst(5))) else { throw Self.noCall }
    case ("DELETE", _) where path.hasPrefix("calls/"):
      guard simulation.remove(sid: String(path.dropFirst(6))) else { throw Self.noCall }
    default: throw SimulatorError("No such control route; GET /_simulator/ lists them.")
    }
    return .json(JSONValue.object(answer).bytes)
  }

  private static let noCall = SimulatorError("There is no such call.")

  private var records: [String: JSONValue] {
    let records = simulation.requests.map { record in
      JSONValue.object([
        "number": .integer(record.number), "method": .string(record.method),
        "target": .string(record.target), "status": .integer(record.status),
        "faulted": .bool(record.faulted),
      ])
    }
    return ["count": .integer(records.count), "requests": .array(records)]
  }

  private func fields(_ request: HTTPRequest) throws(SimulatorError) -> [String: JSONValue] {
    if let fields = try JSONValue(parsing: request.body).fields { return fields }
    throw SimulatorError("The body must be a JSON object.")
  }

  private func setClock(_ fields: [String: JSONValue]) throws(SimulatorError) {
    if let moment = fields["now"]?.text.flatMap({ Timestamp(filterText: $0) }) {
      simulation.setClock(.fixed(moment))
    } else if let seconds = fields["advance"]?.integer {
      simulation.advanceClock(bySeconds: seconds)
    } else if let seconds = fields["offset"]?.integer {
      simulation.setClock(.running(offsetSeconds: seconds))
    } else if fields["real"]?.bool == true {
      simulation.setClock(.real)
    } else {
      throw SimulatorError(
        "Give {\"now\": ISO}, {\"advance\": SECONDS}, {\"offset\": SECONDS} or {\"real\": true}.")
    }
  }
}
