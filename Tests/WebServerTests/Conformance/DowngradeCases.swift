/// HTTP/2 at the door of a server that does not speak it (RFC 9113 sections 3.3 and 3.4), and what a front that
/// writes HTTP/2 requests down as HTTP/1.1 lets through when it does not check them (sections 8.2 and 8.3).
let downgradeCases: [ConformanceCase] = [
  .refused("the preface of HTTP/2 and settings", bytes: preface + [0, 0, 0, 4, 0, 0, 0, 0, 0], 505),
  .refused("the preface with a Host", "PRI * HTTP/2.0\r\nHost: a\r\n\r\nSM\r\n\r\n", 505),
  .refused("the preface's first line as HTTP/1.1", line("PRI * HTTP/1.1")),
  .refused("frames of HTTP/2 without a preface", bytes: [0, 0, 0, 4, 0, 0, 0, 0, 0, 13, 10, 13, 10]),
  .refusedAfter(
    [200, 505], "the preface after a request", line("GET /a HTTP/1.1") + "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"),
  .served(
    "an upgrade to h2c is not taken up",
    with(
      "Connection: Upgrade, HTTP2-Settings", "Upgrade: h2c", "HTTP2-Settings: AAMAAABkAAQAAP__", method: "GET"
    ),
    echo: "GET /x "),
  .refusedAfter(
    [200, 505], "the preface after an upgrade to h2c",
    with(
      "Connection: Upgrade, HTTP2-Settings", "Upgrade: h2c", "HTTP2-Settings: AAMAAABkAAQAAP__", method: "GET"
    )
      + "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"),
  .served(
    "an upgrade with content: it is content",
    with("Connection: Upgrade", "Upgrade: h2c", length(hidden), body: hidden), echo: "POST /x " + hidden),
  .refused("a pseudo-header field", with(":method: GET")),
  .refused("a pseudo-header field before Host", "GET /x HTTP/1.1\r\n:authority: b\r\nHost: a\r\n\r\n"),
  .refused("a pseudo-header field instead of Host", "GET /x HTTP/1.1\r\n:authority: a\r\n\r\n"),
  .refused(
    "Host beside an authority that was written down", "GET /x HTTP/1.1\r\nHost: a\r\nX: y\r\nHost: b\r\n\r\n"),
  .refused("an authority with a user", "GET /x HTTP/1.1\r\nHost: u:p@a\r\n\r\n"),
  .refused("a method with a space", line("GET /hidden HTTP/1.1 /x HTTP/1.1")),
  .refused("a method with a line break", "GET /hidden HTTP/1.1\r\nX: / HTTP/1.1\r\n\r\n"),
  .refused("a path with a space", line("GET /x HTTP/1.1 HTTP/1.1")),
  .refusedAfter(
    [200, 400], "a path with a line break",
    "GET /x HTTP/1.1\r\nHost: b\r\n\r\nGET /y HTTP/1.1 HTTP/1.1\r\nHost: a\r\n\r\n"),
  .refused("a path without slash", line("GET x HTTP/1.1")),
  .refused("an empty path", line("GET  HTTP/1.1")),
  .refused("H2.CL: a length too many", with(length(0), length(hidden), body: hidden)),
  .refusedAfter([200, 400], "H2.CL: a length too short", with(length(3), body: "abcdefg\r\n\r\n")),
  .refused("H2.TE: a coding beside the length", with(length(5), teChunked, body: "0\r\n\r\n" + hidden)),
  .refused(
    "H2.TE by a value with a line break",
    with("X: y\r\nTransfer-Encoding: chunked", length(5), body: "0\r\n\r\n")),
  .refused(
    "H2.TE by a name with a colon", with("Transfer-Encoding: chunked : ", length(5), body: "0\r\n\r\n")),
  .served("a name that ends in a colon is a value that begins with one", with("X:: y"), echo: "POST /x "),
  .refused("a name with a line feed", with("X\nY: z")),
  .refused("a name that ends in a carriage return", with("X\r: y")),
  .served("TE with trailers", with("TE: trailers"), echo: "POST /x "),
  .served(
    "fields that name a connection", with("Keep-Alive: timeout=5", "Proxy-Connection: close"),
    echo: "POST /x "),
  .served("cookies in several fields", with("Cookie: a=b", "Cookie: c=d"), echo: "POST /x "),
  .served(
    "names in lower case", "GET /x HTTP/1.1\r\nhost: a\r\ncontent-length: 1\r\n\r\nb", echo: "GET /x b"),
  .refused("an extended CONNECT", "CONNECT /chat HTTP/1.1\r\nHost: a\r\nX-Protocol: websocket\r\n\r\n", 501),
]

private let preface = Array("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".utf8)
