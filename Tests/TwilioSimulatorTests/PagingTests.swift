import CallDomain
import Testing
import TwilioSimulator

@Suite struct PagingTests {
  private func makeSimulation(_ count: Int, _ options: SimulatorOptions = SimulatorOptions()) throws
    -> Simulation
  {
    let simulation = try Simulation(makeConfiguration(options: options))
    simulation.put(
      (0..<count).map { index in
        makeCall(index, life: makeLife(created: noon.adding(seconds: -600 - index / 3)))
      })
    return simulation
  }

  @Test("Following next_page_uri shows every call once, newest first", arguments: [1, 2, 7, 50, 1000])
  func everyCallOnce(pageSize: Int) throws {
    let simulation = try makeSimulation(100)
    let pages = try simulation.pages("PageSize=\(pageSize)")
    let expected = (0..<100).sorted { ($0 / 3, -$0) < ($1 / 3, -$1) }.map(makeSID)
    #expect(pages.flatMap(\.sids) == expected)
    #expect(pages.count == (100 + pageSize - 1) / pageSize)
    for (index, page) in pages.enumerated() {
      #expect(page.fields["page"] as? Int == index)
      #expect(page.fields["start"] as? Int == index * pageSize)
      #expect(page.fields["end"] as? Int == index * pageSize + page.sids.count - 1)
    }
  }

  @Test("Half a million calls are paged without being held in memory")
  func largeHistory() throws {
    let simulation = try Simulation(makeConfiguration(scenario: .history, callCount: 580_000))
    var page = try simulation.list("StartTime%3C=2026-01-01&PageSize=1000")
    #expect(page.sids.count == 1000)
    page = try simulation.get(try #require(page.next))
    #expect(page.sids.count == 1000)
  }

  @Test("The default page has 50 calls")
  func defaultSize() throws {
    let page = try makeSimulation(60).list()
    #expect(page.sids.count == 50)
    #expect(page.fields["page_size"] as? Int == 50)
  }

  @Test("previous_page_uri leads back to the same calls")
  func previous() throws {
    let simulation = try makeSimulation(9)
    let pages = try simulation.pages("PageSize=3")
    #expect(pages.first?.previous == nil)
    let back = try simulation.get(try #require(pages[2].previous))
    #expect(back.sids == pages[1].sids)
    #expect(back.fields["page"] as? Int == 1)
  }

  @Test("Walking back from the last page of a stream with added calls shows the same pages")
  func allTheWayBack() throws {
    let simulation = try Simulation(makeConfiguration(scenario: .history, callCount: 300))
    let span = noon.seconds - Scenario.history.firstMoment.seconds
    simulation.put(
      (0..<90).map { index in
        makeCall(index, life: makeLife(created: noon.adding(seconds: -(span * index / 90 + 60))))
      })
    let pages = try simulation.pages("PageSize=20")
    #expect(Set(pages.flatMap(\.sids)).count == 390)
    var back = [try #require(pages.last)]
    while let previous = back.last?.previous { back.append(try simulation.get(previous)) }
    #expect(back.reversed().map(\.sids) == pages.map(\.sids))
  }

  @Test("The URIs carry every filter, encoded anew, and lead on")
  func filtersCarried() throws {
    let simulation = try makeSimulation(5)
    let query = "StartTime>=2026-03-01T09:00:00Z&To=%2B34600000022&EndTime%3C=2026-03-01+13:00:00&PageSize=2"
    let page = try simulation.list(query)
    let filters = "StartTime%3E=2026-03-01T09%3A00%3A00Z&To=%2B34600000022&EndTime%3C=2026-03-01+13%3A00%3A00"
    let last = try #require(page.sids.last)
    #expect(page.fields["uri"] as? String == "\(listPath)?\(filters)&PageSize=2&Page=0")
    #expect(page.fields["first_page_uri"] as? String == "\(listPath)?\(filters)&PageSize=2&Page=0")
    #expect(page.next == "\(listPath)?\(filters)&PageSize=2&Page=1&PageToken=PA\(last)")
    let second = try simulation.get(try #require(page.next))
    #expect(second.fields["uri"] as? String == page.next)
    #expect(
      second.previous
        == "\(listPath)?\(filters)&PageSize=2&Page=0&PageToken=PB\(try #require(second.sids.first))")
  }

  @Test("A list of an exact multiple of the page size ends with an empty page only when asked to")
  func emptyLastPage() throws {
    #expect(try makeSimulation(6).pages("PageSize=3").map(\.sids.count) == [3, 3])
    var options = SimulatorOptions()
    options.emptyLastPage = true
    let pages = try makeSimulation(6, options).pages("PageSize=3")
    #expect(pages.map(\.sids.count) == [3, 3, 0])
    #expect(pages.last?.fields["start"] as? Int == 0)
    #expect(try makeSimulation(5, options).pages("PageSize=3").map(\.sids.count) == [3, 2])
  }

  @Test("Calls that come in between pages hide none of those that were there")
  func insertedCalls() throws {
    var options = SimulatorOptions()
    options.insertedBetweenPages = 2
    let simulation = try makeSimulation(10, options)
    let sids = try simulation.pages("PageSize=3").flatMap(\.sids)
    #expect(Set(sids) == Set((0..<10).map(makeSID)))
    #expect(sids.count == 10)
    #expect(try simulation.list().sids.count == 18)
  }

  @Test("Rows are repeated across pages on demand, and none is missing")
  func repeatedRows() throws {
    var options = SimulatorOptions()
    options.repeatedRows = 2
    let pages = try makeSimulation(10, options).pages("PageSize=4")
    #expect(pages[1].sids.prefix(2) == pages[0].sids.suffix(2))
    #expect(Set(pages.flatMap(\.sids)).count == 10)
  }

  @Test("A call can be removed, replaced and added while others stay, in a stream too")
  func changes() throws {
    let simulation = try Simulation(makeConfiguration(scenario: .history, callCount: 20))
    let before = try simulation.list().sids
    let removed = before[3]
    let replaced = before[5]
    #expect(simulation.remove(sid: removed))
    #expect(!simulation.remove(sid: removed))
    try simulation.put(json: "[{\"sid\":\"\(replaced)\",\"date_created\":\"2026-03-01T11:00:00Z\"}]")
    let after =
      try simulation.list("PageSize=4").sids + simulation.pages("PageSize=4").dropFirst().flatMap(\.sids)
    #expect(after == [replaced] + before.filter { $0 != removed && $0 != replaced })
  }

  @Test("A kept page is not served any more once the clock has moved past a change")
  func cacheFollowsClock() throws {
    let simulation = try Simulation(makeConfiguration())
    simulation.put([makeCall(1, life: makeLife(created: noon.adding(seconds: 10)))])
    #expect(try simulation.list().sids == [])
    let statuses = try ([10, 11, 13, 73, 103] as [Int]).map { second -> String in
      simulation.setClock(.fixed(noon.adding(seconds: second)))
      let call = try #require(try simulation.list().calls.first)
      return "\(call["status"] as? String ?? "") \(call["price"] as? String ?? "-")"
    }
    #expect(
      statuses == ["queued -", "ringing -", "in-progress -", "completed -", "completed -0.05600"])
  }
}
