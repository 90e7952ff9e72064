import CCurl

/// What one transfer has brought so far. Lives on the queue of the handle that fills it.
final class CurlTransfer {
  private let sizeCap: Int
  private let cancellation: CurlCancellation
  private(set) var body: [UInt8] = []
  private(set) var headers: [CurlHeader] = []
  /// Whether the body or the header section outgrew its cap; the transfer is then broken off.
  private(set) var isTooLarge = false
  private var headerBytes = 0

  // Twilio's header sections stay under 2 KB.
  private static let headerCap = 256 << 10

  init(sizeCap: Int, cancellation: CurlCancellation) {
    self.sizeCap = sizeCap
    self.cancellation = cancellation
  }

  var isCancelled: Bool { cancellation.isCancelled }

  /// - Returns: false to break the transfer off.
  func receive(body bytes: UnsafeRawBufferPointer) -> Bool {
    guard bytes.count <= sizeCap - body.count else {
      isTooLarge = true
      return false
    }
    unsafe body.append(contentsOf: bytes)
    return true
  }

  /// - Returns: false to break the transfer off.
  func receive(headerLine bytes: UnsafeRawBufferPointer) -> Bool {
    headerBytes += bytes.count
    guard headerBytes <= Self.headerCap else {
      isTooLarge = true
      return false
    }
    var line = unsafe Array(bytes)
    while line.last == UInt8(ascii: "\n") || line.last == UInt8(ascii: "\r") { line.removeLast() }
    if line.starts(with: "HTTP/".utf8) {
      // Another status line: what came before belonged to an interim answer (1xx).
      headers = []
    } else if body.isEmpty, let header = CurlHeader(line: line) {
      headers.append(header)
      reserve(announced: header)
    }
    return true
  }

  private func reserve(announced header: CurlHeader) {
    guard header.isNamed("Content-Length"), let length = Int(header.value), length > 0 else { return }
    body.reserveCapacity(min(length, sizeCap, 4 << 20))
  }
}

// The C side: each callback turns the transfer's word into libcurl's number.
extension CurlTransfer {
  private static func at(_ context: UnsafeMutableRawPointer?) -> CurlTransfer? {
    guard let context = unsafe context else { return nil }
    return unsafe Unmanaged<CurlTransfer>.fromOpaque(context).takeUnretainedValue()
  }

  /// Any other number than that of the bytes offered ends the transfer.
  /// https://curl.se/libcurl/c/CURLOPT_WRITEFUNCTION.html
  static var bodyCallback: curl_write_callback {
    { bytes, size, count, context in
      let buffer = unsafe UnsafeRawBufferPointer(start: bytes, count: size * count)
      guard let transfer = unsafe CurlTransfer.at(context), unsafe transfer.receive(body: buffer)
      else { return 0 }
      return size * count
    }
  }

  /// https://curl.se/libcurl/c/CURLOPT_HEADERFUNCTION.html
  static var headerCallback: curl_write_callback {
    { bytes, size, count, context in
      let buffer = unsafe UnsafeRawBufferPointer(start: bytes, count: size * count)
      guard let transfer = unsafe CurlTransfer.at(context), unsafe transfer.receive(headerLine: buffer)
      else { return 0 }
      return size * count
    }
  }

  /// Anything but 0 ends the transfer.
  /// https://curl.se/libcurl/c/CURLOPT_XFERINFOFUNCTION.html
  static var progressCallback: curl_xferinfo_callback {
    { context, _, _, _, _ in
      guard let transfer = unsafe CurlTransfer.at(context), !transfer.isCancelled else { return 1 }
      return 0
    }
  }
}
