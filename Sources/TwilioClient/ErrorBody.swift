#if canImport(FoundationEssentials)
  import FoundationEssentials
#else
  import Foundation
#endif

/// Twilio's error body (facts 3.1): `{"code": 20003, "message": …, "more_info": …, "status": 401}`.
enum ErrorBody {
  /// The `code`, nil when the body is none of this kind; HTML and an empty body are usual.
  static func code(_ body: [UInt8]) -> Int? {
    guard body.count <= 64 << 10 else { return nil }
    return try? JSONDecoder().decode(Fields.self, from: Data(body)).code
  }

  private struct Fields: Decodable {
    let code: Int
  }
}
