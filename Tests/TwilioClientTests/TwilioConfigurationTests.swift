import Testing
import TwilioClient

@Suite("TwilioCredentials")
struct TwilioCredentialsTests {
  private static let account = "AC00000000000000000000000000000001"
  private static let key = "SK0123456789abcdefABCDEF0123456789"

  @Test("takes the account's token, or a key with its secret; the key wins; empty is absent")
  func sound() throws {
    for (key, secret, token) in [
      (nil, nil, "t"), (Self.key, "s", nil), (Self.key, "s", "t"), ("", "", "t"),
      (Self.key, "s", ""), (Self.key, "s", "a bad token"),
    ] {
      let credentials = try TwilioCredentials(
        accountSID: Self.account, apiKey: key, apiSecret: secret, authToken: token)
      #expect(credentials.accountSID == Self.account)
    }
  }

  @Test(
    "names every fault at once",
    arguments: [
      (nil, nil, nil, nil, [.noAccountSID, .noCredentials]),
      ("", "", "", "", [.noAccountSID, .noCredentials]),
      (account, nil, nil, nil, [.noCredentials]),
      (account, key, nil, nil, [.keyWithoutSecret]),
      (account, key, nil, "token", [.keyWithoutSecret]),
      (account, nil, "secret", "token", [.secretWithoutKey]),
      (account, account, "secret", nil, [.malformedKey]),
      (account, key, "secret\n", nil, [.malformedSecret]),
      (account, nil, nil, " token", [.malformedAuthToken]),
      (account, nil, nil, "tökén", [.malformedAuthToken]),
      ("AC1", "SK1", "a b", nil, [.malformedAccountSID, .malformedKey, .malformedSecret]),
      (key, nil, nil, "token", [.malformedAccountSID]),
      ("AC0000000000000000000000000000000g", nil, nil, "token", [.malformedAccountSID]),
      (" " + account, nil, nil, "token", [.malformedAccountSID]),
    ] as [(String?, String?, String?, String?, [TwilioConfigurationFault])])
  func faulty(
    accountSID: String?, key: String?, secret: String?, token: String?, faults: [TwilioConfigurationFault]
  ) {
    let error = #expect(throws: TwilioConfigurationFaults.self) {
      try TwilioCredentials(accountSID: accountSID, apiKey: key, apiSecret: secret, authToken: token)
    }
    #expect(error?.all == faults)
  }

  @Test("show nothing when printed")
  func printed() throws {
    let credentials = try TwilioCredentials(
      accountSID: Self.account, apiKey: Self.key, apiSecret: "secret-1", authToken: "token-1")
    var dumped = ""
    dump(credentials, to: &dumped)
    #expect("\(credentials) \(String(reflecting: credentials))" == "TwilioCredentials TwilioCredentials")
    for text in ["secret-1", "token-1", Self.key] { #expect(!dumped.contains(text)) }
  }
}

@Suite("TwilioHost")
struct TwilioHostTests {
  @Test(
    "is the default, a region's, or the base URL's",
    arguments: [
      (nil, nil, nil, "https://api.twilio.com"),
      ("", "", "", "https://api.twilio.com"),
      (nil, "ie1", "dublin", "https://api.dublin.ie1.twilio.com"),
      (nil, "au1", "sydney", "https://api.sydney.au1.twilio.com"),
      ("https://api.twilio.com", nil, nil, "https://api.twilio.com"),
      ("https://API.Twilio.com/", nil, nil, "https://api.twilio.com"),
      ("HTTPS://api.twilio.com:443", nil, nil, "https://api.twilio.com"),
      ("https://proxy.example:8443/", nil, nil, "https://proxy.example:8443"),
      ("http://localhost:3093", nil, nil, "http://localhost:3093"),
      ("http://LOCALHOST", nil, nil, "http://localhost"),
      ("http://127.0.0.1:80", nil, nil, "http://127.0.0.1"),
      ("http://127.255.0.9:8080/", nil, nil, "http://127.255.0.9:8080"),
      ("http://[::1]:8080", nil, nil, "http://[::1]:8080"),
      ("https://[2001:DB8::1]", nil, nil, "https://[2001:db8::1]"),
    ] as [(String?, String?, String?, String)])
  func sound(baseURL: String?, region: String?, edge: String?, url: String) throws {
    #expect(try TwilioHost(baseURL: baseURL, region: region, edge: edge).url == url)
  }

  @Test(
    "names every fault at once",
    arguments: [
      (nil, "ie1", nil, [.regionWithoutEdge]),
      (nil, nil, "dublin", [.edgeWithoutRegion]),
      (nil, "ie1.evil", "a/b", [.malformedRegion, .malformedEdge]),
      (nil, "IE1", "dublin", [.malformedRegion]),
      (nil, "ie1", "-dublin", [.malformedEdge]),
      ("https://a.example", "ie1", "dublin", [.baseURLWithRegion]),
      ("https://a.example", nil, "dublin", [.edgeWithoutRegion, .baseURLWithRegion]),
      ("api.twilio.com", nil, nil, [.malformedBaseURL]),
      ("ftp://api.twilio.com", nil, nil, [.malformedBaseURL]),
      ("https://", nil, nil, [.malformedBaseURL]),
      ("https:///x", nil, nil, [.malformedBaseURL]),
      ("https://a b", nil, nil, [.malformedBaseURL]),
      (" https://a.example", nil, nil, [.malformedBaseURL]),
      ("https://a..example", nil, nil, [.malformedBaseURL]),
      ("https://a.example:", nil, nil, [.malformedBaseURL]),
      ("https://a.example:0", nil, nil, [.malformedBaseURL]),
      ("https://a.example:65536", nil, nil, [.malformedBaseURL]),
      ("https://a.example:+80", nil, nil, [.malformedBaseURL]),
      ("https://[::1", nil, nil, [.malformedBaseURL]),
      ("https://[::1]80", nil, nil, [.malformedBaseURL]),
      ("https://a.example/2010-04-01", nil, nil, [.baseURLWithPath]),
      ("https://a.example//", nil, nil, [.baseURLWithPath]),
      ("https://a.example?x=1", nil, nil, [.baseURLWithPath]),
      ("https://a.example#x", nil, nil, [.baseURLWithPath]),
      ("https://a.example\\", nil, nil, [.baseURLWithPath]),
      ("https://user:secret@a.example", nil, nil, [.baseURLWithCredentials]),
      ("http://127.0.0.1@evil.example", nil, nil, [.baseURLWithCredentials]),
      ("http://api.twilio.com", nil, nil, [.plainHTTPBeyondLoopback]),
      ("http://128.0.0.1", nil, nil, [.plainHTTPBeyondLoopback]),
      ("http://127.0.0.1.example", nil, nil, [.plainHTTPBeyondLoopback]),
      ("http://127.0.0.256", nil, nil, [.plainHTTPBeyondLoopback]),
      ("http://127.1", nil, nil, [.plainHTTPBeyondLoopback]),
      ("http://127.0.0.010", nil, nil, [.plainHTTPBeyondLoopback]),
      ("http://localhost.example", nil, nil, [.plainHTTPBeyondLoopback]),
      ("http://[::2]", nil, nil, [.plainHTTPBeyondLoopback]),
      ("http://0.0.0.0", nil, nil, [.plainHTTPBeyondLoopback]),
    ] as [(String?, String?, String?, [TwilioConfigurationFault])])
  func faulty(baseURL: String?, region: String?, edge: String?, faults: [TwilioConfigurationFault]) {
    let error = #expect(throws: TwilioConfigurationFaults.self) {
      try TwilioHost(baseURL: baseURL, region: region, edge: edge)
    }
    #expect(error?.all == faults)
  }
}
