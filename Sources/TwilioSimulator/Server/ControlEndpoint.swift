import WebServer

/// The simulator's own routes, beside Twilio's.
struct ControlEndpoint {
  let simulation: Simulation

  static let help = """
    GET    /_simulator/            this text
    GET    /_simulator/requests    the requests to the API: {"count", "requests": [{"number", "method", "target", "status", "faulted"}]}
    GET    /_simulator/clock       {"now"}
    POST   /_simulator/clock       {"now": ISO} freezes it there, {"advance": SECONDS}, {"offset": SECONDS} runs beside real time, {"real": true}
    POST   /_simulator/faults      a script as text, such as: 1:429=2; 2-3:503; list/4-:html; 5%:reset; 2n:whole-days (empty: none)
    POST   /_simulator/calls       a call or an array of calls as Twilio writes them; needs "sid", the rest has
                                   defaults; ISO 8601 times with Z are served as RFC 2822; "_omit": [keys left out],
                                   "_listed_at": ISO time from which the list shows it
    DELETE /_simulator/calls/SID   removes a call
    POST   /_simulator/options     {"precision": "exact|day", "emptyFields": "real|documented", "lagSeconds",
                                   "emptyLastPage": bool, "ending": "last|circle|never", "insertedBetweenPages",
                                   "repeatedRows",
                                   "retentionDays": days|null, "latencyMilliseconds", "concurrencyLimit": n|null}
    POST   /_simulator/reset       everything as it was at the start
    """

  func response(to request: HTTPRequest) -> HTTPResponse {
    do throws(SimulatorError) {
      return try answer(request)
    } catch {
      var writer = JSONWriter()
      writer.value(.object(["error": .string(error.description)]))
      return .json(writer.bytes, status: .badRequest)
    }
  }

  private func answer(_ request: HTTPRequest) throws(SimulatorError) -> HTTPResponse {
    let path = request.target.path.dropFirst("/_simulator/".count)
    switch (request.method.text, path) {
    case ("GET", ""): return .text(Self.help + "\n")
    case ("GET", "requests"): return json(records)
    case ("GET", "clock"): return json(clock)
    case ("POST", "clock"): try setClock(request.body)
    case ("POST", "faults"): simulation.setFaults(try FaultPlan(text: text(request.body)))
    case ("POST", "calls"): try simulation.put(json: text(request.body))
    case ("POST", "options"): try setOptions(request.body)
    case ("POST", "reset"): simulation.reset()
    case ("DELETE", _) where path.hasPrefix("calls/"):
      guard simulation.remove(sid: String(path.dropFirst(6))) else {
        throw SimulatorError("There is no such call.")
      }
    default: throw SimulatorError("No such control route; GET /_simulator/ lists them.")
    }
    return json(.object(["ok": .bool(true)]))
  }

  private func text(_ body: [UInt8]) -> String {
    String(decoding: body, as: UTF8.self)
  }

  private func json(_ value: JSONValue) -> HTTPResponse {
    var writer = JSONWriter()
    writer.value(value)
    return .json(writer.bytes)
  }

  private var clock: JSONValue { .object(["now": .string(simulation.now.iso8601)]) }

  private var records: JSONValue {
    let records = simulation.requests.map { record in
      JSONValue.object([
        "number": .integer(Int64(record.number)), "method": .string(record.method),
        "target": .string(record.target), "status": .integer(Int64(record.status)),
        "faulted": .bool(record.faulted),
      ])
    }
    return .object(["count": .integer(Int64(records.count)), "requests": .array(records)])
  }

  private func fields(_ body: [UInt8]) throws(SimulatorError) -> [String: JSONValue] {
    guard let fields = try JSONValue(parsing: body).fields else {
      throw SimulatorError("The body must be a JSON object.")
    }
    return fields
  }

  private func setClock(_ body: [UInt8]) throws(SimulatorError) {
    let fields = try fields(body)
    if let text = fields["now"]?.text, let moment = Moment(filterText: text) {
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

  private func setOptions(_ body: [UInt8]) throws(SimulatorError) {
    var options = simulation.options
    var load = simulation.load
    for (key, value) in try fields(body) {
      guard options.set(key, value) || load.set(key, value) else {
        throw SimulatorError(
          "Option \"\(key)\" is unknown or has a wrong value; GET /_simulator/ lists them.")
      }
    }
    simulation.options = options
    simulation.setLoad(
      latencyMilliseconds: load.latencyMilliseconds, concurrencyLimit: load.concurrencyLimit)
  }
}
