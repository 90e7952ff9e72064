import CallDomain

/// The paths below one account that this client asks, and the only ones its credentials go to.
struct AccountPaths: Hashable, Sendable {
  let origin: HTTPOrigin
  let accountSID: String

  private var account: String { "/2010-04-01/Accounts/\(accountSID)" }

  func list(_ request: CallListRequest) -> String {
    "\(account)/Calls.json?\(request.parameters)"
  }

  func call(_ sid: CallSID) -> String {
    "\(account)/Calls/\(sid.text).json"
  }

  /// The path and query of a next page as Twilio gave it, root-relative or absolute.
  ///
  /// - Returns: nil when it leads to another origin or anywhere but to this account's list of
  ///   calls; it is then not to be asked.
  func page(at uri: String) -> String? {
    // A fragment is never sent; the rest of what is refused here, clients read differently.
    guard uri.utf8.allSatisfy({ (0x21...0x7E).contains($0) }), !uri.contains("#"), !uri.contains("\\")
    else { return nil }
    let target = uri.hasPrefix("/") ? Substring(uri) : sameOriginTarget(of: uri)
    guard let target, isList(target.prefix { $0 != "?" }) else { return nil }
    return String(target)
  }

  private func sameOriginTarget(of url: String) -> Substring? {
    guard let (origin, rest) = try? HTTPOrigin.parse(url), origin == self.origin else { return nil }
    return rest
  }

  // Hexadecimal digits mean the same in either case.
  private func isList(_ path: Substring) -> Bool {
    let parts = path.split(separator: "/", omittingEmptySubsequences: false)
    return parts.count == 5 && parts[0].isEmpty && parts[1] == "2010-04-01" && parts[2] == "Accounts"
      && parts[3].lowercased() == accountSID.lowercased() && parts[4] == "Calls.json"
  }
}
