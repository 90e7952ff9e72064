/// Why a request is refused. What two readers could frame differently is refused, never repaired.
package enum HTTPParseError: Error, Hashable, Sendable {
  case malformedRequestLine, bareLineBreak, invalidTarget, unsupportedMethod, unsupportedVersion
  case requestLineTooLong, headerSectionTooLarge, tooManyFields
  case invalidFieldName, invalidFieldValue, foldedField
  case missingHost, repeatedHost, invalidHost, hostDisagrees
  case invalidContentLength, repeatedContentLength, lengthWithTransferEncoding
  case transferEncodingInHTTP10, invalidTransferEncoding, unsupportedTransferCoding
  case unsupportedExpectation, bodyTooLarge
  case invalidChunkSize, invalidChunkExtension, invalidChunkEnd, forbiddenTrailer
  case incompleteRequest

  /// The status that the client gets.
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
