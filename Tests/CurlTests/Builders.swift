import Curl

/// A request to a loopback server, with deadlines that only a broken test reaches.
func makeRequest(
  _ url: String, method: CurlRequest.Method = .get, headers: [CurlHeader] = [], user: String? = nil,
  password: String? = nil, body: [UInt8] = [], total: Duration = .seconds(120),
  stall: Duration = .seconds(120), sizeCap: Int = 32 << 20, allowsPlainHTTP: Bool = true
) -> CurlRequest {
  CurlRequest(
    method: method, url: url, headers: headers, user: user, password: password, body: body,
    timeouts: CurlTimeouts(connect: .seconds(60), total: total, stall: stall), sizeCap: sizeCap,
    allowsPlainHTTP: allowsPlainHTTP)
}

/// How sending the request failed; nil when it did not.
func failure(
  of request: CurlRequest, through client: CurlClient = CurlClient(maxHandles: 1)
) async -> CurlError? {
  do {
    _ = try await client.send(request)
    return nil
  } catch {
    return error
  }
}
