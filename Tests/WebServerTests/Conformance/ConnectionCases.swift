/// Persistence, pipelining, HTTP/1.0, half-close (RFC 9112 section 9).
let connectionCases: [ConformanceCase] = [
  .served("keep-alive is the rule", line("GET /a HTTP/1.1"), echo: "GET /a "),
  .served("close is heeded", with("Connection: close"), staysOpen: false),
  .served("close in another case", with("connection: CLOSE"), staysOpen: false),
  .served("close in a list", with("Connection: x, close"), staysOpen: false),
  .served("close in a second field", with("Connection: x", "Connection: close"), staysOpen: false),
  .served("close wins over keep-alive", with("Connection: keep-alive, close"), staysOpen: false),
  .served("an unknown option is ignored", with("Connection: closed")),
  .served("an upgrade is ignored", with("Connection: Upgrade", "Upgrade: h2c"), echo: "POST /x "),
  .served("HTTP/1.0 closes", "GET /a HTTP/1.0\r\n\r\n", echo: "GET /a ", staysOpen: false),
  .served("HTTP/1.0 with keep-alive", "GET /a HTTP/1.0\r\nConnection: Keep-Alive\r\n\r\n", echo: "GET /a "),
  .served("HTTP/1.0 with Host", "GET /a HTTP/1.0\r\nHost: a\r\n\r\n", staysOpen: false),
  .served(
    "HTTP/1.0 with content", "POST /a HTTP/1.0\r\nContent-Length: 3\r\n\r\nabc", echo: "POST /a abc",
    staysOpen: false),
  .served(
    "HTTP/1.0 with keep-alive, pipelined", repeatedly(2, "GET /a HTTP/1.0\r\nConnection: keep-alive\r\n\r\n"),
    [200, 200], echo: "GET /a "),
  .served(
    "HTTP/1.0 with keep-alive and close", "GET /a HTTP/1.0\r\nConnection: keep-alive, close\r\n\r\n",
    echo: "GET /a ", staysOpen: false),
  .served(
    "nothing after HTTP/1.0", "GET /a HTTP/1.0\r\n\r\n" + line("GET /b HTTP/1.1"), echo: "GET /a ",
    staysOpen: false),
  .served(
    "HTTP/1.0 with absolute form", "GET http://a/b HTTP/1.0\r\n\r\n", echo: "GET /b ", staysOpen: false),
  .refused(
    "HTTP/1.0 with absolute form that disagrees with Host", "GET http://b/ HTTP/1.0\r\nHost: a\r\n\r\n"),
  .refused(
    "HTTP/1.0 with a length and chunked", "POST / HTTP/1.0\r\n\(length(5))\r\n\(teChunked)\r\n\r\n0\r\n\r\n"),
  .refused("HTTP/1.0 with two lengths", "POST / HTTP/1.0\r\n\(length(1))\r\n\(length(1))\r\n\r\na"),
  .refused("HTTP/1.0 with a bad Host", "GET /a HTTP/1.0\r\nHost: a b\r\n\r\n"),
  .refused("HTTP/1.0 with two Hosts", "GET /a HTTP/1.0\r\nHost: a\r\nHost: a\r\n\r\n"),
  .refused("HTTP/1.0 with chunked", "POST / HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n"),
  .served("two pipelined", line("GET /a HTTP/1.1") + line("GET /b HTTP/1.1"), [200, 200], echo: "GET /b "),
  .served(
    "pipelined after content", with("Content-Length: 3", body: "abc") + line("GET /b HTTP/1.1"), [200, 200],
    echo: "GET /b "),
  .served(
    "pipelined after chunks", chunked("1\r\na\r\n0\r\n\r\n") + line("GET /b HTTP/1.1"), [200, 200],
    echo: "GET /b "),
  .served(
    "one empty line between requests", line("GET /a HTTP/1.1") + "\r\n" + line("GET /b HTTP/1.1"),
    [200, 200], echo: "GET /b "),
  .served("nothing after close", with("Connection: close") + line("GET /b HTTP/1.1"), staysOpen: false),
  .refusedAfter([200, 400], "an error after an answer", line("GET /a HTTP/1.1") + "x\r\n\r\n"),
  .refusedAfter(
    [200, 200, 501], "an error after two answers",
    line("GET /a HTTP/1.1") + line("GET /b HTTP/1.1") + line("CONNECT a:1 HTTP/1.1")),
  .refusedAfter([400], "nothing after an error", "x\r\n\r\n" + line("GET /b HTTP/1.1")),
  .refused(
    "nothing after a line that is too long", line("GET /\(a(500)) HTTP/1.1") + line("GET /b HTTP/1.1"), 414),
  .refused("nothing after fields that are too long", with("X: \(a(1100))") + line("GET /b HTTP/1.1"), 431),
  .refused("nothing after an unknown expectation", with("Expect: x") + line("GET /b HTTP/1.1"), 417),
  .refused(
    "nothing after an unknown coding", with("Transfer-Encoding: gzip, chunked") + line("GET /b HTTP/1.1"), 501
  ),
  .refused("nothing after another version", line("GET / HTTP/3.0") + line("GET /b HTTP/1.1"), 505),
  .refused("nothing after a missing Host", "GET / HTTP/1.1\r\n\r\n" + line("GET /b HTTP/1.1")),
  .refused("nothing after a contradiction", with(length(3), teChunked) + line("GET /b HTTP/1.1")),
  .refusedAfter([400], "nothing after a bad chunk", chunked("x\r\n") + line("GET /b HTTP/1.1")),
  .refusedAfter(
    [200, 400], "content longer than its length is the next request",
    with("Content-Length: 3", body: "abcd\r\n\r\n")),
  .refusedAfter(
    [413], "no request is read from a refused body",
    with("Content-Length: 2000", body: line("GET /b HTTP/1.1"))),
  .served("half-close after a request", line("GET /a HTTP/1.1"), echo: "GET /a ", endsInput: true),
  .served(
    "half-close after two", line("GET /a HTTP/1.1") + line("GET /b HTTP/1.1"), [200, 200], endsInput: true),
  .served("half-close at once", "", [], endsInput: true),
  .served("half-close in the request line", "GET /", [400], endsInput: true),
  .served("half-close in a field", "GET / HTTP/1.1\r\nHost: a", [400], endsInput: true),
  .served("half-close before the empty line", "GET / HTTP/1.1\r\nHost: a\r\n", [400], endsInput: true),
  .served("half-close in content", with("Content-Length: 3", body: "ab"), [400], endsInput: true),
  .served("half-close in a chunk", chunked("3\r\nab"), [400], endsInput: true),
  .served("half-close before the last chunk", chunked("2\r\nab\r\n"), [400], endsInput: true),
  .served("half-close before the last line", chunked("0\r\n"), [400], endsInput: true),
]

private func a(_ count: Int) -> String {
  repeatedly(count, "a")
}
