/// Which host answers for the account (facts 3.6): host, credentials and data belong together.
package struct TwilioHost: Hashable, Sendable {
  let origin: HTTPOrigin

  /// `https://api.twilio.com`, region US1.
  package static let `default` = TwilioHost(
    origin: HTTPOrigin(scheme: .https, host: "api.twilio.com", port: 443))

  private init(origin: HTTPOrigin) {
    self.origin = origin
  }

  /// A base URL, or a region with its edge, or none of them for the default. Empty texts count
  /// as absent. A slash at the end of the base URL is tolerated.
  ///
  /// - Throws: every fault at once.
  package init(
    baseURL: String? = nil, region: String? = nil, edge: String? = nil
  ) throws(TwilioConfigurationFaults) {
    let baseURL = Self.present(baseURL)
    let region = Self.present(region)
    let edge = Self.present(edge)
    var faults = Self.faults(ofRegion: region, edge: edge)
    if baseURL != nil, region != nil || edge != nil { faults.append(.baseURLWithRegion) }
    if let baseURL, let fault = Self.fault(ofBaseURL: baseURL) { faults.append(fault) }
    guard faults.isEmpty else { throw TwilioConfigurationFaults(all: faults) }
    if let baseURL, let origin = try? HTTPOrigin.parse(baseURL).origin {
      self.init(origin: origin)
    } else if let region, let edge {
      self.init(origin: HTTPOrigin(scheme: .https, host: "api.\(edge).\(region).twilio.com", port: 443))
    } else {
      self = .default
    }
  }

  /// Scheme, host and port as a URL, without a slash at the end.
  package var url: String { origin.url }

  private static func present(_ text: String?) -> String? {
    text?.isEmpty == true ? nil : text
  }

  private static func faults(ofRegion region: String?, edge: String?) -> [TwilioConfigurationFault] {
    var faults: [TwilioConfigurationFault] = []
    if region != nil, edge == nil { faults.append(.regionWithoutEdge) }
    if region == nil, edge != nil { faults.append(.edgeWithoutRegion) }
    if let region, !isLabel(region, hyphens: false) { faults.append(.malformedRegion) }
    if let edge, !isLabel(edge, hyphens: true) { faults.append(.malformedEdge) }
    return faults
  }

  private static func isLabel(_ text: String, hyphens: Bool) -> Bool {
    let letters = "abcdefghijklmnopqrstuvwxyz0123456789" + (hyphens ? "-" : "")
    return text.utf8.count <= 63 && text.first != "-" && text.last != "-"
      && text.utf8.allSatisfy { letters.utf8.contains($0) }
  }

  private static func fault(ofBaseURL url: String) -> TwilioConfigurationFault? {
    do {
      let (origin, rest) = try HTTPOrigin.parse(url)
      guard rest.isEmpty || rest == "/" else { return .baseURLWithPath }
      return origin.scheme == .http && !origin.isLoopback ? .plainHTTPBeyondLoopback : nil
    } catch {
      return error == .credentials ? .baseURLWithCredentials : .malformedBaseURL
    }
  }
}
