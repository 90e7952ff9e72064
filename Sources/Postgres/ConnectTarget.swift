#if canImport(Darwin)
  import Darwin
#elseif canImport(Musl)
  import Musl
#else
  import Glibc
#endif

/// One of the places that a connection string names: a host, and one of the addresses that its name leads to.
///
/// libpq goes through hosts and addresses by itself, but without a limit for each (manual, PQconnectPoll), so that
/// one that is silent would keep it from the rest.
struct ConnectTarget: Equatable {
  /// libpq's options that lead to this place alone.
  var options: [(keyword: String, value: String)] = []

  static func == (left: ConnectTarget, right: ConnectTarget) -> Bool {
    left.options.elementsEqual(right.options) { $0 == $1 }
  }
}

extension ConnectTarget {
  /// The places in the order in which libpq would try them; a single one is left to it, and so is a list that it
  /// refuses.
  ///
  /// - Parameter addresses: What a name leads to; empty where it leads to nothing.
  static func all(
    _ options: borrowing ConnectionOptions, addresses: (String) -> [String] = Self.addresses
  ) -> [ConnectTarget] {
    let (hosts, hostaddrs, ports) = (list(options["host"]), list(options["hostaddr"]), list(options["port"]))
    let count = max(hosts.count, hostaddrs.count)
    let isSound =
      [0, count].contains(hosts.count) && [0, count].contains(hostaddrs.count)
      && [0, 1, count].contains(ports.count)
    guard count > 0, isSound else { return [ConnectTarget()] }
    var places = (0..<count).map { index in
      Place(
        host: hosts.isEmpty ? "" : hosts[index], address: hostaddrs.isEmpty ? "" : hostaddrs[index],
        port: ports.isEmpty ? "" : ports[ports.count == 1 ? 0 : index])
    }
    // libpq 16 and later.
    let isShuffled = options["load_balance_hosts"] == "random"
    if isShuffled { places.shuffle() }
    places = places.flatMap { place in
      guard place.isName else { return [place] }
      let found = addresses(place.host).map { Place(host: place.host, address: $0, port: place.port) }
      return found.isEmpty ? [place] : isShuffled ? found.shuffled() : found
    }
    guard places.count > 1 else { return [ConnectTarget()] }
    let targets = places.map { ConnectTarget(options: $0.options) }
    // Any server only where none of them is a standby.
    guard options["target_session_attrs"] == "prefer-standby" else { return targets }
    return ["standby", "any"].flatMap { attributes in
      targets.map { ConnectTarget(options: $0.options + [("target_session_attrs", attributes)]) }
    }
  }

  private struct Place {
    let host: String
    let address: String
    let port: String

    /// Neither a Unix socket nor something that has its address.
    var isName: Bool {
      address.isEmpty && !host.isEmpty && !host.hasPrefix("/") && !host.hasPrefix("@")
    }

    /// libpq ignores an empty value.
    var options: [(keyword: String, value: String)] {
      [
        ("host", host.isEmpty ? address : host), ("hostaddr", address),
        ("port", port.isEmpty ? "5432" : port),
      ]
    }
  }

  private static func list(_ text: String?) -> [String] {
    guard let text, !text.isEmpty else { return [] }
    return text.split(separator: ",", omittingEmptySubsequences: false).map(String.init)
  }

  /// What the system's resolver says, which is the one step that only the system bounds.
  static func addresses(of host: String) -> [String] {
    var hints = unsafe addrinfo()
    unsafe hints.ai_family = AF_UNSPEC
    #if canImport(Glibc)
      unsafe hints.ai_socktype = Int32(SOCK_STREAM.rawValue)
    #else
      unsafe hints.ai_socktype = SOCK_STREAM
    #endif
    var first: UnsafeMutablePointer<addrinfo>?
    guard unsafe getaddrinfo(host, nil, &hints, &first) == 0 else { return [] }
    defer { unsafe freeaddrinfo(first) }
    var addresses: [String] = []
    var next = unsafe first
    while let entry = unsafe next?.pointee {
      var text = [CChar](repeating: 0, count: Int(NI_MAXHOST))
      let error = unsafe getnameinfo(
        entry.ai_addr, entry.ai_addrlen, &text, socklen_t(text.count), nil, 0, NI_NUMERICHOST)
      let address = String(decoding: text.prefix { $0 != 0 }.map(UInt8.init(bitPattern:)), as: UTF8.self)
      if error == 0, !addresses.contains(address) { addresses.append(address) }
      unsafe next = entry.ai_next
    }
    return addresses
  }
}
