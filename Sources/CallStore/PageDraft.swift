import CallDomain
import Postgres

/// A page made ready before its transaction, while another one holds the commit lock: all of it is right
/// if nothing of the page is stored and the directory has not changed since, as in a first resync. Then
/// the commit takes two round trips and asks for no stored rows; else it is made again in the usual way.
struct PageDraft: Sendable {
  /// The directory that it was made with, as the database held it.
  let rows: [PhoneRow]
  let directory: PhoneDirectory
  let merged: MergedPage
  let writes: OutboundWrites
  /// Asks whether any of the calls that the draft leaves out is stored: its direction may be unknown here
  /// and known there.
  let leftOut: PostgresStatement
  let watch: [PostgresStatement]

  /// Nil when it would create or claim a number, after which the directory is another.
  init?(_ page: IntakePage, rows: [PhoneRow], directory: PhoneDirectory) {
    let merged = MergedPage(page: page.calls, stored: [:], directory: directory)
    guard merged.newPhones.isEmpty, merged.unclaimedRows.isEmpty else { return nil }
    self.rows = rows
    self.directory = directory
    self.merged = merged
    watch = WatchUpdate.statements(of: page, merged: merged, stored: [:]).map { $0.prepared() }
    leftOut = StoredCallQuery.count(
      sids: page.calls.filter { $0.attributionCase == nil }.map(\.sid)
    ).prepared()
    writes = OutboundWrites(merged, areNew: true).prepared()
  }
}
