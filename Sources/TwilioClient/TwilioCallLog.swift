package import CallDomain
package import Curl

/// The log of calls that Twilio keeps for one account.
///
/// Every method sends one request. None retries, waits or reads a clock: that is for the engine, which also
/// counts the requests.
package struct TwilioCallLog: CallLog {
  private let http: CurlClient
  private let credentials: TwilioCredentials
  private let paths: AccountPaths
  private let pageSize: Int
  private let timeouts: CurlTimeouts
  private let userAgent: String
  private let hiding: @Sendable (String) -> String

  /// - Parameters:
  ///   - http: how many handles it has is how many requests are under way at once.
  ///   - pageSize: records a page, 1 to 1000.
  ///   - userAgent: what Twilio is told about who asks.
  ///   - hiding: takes every secret of the configuration out of a text.
  package init(
    http: CurlClient, credentials: TwilioCredentials, host: TwilioHost = .default,
    pageSize: Int = CallQuery.largestPage, timeouts: CurlTimeouts = CurlTimeouts(),
    userAgent: String = "twilio-sync",
    hiding: @escaping @Sendable (String) -> String = { $0 }
  ) {
    self.http = http
    self.credentials = credentials
    self.pageSize = pageSize
    self.timeouts = timeouts
    self.userAgent = userAgent
    self.hiding = hiding
    paths = AccountPaths(origin: host.origin, accountSID: credentials.accountSID)
  }

  package func list(_ query: CallQuery) async throws(RunFailure) -> CallPage {
    try await page(path: paths.list(CallListRequest(query, pageSize: min(query.pageSize, pageSize))))
  }

  /// The page is asked exactly as it was given, and only if it is of this account's list of calls on the same
  /// scheme, host and port.
  package func next(_ reference: String) async throws(RunFailure) -> CallPage {
    guard let path = paths.page(at: reference) else {
      throw RunFailure(
        TwilioError(
          paths.isOfOtherAccount(reference) ? .otherAccount : .wrongOrigin,
          cause: "next page \(String(credentials.hidden(in: reference).prefix(200)).debugDescription)"))
    }
    return try await page(path: path)
  }

  package func call(_ sid: CallSID) async throws(RunFailure) -> CallPage {
    do throws(TwilioError) {
      let answer = try await ask(path: paths.call(sid))
      do throws(TwilioError.BadAnswer) {
        let call = try CallPageDecoding.call(answer.body)
        guard call.sid == sid else { throw TwilioError.BadAnswer.otherCall }
        return CallPage(calls: [call], serverTime: answer.serverTime)
      } catch {
        throw TwilioError(.badAnswer(error), answer: answer, to: credentials)
      }
    } catch {
      // Without Twilio's own code a 404 may come from anything that stands between us.
      if error.kind == .notFound, error.code == 20404 { return CallPage(calls: []) }
      throw failure(error)
    }
  }

  private func page(path: String) async throws(RunFailure) -> CallPage {
    do throws(TwilioError) {
      let answer = try await ask(path: path)
      do throws(TwilioError.BadAnswer) {
        var page = try CallPageDecoding.page(answer.body)
        if let next = page.next, paths.page(at: next) == path {
          throw TwilioError.BadAnswer.nextPageIsSame
        }
        page.serverTime = answer.serverTime
        return page
      } catch {
        throw TwilioError(.badAnswer(error), answer: answer, to: credentials)
      }
    } catch {
      throw failure(error)
    }
  }

  /// What an error means, without a request id that shows a secret of the configuration: it stands in answers and
  /// rows.
  private func failure(_ error: TwilioError) -> RunFailure {
    var error = error
    if let id = error.requestID, hiding(id) != id { error.requestID = nil }
    return RunFailure(error)
  }

  /// - Returns: an answer of status 200 whose body is labelled as JSON.
  private func ask(path: String) async throws(TwilioError) -> CurlResponse {
    let request = CurlRequest(
      url: paths.origin.url + path,
      headers: [
        CurlHeader("Accept", "application/json"), CurlHeader("Accept-Charset", "utf-8"),
        CurlHeader("User-Agent", userAgent),
      ],
      user: credentials.user, password: credentials.password, timeouts: timeouts,
      allowsPlainHTTP: paths.origin.isLoopback)
    let answer: CurlResponse
    do {
      answer = try await http.send(request)
    } catch {
      throw TwilioError(error)
    }
    guard answer.status == 200 else { throw TwilioError(answer: answer, to: credentials) }
    guard answer.isJSON else {
      throw TwilioError(.badAnswer(.contentType), answer: answer, to: credentials)
    }
    return answer
  }
}
