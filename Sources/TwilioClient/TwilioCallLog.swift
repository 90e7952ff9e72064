package import CallDomain
package import Curl

/// The log of calls that Twilio keeps for one account.
///
/// Every method sends one request. None retries, waits or reads a clock: that is for whoever
/// asks, who also counts the requests. (Not named after its module, because a qualified name
/// would then no longer find anything else in it.)
package struct TwilioCallLog: Sendable {
  private let http: CurlClient
  private let credentials: TwilioCredentials
  private let paths: AccountPaths
  private let pageSize: Int
  private let timeouts: CurlTimeouts
  private let userAgent: String

  /// - Parameters:
  ///   - http: how many handles it has is how many requests are under way at once.
  ///   - pageSize: records a page, 1 to 1000.
  ///   - userAgent: what Twilio is told about who asks.
  package init(
    http: CurlClient, credentials: TwilioCredentials, host: TwilioHost = .default,
    pageSize: Int = 1000, timeouts: CurlTimeouts = CurlTimeouts(), userAgent: String = "twilio-sync"
  ) {
    self.http = http
    self.credentials = credentials
    self.pageSize = pageSize
    self.timeouts = timeouts
    self.userAgent = userAgent
    paths = AccountPaths(origin: host.origin, accountSID: credentials.accountSID)
  }

  /// The first page of the calls that match, newest first.
  package func calls(_ query: CallQuery) async throws(TwilioError) -> CallPage {
    try await page(path: paths.list(CallListRequest(query, pageSize: pageSize)))
  }

  /// The page that an earlier one named as its next, asked exactly as it was given.
  ///
  /// - Throws: `wrongOrigin`, without asking anyone, unless it is this account's list of calls on
  ///   the same scheme, host and port.
  package func page(at relativeURI: String) async throws(TwilioError) -> CallPage {
    guard let path = paths.page(at: relativeURI) else { throw TwilioError(.wrongOrigin) }
    return try await page(path: path)
  }

  /// One call as it is now, as a page of its own; an empty one when Twilio has no such call (any more).
  package func call(_ sid: CallSID) async throws(TwilioError) -> CallPage {
    let answer: CurlResponse
    do {
      answer = try await ask(path: paths.call(sid))
    } catch {
      // Without Twilio's own code a 404 may come from anything that stands between us.
      guard error.kind == .notFound, error.code == 20404 else { throw error }
      return CallPage(calls: [])
    }
    do throws(TwilioError.BadAnswer) {
      let call = try CallPageDecoding.call(answer.body)
      guard call.sid == sid else { throw TwilioError.BadAnswer.otherCall }
      return CallPage(calls: [call], serverTime: answer.serverTime)
    } catch {
      throw TwilioError(.badAnswer(error), answer: answer)
    }
  }

  private func page(path: String) async throws(TwilioError) -> CallPage {
    let answer = try await ask(path: path)
    do throws(TwilioError.BadAnswer) {
      var page = try CallPageDecoding.page(answer.body)
      if let next = page.next, paths.page(at: next) == path {
        throw TwilioError.BadAnswer.nextPageIsSame
      }
      page.serverTime = answer.serverTime
      return page
    } catch {
      throw TwilioError(.badAnswer(error), answer: answer)
    }
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
    guard answer.status == 200 else { throw TwilioError(answer: answer) }
    guard answer.isJSON else { throw TwilioError(.badAnswer(.contentType), answer: answer) }
    return answer
  }
}
