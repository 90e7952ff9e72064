import CallDomain

/// The way through the pages of one listing, each of which names the next. Whoever follows it tells of every
/// step, so that a listing that goes in a circle, or that has no end, ends as unfinished.
struct Listing {
  /// A day of a million calls has a thousand pages, and no bound finer than a day is promised. Ten times as many
  /// leave room for pages that are not full and for days that cannot be told apart, and are asked for within
  /// seconds where nothing else holds the run up.
  static let mostPages = 10_000

  // Of the references, which may be long, only the hashes.
  private var followed: Set<Int> = []

  /// - Throws: when the page was followed before, or when there have been too many.
  mutating func follow(_ reference: String) throws(RunFailure) {
    guard followed.insert(reference.hashValue).inserted else {
      throw .endlessListing("nombra como siguiente una página que ya había dado")
    }
    guard followed.count < Self.mostPages else {
      throw .endlessListing("tiene más de \(Self.mostPages) páginas")
    }
  }
}
