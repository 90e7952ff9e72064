/// Writes a page of the list with its envelope (facts 1.6).
struct PageJSON {
  let query: ListQuery
  let page: CallPage
  let calls: CallJSON
  let ending: ListEnding
  let now: Moment

  /// The whole body.
  func bytes() -> [UInt8] {
    let uris = PageURIs(accountSID: calls.accountSID, query: query)
    var writer = JSONWriter(reserving: 1024 + page.entries.count * 2400)
    writer.raw("{")
    writer.member("first_page_uri", uris.first)
    writer.member("uri", uris.current)
    writer.member("next_page_uri", nextURI(uris))
    writer.member("previous_page_uri", previousURI(uris))
    writer.member("page", query.page)
    writer.member("page_size", query.pageSize)
    let start = page.entries.isEmpty ? 0 : query.page * query.pageSize
    writer.member("start", start)
    writer.member("end", page.entries.isEmpty ? 0 : start + page.entries.count - 1)
    writer.raw("\"calls\":[")
    for (index, entry) in page.entries.enumerated() {
      if index > 0 { writer.raw(",") }
      calls.append(entry, at: now, to: &writer)
    }
    writer.raw("]}")
    return writer.bytes
  }

  private func nextURI(_ uris: PageURIs) -> String? {
    switch ending {
    case .last:
      guard page.hasNext, let last = page.entries.last else { return nil }
      return uris.next(after: last.position.sid)
    case .circle:
      guard let sid = query.token?.sid ?? page.entries.last?.position.sid else { return nil }
      return uris.next(after: sid, page: query.page == 1 ? 2 : 1)
    case .never:
      return (page.entries.last?.position.sid ?? query.token?.sid).map { uris.next(after: $0) }
    }
  }

  private func previousURI(_ uris: PageURIs) -> String? {
    guard query.page > 0, let first = page.entries.first else { return nil }
    return uris.previous(before: first.position.sid)
  }
}
