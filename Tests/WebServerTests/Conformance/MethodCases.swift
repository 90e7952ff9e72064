/// HEAD, OPTIONS and methods that a path does not have (RFC 9110 sections 9.3 and 15.5.6). The path
/// `/readable` has GET and HEAD; every other one has all methods.
let methodCases: [ConformanceCase] = [
  .head("HEAD has the length of GET and no content", line("HEAD /readable HTTP/1.1")),
  .head("two with HEAD, pipelined", repeatedly(2, line("HEAD /readable HTTP/1.1")), [200, 200]),
  .head("HEAD with content", with(length(hidden), method: "HEAD", body: hidden)),
  .head("HEAD with chunks", with(teChunked, method: "HEAD", body: chunk(hidden))),
  .head("HEAD in absolute form", line("HEAD http://a/readable HTTP/1.1")),
  .head("HEAD where there is none", line("HEAD /none HTTP/1.1"), [404]),
  .refused("HEAD for the whole server", line("HEAD * HTTP/1.1")),
  .refused("HEAD with two lengths", with(length(1), length(1), method: "HEAD", body: "a")),
  .served("GET where GET is allowed", line("GET /readable HTTP/1.1"), echo: "GET /readable "),
  .notAllowed("POST where it is not", line("POST /readable HTTP/1.1"), allow: "GET, HEAD"),
  .notAllowed("PUT where it is not", line("PUT /readable HTTP/1.1"), allow: "GET, HEAD"),
  .notAllowed("DELETE where it is not", line("DELETE /readable HTTP/1.1"), allow: "GET, HEAD"),
  .notAllowed("TRACE where it is not", line("TRACE /readable HTTP/1.1"), allow: "GET, HEAD"),
  .notAllowed("OPTIONS where it is not", line("OPTIONS /readable HTTP/1.1"), allow: "GET, HEAD"),
  .notAllowed("get where GET is allowed", line("get /readable HTTP/1.1"), allow: "GET, HEAD"),
  .notAllowed("an invented method", line("GETX /readable HTTP/1.1"), allow: "GET, HEAD"),
  .notAllowed(
    "content of a method that is not allowed is no request",
    "POST /readable HTTP/1.1\r\nHost: a\r\n\(length(hidden))\r\n\r\n" + hidden, allow: "GET, HEAD"),
  .notAllowed(
    "chunks of a method that is not allowed are no request",
    "POST /readable HTTP/1.1\r\nHost: a\r\n\(teChunked)\r\n\r\n" + chunk(hidden), allow: "GET, HEAD"),
  .served(
    "a request after a method that is not allowed", line("POST /readable HTTP/1.1") + line("GET /b HTTP/1.1"),
    [405, 200], echo: "GET /b "),
  .served(
    "OPTIONS for the server, then a path", line("OPTIONS * HTTP/1.1") + line("OPTIONS /a HTTP/1.1"),
    [204, 200], echo: "OPTIONS /a "),
]
