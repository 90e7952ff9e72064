/// Written pages, so that serving one again costs a look-up. Pages change with the clock: each is kept
/// with the span of time in which it looks the same. Bounded in bytes, oldest out first.
struct PageCache: Sendable {
  private struct Page {
    let body: [UInt8]
    let from: Moment
    let until: Moment?
  }

  private let capacity: Int
  private var pages: [ListQuery: Page] = [:]
  private var order: [ListQuery] = []
  private var size = 0

  /// `capacity` in bytes.
  init(capacity: Int) {
    self.capacity = capacity
  }

  func body(_ query: ListQuery, at now: Moment) -> [UInt8]? {
    guard let page = pages[query], page.from <= now, page.until.map({ now < $0 }) ?? true else {
      return nil
    }
    return page.body
  }

  mutating func keep(_ body: [UInt8], for query: ListQuery, from: Moment, until: Moment?) {
    if let known = pages.removeValue(forKey: query) {
      size -= known.body.count
      order.removeAll { $0 == query }
    }
    while size + body.count > capacity, !order.isEmpty {
      size -= pages.removeValue(forKey: order.removeFirst())?.body.count ?? 0
    }
    guard body.count <= capacity else { return }
    pages[query] = Page(body: body, from: from, until: until)
    order.append(query)
    size += body.count
  }

  mutating func clear() {
    self = PageCache(capacity: capacity)
  }
}
