import Synchronization
package import WebServer

extension Simulation {
  /// Answers a request to the API by Twilio's rules, without faults.
  package func answer(
    method: String, target: RequestTarget, authorization: String?
  ) -> (status: Int, body: [UInt8]) {
    let answer = rightAnswer(method: method, target: target, authorization: authorization)
    return (answer.status, answer.body)
  }

  /// - Parameter precision: How precisely a filter by time is honoured, if not as the options say.
  func rightAnswer(
    method: String, target: RequestTarget, authorization: String?, precision: DatePrecision? = nil
  ) -> APIAnswer {
    do throws(APIProblem) {
      guard configuration.credentials.accept(authorization) else { throw .unauthenticated }
      let route = APIRoute(path: target.path, accountSID: configuration.credentials.accountSID)
      if case .problem(let problem) = route { throw problem }
      guard method == "GET" else { throw .wrongMethod }
      guard case .call(let sid) = route else { return APIAnswer(body: try list(target.query, precision)) }
      guard target.query.isEmpty else { throw .invalid("One call is asked for without parameters") }
      return APIAnswer(body: try call(sid, path: target.path))
    } catch {
      return APIAnswer(error)
    }
  }

  private func list(
    _ items: [RequestTarget.QueryItem], _ precision: DatePrecision?
  ) throws(APIProblem) -> [UInt8] {
    let query = try ListQuery(items)
    let now = now
    let (account, usual) = state.withLock { ($0.account, $0.options) }
    var options = usual
    options.precision = precision ?? usual.precision
    defer { insertCalls(options.insertedBetweenPages, now: now) }
    let page = try CallPager(account: account, options: options, now: now).page(query)
    return PageJSON(
      query: query, page: page, calls: configuration.callJSON(options), ending: options.ending, now: now
    ).bytes()
  }

  private func call(_ sid: String, path: String) throws(APIProblem) -> [UInt8] {
    let now = now
    let (account, options) = state.withLock { ($0.account, $0.options) }
    guard let entry = account.entry(sid), entry.listed(lagSeconds: 0) <= now else {
      throw .notFound(path)
    }
    var writer = JSONWriter()
    configuration.callJSON(options).append(entry, at: now, to: &writer)
    return writer.bytes
  }

  /// New calls come in while a client reads page after page.
  private func insertCalls(_ count: Int, now: Moment) {
    guard count > 0 else { return }
    state.withLock { state in
      let calls = (0..<count).map { insertedCall(state.insertedCalls + $0, now: now) }
      state.insertedCalls += count
      state.account.put(calls.map(AccountEntry.living))
    }
  }

  private func insertedCall(_ index: Int, now: Moment) -> SimulatedCall {
    var random = SeededRandom(seed: configuration.seed ^ 0x49_4E_53, index: index)
    let life = LifeWriter(rates: CallRates(neverPriced: 0, neverFinal: 0, oddities: false))
      .life(created: now.wholeSecond, incoming: false, &random)
    return SimulatedCall(
      sid: SIDCipher(seed: configuration.seed ^ 0x49_4E_53).sid("CA", index),
      from: random.pick(OwnNumber.all).number, to: PartyWriter.lead(random.below(PartyWriter.leadCount)),
      life: life, price: LifeWriter.price(of: life, &random))
  }
}
