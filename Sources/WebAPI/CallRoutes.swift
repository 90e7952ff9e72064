import CallDomain
import Synchronization
import WebServer

/// The stored calls: a part of them, all as CSV, and one with its explanation.
struct CallRoutes: Sendable {
  let service: any SyncService
  private let places = ListPlaces()

  init(service: any SyncService) {
    self.service = service
  }

  /// `/api/calls?workspace=&number=&case=&unmatched=&unpriced=&pending=&status=&since=&until=&limit=&before=`.
  var list: Route {
    Route(reading: "/api/calls", parameters: CallSearch.names) { request throws(RunFailure) in
      if request.isFromOtherSite { return .refusal(.forbidden, fromOtherSite) }
      let list = try await service.calls(CallSearch(request.query))
      return .answer(
        AnswerValue.object([
          AnswerField("calls", .list(list.calls.map { .object($0.fields) })),
          AnswerField("next", list.next.map { .text($0.text) } ?? .null),
        ]).json)
    }
  }

  /// `/api/calls/{sid}`.
  var one: Route {
    Route(reading: "/api/calls/{sid}") { request throws(RunFailure) in
      if request.isFromOtherSite { return .refusal(.forbidden, fromOtherSite) }
      guard let sid = request.parameters["sid"].flatMap(CallSID.init) else {
        return .refusal(.notFound, noSID)
      }
      guard let explanation = try await service.explanation(of: sid) else {
        let failure = RunFailure.notStored(sid, setAsideFor: try await service.refusal(of: sid))
        return .refusal(.notFound, failure.message)
      }
      return .answer(explanation.wholeAnswer.json)
    }
  }

  /// `/api/calls.csv?…`: all of them. Each part is asked for when the client has taken the one before, so that no
  /// connection to the database is held for one that is slow.
  func csv(onEvent: @escaping @Sendable (APIEvent) -> Void) -> Route {
    Route("/api/calls.csv", [.get], .bearerOrBasic, parameters: CallSearch.names) {
      [service, places] request throws(RunFailure) in
      if request.isFromOtherSite { return .refusal(.forbidden, fromOtherSite) }
      var search = try CallSearch(request.query)
      search.limit = Self.callsOfPart
      guard let place = places.take() else {
        var response = HTTPResponse.refusal(.tooManyRequests, tooManyLists)
        response.headers.set("Retry-After", "10")
        return response
      }
      let first = try await service.calls(search)
      return HTTPResponse(
        headers: [
          "Content-Type": "text/csv; header=present; charset=utf-8",
          "Content-Disposition": #"attachment; filename="calls.csv""#,
        ],
        body: .stream(length: nil) { writer in
          defer { withExtendedLifetime(place) {} }
          try await writer.write(CSV.line(ListedCall(sid: .absent).fields.map(\.key)))
          var list = first
          while true {
            try await writer.write(CSV.lines(list.calls))
            guard let next = list.next else { return }
            var rest = list.search
            rest.after = next
            do throws(RunFailure) {
              list = try await service.calls(rest)
            } catch {
              onEvent(.requestFailed(requestID: request.requestID, route: "/api/calls.csv", error))
              throw error
            }
          }
        })
    }
  }

  /// Calls that are in memory at a time.
  private static let callsOfPart = 2000
}

/// How many lists are being sent: each may keep the database busy for long.
private final class ListPlaces: Sendable {
  /// One of them, for as long as somebody holds it.
  final class Place: Sendable {
    private let places: ListPlaces

    fileprivate init(_ places: ListPlaces) {
      self.places = places
    }

    deinit { places.taken.withLock { $0 -= 1 } }
  }

  private let taken = Mutex(0)

  /// - Returns: Nil where all are taken.
  func take() -> Place? {
    let isFree = taken.withLock { taken in
      guard taken < Self.most else { return false }
      taken += 1
      return true
    }
    return isFree ? Place(self) : nil
  }

  private static let most = 2
}

/// Lines as RFC 4180 has them, such as no spreadsheet takes for formulas.
enum CSV {
  static func lines(_ calls: [ListedCall]) -> String {
    calls.map { call in line(call.fields.map { text(of: $0.value) }) }.joined()
  }

  static func line(_ fields: [String]) -> String {
    fields.map(field).joined(separator: ",") + "\r\n"
  }

  private static func text(of value: AnswerValue) -> String {
    switch value {
    case .text(let text): text
    case .null: ""
    case .number, .bool, .list, .object: value.json
    }
  }

  private static func field(_ text: String) -> String {
    let safe = isFormula(text) ? "'" + text : text
    guard safe.unicodeScalars.contains(where: { special.contains($0) }) else { return safe }
    return "\"" + safe.escaping("\"", as: "\"\"") + "\""
  }

  /// A number stays as it is: `+` and digits.
  private static func isFormula(_ text: String) -> Bool {
    guard let first = text.unicodeScalars.first else { return false }
    return first == "+"
      ? !text.utf8.dropFirst().allSatisfy { (0x30...0x39).contains($0) } : formulaStarts.contains(first)
  }

  private static let formulaStarts: Set<Unicode.Scalar> = ["=", "@", "-", "\t", "\r"]
  private static let special: Set<Unicode.Scalar> = [",", "\"", "\r", "\n"]
}

extension RouteRequest {
  /// Whether a page of another site makes the browser ask (Fetch Metadata Request Headers, W3C).
  var isFromOtherSite: Bool { http.headers["Sec-Fetch-Site"] == "cross-site" }
}
