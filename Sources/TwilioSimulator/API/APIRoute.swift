/// What a path of the API leads to.
enum APIRoute: Equatable {
  case list
  case call(sid: String)
  case problem(APIProblem)

  /// Judges a path that begins with `/2010-04-01/`, for the account with this SID.
  init(path: String, accountSID: String) {
    let segments = path.split(separator: "/", omittingEmptySubsequences: false).dropFirst()
    let names = Array(segments)
    guard names.count >= 4, names[0] == "2010-04-01", names[1] == "Accounts" else {
      self = .problem(.notFound(path))
      return
    }
    guard names[2] == accountSID else {
      self = .problem(.unauthenticated)
      return
    }
    self = Self.inAccount(names.dropFirst(3).map(String.init), path: path)
  }

  private static func inAccount(_ names: [String], path: String) -> APIRoute {
    guard let last = names.last, names[0] == "Calls.json" || names[0] == "Calls" else {
      return .problem(.notFound(path))
    }
    guard last.hasSuffix(".json") else {
      return .problem(.invalid("The path has no .json at its end: Twilio would answer XML"))
    }
    if names == ["Calls.json"] { return .list }
    guard names.count == 2, names[0] == "Calls" else { return .problem(.notFound(path)) }
    let sid = String(last.dropLast(5))
    return CallDocument.isCallSID(sid) ? .call(sid: sid) : .problem(.notFound(path))
  }
}
