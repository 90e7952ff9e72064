/// `Expect` (RFC 9110 section 10.1.1) and the desynchronisations that are built on it.
let expectationCases: [ConformanceCase] = [
  .served("100-continue", with(expected, length(1), body: "a"), [100, 200], echo: "POST /x a"),
  .served("100-continue in another case", with("expect: 100-CONTINUE", length(1), body: "a"), [100, 200]),
  .served("100-continue with chunks", with(expected, teChunked, body: "0\r\n\r\n"), [100, 200]),
  .served("100-continue without content", with(expected), [200], echo: "POST /x "),
  .served("100-continue with a length of zero", with(expected, length(0)), [200], echo: "POST /x "),
  .served(
    "100-continue with GET", with(expected, length(1), method: "GET", body: "a"), [100, 200], echo: "GET /x a"
  ),
  .served(
    "100-continue, the content a request", with(expected, length(hidden), body: hidden), [100, 200],
    echo: "POST /x " + hidden),
  .served(
    "100-continue twice on a connection",
    with(expected, length(1), body: "a") + with(expected, length(1), body: "b"),
    [100, 200, 100, 200], echo: "POST /x b"),
  .served(
    "100-continue in HTTP/1.0", "POST /a HTTP/1.0\r\n\(expected)\r\nContent-Length: 1\r\n\r\na", [200],
    echo: "POST /a a", staysOpen: false),
  .served(
    "HTTP/1.0 has no expectations", "POST /a HTTP/1.0\r\nExpect: x\r\nContent-Length: 1\r\n\r\na",
    echo: "POST /a a", staysOpen: false),
  .served("half-close after an expectation", with(expected, length(1)), [100, 400], endsInput: true),
  .refused("an unknown expectation", with("Expect: 200-ok"), 417),
  .refused("a list of expectations", with("Expect: 100-continue, x"), 417),
  .refused(
    "the same expectation in a list", with("Expect: 100-continue, 100-continue", length(1), body: "a"), 417),
  .refused("the same expectation in two fields", with(expected, expected, length(1), body: "a"), 417),
  .refused("an empty expectation", with("Expect:"), 417),
  .refused(
    "a word before the expectation", with("Expect: y 100-continue", length(hidden), body: hidden), 417),
  .refused("a word after the expectation", with("Expect: 100-continue y", length(hidden), body: hidden), 417),
  .refused(
    "a parameter of the expectation", with("Expect: 100-continue;q=1", length(hidden), body: hidden), 417),
  .refused("a folded expectation", with("Expect:\r\n 100-continue", length(hidden), body: hidden), 417),
  .refused("NUL after the expectation", with("Expect: 100-continue\0", length(hidden), body: hidden)),
  .refused(
    "an expectation with space before its colon", with("Expect : 100-continue", length(hidden), body: hidden)),
  .refused("an expected length over the limit", with(expected, length(1001)), 413),
  .refused("an expected length that is none", with(expected, "Content-Length: x")),
  .refused("an expected coding that is none", with(expected, "Transfer-Encoding: x")),
  .refused("an expected coding beside a length", with(expected, length(5), teChunked, body: "0\r\n\r\n")),
  .refusedAfter(
    [100, 400], "an expected chunk that is none", with(expected, teChunked, body: "x\r\n" + hidden)),
  .refusedAfter(
    [100, 413], "an expected chunk over the limit", with(expected, teChunked, body: "3E9\r\n" + hidden)),
]

private let expected = "Expect: 100-continue"
