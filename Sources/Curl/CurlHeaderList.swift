import CCurl

/// Owner of a list of header lines in libcurl's form. It must outlive the transfer that reads
/// it: https://curl.se/libcurl/c/CURLOPT_HTTPHEADER.html
@safe
struct CurlHeaderList: ~Copyable {
  private(set) var first: UnsafeMutablePointer<curl_slist>?

  init(_ headers: [CurlHeader]) throws(CurlError) {
    unsafe first = nil
    for header in headers {
      // "Name;" is how libcurl is told to send a field without a value.
      try append(header.value.isEmpty ? "\(header.name);" : "\(header.name): \(header.value)")
    }
    // libcurl waits up to a second for "100 Continue" before it sends a longer body; asking for
    // nothing of the kind saves the wait.
    try append("Expect:")
  }

  // https://curl.se/libcurl/c/curl_slist_append.html
  private mutating func append(_ line: String) throws(CurlError) {
    guard let longer = unsafe curl_slist_append(first, line) else {
      throw CurlError(.other, cause: "out of memory")
    }
    unsafe first = longer
  }

  // https://curl.se/libcurl/c/curl_slist_free_all.html
  deinit {
    unsafe curl_slist_free_all(first)
  }
}
