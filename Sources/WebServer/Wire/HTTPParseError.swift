/// Why a request is refused. Whatever two readers could frame differently is refused, never repaired.
package enum HTTPParseError: Error, Hashable, Sendable, CaseIterable {
  case malformedRequestLine
  case bareLineBreak
  case invalidTarget
  case unsupportedMethod
  case unsupportedVersion
  case requestLineTooLong
  case headerSectionTooLarge
  case tooManyFields
  case invalidFieldName
  case invalidFieldValue
  case foldedField
  case missingHost
  case repeatedHost
  case invalidHost
  case hostDisagrees
  case invalidContentLength
  case repeatedContentLength
  case lengthWithTransferEncoding
  case transferEncodingInHTTP10
  case invalidTransferEncoding
  case unsupportedTransferCoding
  case unsupportedExpectation
  case bodyTooLarge
  case invalidChunkSize
  case invalidChunkExtension
  case invalidChunkEnd
  case forbiddenTrailer
  case incompleteRequest

  /// The status that tells the client.
  package var status: HTTPStatus {
    switch self {
    case .unsupportedMethod, .unsupportedTransferCoding: .notImplemented
    case .unsupportedVersion: .versionNotSupported
    case .requestLineTooLong: .uriTooLong
    case .headerSectionTooLarge, .tooManyFields: .headerFieldsTooLarge
    case .unsupportedExpectation: .expectationFailed
    case .bodyTooLarge: .contentTooLarge
    default: .badRequest
    }
  }
}
