/// What published research hides in a request so that two servers disagree about its end: CL.TE, TE.CL, TE.TE,
/// CL.0, 0.CL, TE.0, chunk extensions, chunk ends and trailers. Where the bytes have one meaning they are served
/// with it and the hidden request stays content; all else is refused, and nothing hidden is ever answered.
let smugglingCases: [ConformanceCase] = [
  .refused("CL.TE", with("Content-Length: 6", "Transfer-Encoding: chunked", body: "0\r\n\r\nG")),
  .refused(
    "TE.CL", with("Transfer-Encoding: chunked", "Content-Length: 4", body: "5c\r\n\(hidden)\r\n0\r\n\r\n")),
  .refused(
    "CL.TE with the whole request hidden", with("Content-Length: 60", teChunked, body: "0\r\n\r\n" + hidden)),
  .refused("TE.TE by an unknown coding", with(teChunked, "Transfer-Encoding: x", body: "0\r\n\r\n" + hidden)),
  .refused("TE.TE by a coding in another case", with(teChunked, "Transfer-encoding: cow", body: "0\r\n\r\n")),
  .refused("TE.TE, the unknown one first", with("Transfer-Encoding: cow", teChunked, body: "0\r\n\r\n"), 400),
  .refused(
    "TE.TE by space before the colon", with(length(4), "Transfer-Encoding : chunked", body: "0\r\n\r\n")),
  .refused(
    "TE.TE by a tab before the colon", with(length(4), "Transfer-Encoding\t: chunked", body: "0\r\n\r\n")),
  .refused("TE.TE by a folded name", with(length(4), "Transfer-Encoding\r\n: chunked", body: "0\r\n\r\n")),
  .refused("TE.TE by a folded value", with(length(4), "Transfer-Encoding:\r\n\tchunked", body: "0\r\n\r\n")),
  .refused(
    "TE.TE by space before the name", with(length(4), " Transfer-Encoding: chunked", body: "0\r\n\r\n")),
  .refused(
    "TE.TE by a tab before the value", with(length(4), "Transfer-Encoding:\tchunked", body: "0\r\n\r\n")),
  .refused(
    "TE.TE behind a bare line feed", with(length(4), "X: y\nTransfer-Encoding: chunked", body: "0\r\n\r\n")),
  .refused("TE.TE behind a bare carriage return", with(length(4), "X: y\rTransfer-Encoding: chunked")),
  .refused("TE.TE behind NUL", with(length(4), "X: y\0Transfer-Encoding: chunked")),
  .refused(
    "TE.TE by a vertical tab after the value", with("Transfer-Encoding: chunked\u{0B}", body: "0\r\n\r\n")),
  .refused(
    "TE.TE by a form feed after the value", with("Transfer-Encoding: chunked\u{0C}", body: "0\r\n\r\n")),
  .refused("TE.TE by a no-break space", with("Transfer-Encoding:\u{A0}chunked", body: "0\r\n\r\n")),
  .refused("TE.TE by a byte-order mark", with("Transfer-Encoding: \u{FEFF}chunked", body: "0\r\n\r\n")),
  .refused("TE.TE by a semicolon in the name", with("Transfer-Encoding;: chunked", body: "0\r\n\r\n")),
  .refused("TE.TE by a Cyrillic letter in the name", with("Transfer-Encоding: chunked", body: "0\r\n\r\n")),
  .refused("TE.TE by two values without a comma", with("Transfer-Encoding: chunked chunked")),
  .refused(
    "TE.TE by two values without a comma, the unknown one last", with("Transfer-Encoding: chunked cow")),
  .refused("TE.TE by identity last", with("Transfer-Encoding: chunked, identity", body: "0\r\n\r\n")),
  .refused("TE.TE by a member of space", with("Transfer-Encoding: chunked, , chunked", body: "0\r\n\r\n")),
  .refused("chunked by percent-encoding", with("Transfer-Encoding: chunk%65d", body: "0\r\n\r\n")),
  .refused("chunked by a quoted pair", with("Transfer-Encoding: \"chunke\\d\"", body: "0\r\n\r\n")),
  .served(
    "another field named like it", with("X-Transfer-Encoding: chunked", length(3), body: "abc"),
    echo: "POST /x abc"),
  .served(
    "a content coding is no transfer coding", with("Content-Encoding: chunked", length(3), body: "abc"),
    echo: "POST /x abc"),
  .served(
    "accepting trailers is no coding", with("TE: trailers, chunked", length(3), body: "abc"),
    echo: "POST /x abc"),
  .served(
    "CL.0: the hidden request is content", with(length(hidden), body: hidden), echo: "POST /x " + hidden),
  .served("CL.0 with GET", with(length(hidden), method: "GET", body: hidden), echo: "GET /x " + hidden),
  .served(
    "CL.0 with OPTIONS", with(length(hidden), method: "OPTIONS", body: hidden), echo: "OPTIONS /x " + hidden),
  .served(
    "CL.0 with DELETE", with(length(hidden), method: "DELETE", body: hidden), echo: "DELETE /x " + hidden),
  .served(
    "CL.0 with an upgrade", with("Connection: Upgrade", "Upgrade: websocket", length(hidden), body: hidden),
    echo: "POST /x " + hidden),
  .served(
    "CL.0 with a length named hop-by-hop", with("Connection: Content-Length", length(hidden), body: hidden),
    echo: "POST /x " + hidden),
  .served(
    "CL.0 for the whole server", "OPTIONS * HTTP/1.1\r\nHost: a\r\n\(length(hidden))\r\n\r\n" + hidden, [204]),
  .served(
    "TE.0 with OPTIONS", with(teChunked, method: "OPTIONS", body: chunk(hidden)), echo: "OPTIONS /x " + hidden
  ),
  .served("TE.0 with GET", with(teChunked, method: "GET", body: chunk(hidden)), echo: "GET /x " + hidden),
  .served(
    "TE.0 with a coding named hop-by-hop",
    with("Connection: Transfer-Encoding", teChunked, body: chunk(hidden)), echo: "POST /x " + hidden),
  .served(
    "TE.0 for the whole server", "OPTIONS * HTTP/1.1\r\nHost: a\r\n\(teChunked)\r\n\r\n" + chunk(hidden),
    [204]),
  .refused("0.CL by space before the colon", with("Content-Length : 5", body: hidden)),
  .refused("0.CL by space before the name", with(" Content-Length: 5", body: hidden)),
  .refused("0.CL by a folded value", with("Content-Length:\r\n 5", body: hidden)),
  .refused("0.CL by a bare line feed before the value", with("Content-Length:\n5", body: hidden)),
  .refused("0.CL by NUL in the name", with("Content-Length\0: 5", body: hidden)),
  .refused("0.CL by a vertical tab after the value", with("Content-Length: 5\u{0B}", body: hidden)),
  .refused("0.CL by a vertical tab before the value", with("Content-Length:\u{0B}5", body: hidden)),
  .refused("0.CL by a second number", with("Content-Length: 5 5", body: hidden)),
  .refused("0.CL by a list of zero and length", with("Content-Length: 0, 5", body: hidden)),
  .refused("0.CL by an empty member", with("Content-Length: ,5", body: hidden)),
  .refused("0.CL by a parameter", with("Content-Length: 5;q=1", body: hidden)),
  .refused("0.CL by a line separator of Unicode", with("Content-Length: 5\u{2028}", body: hidden)),
  .refused("0.CL by a length of full-width digits", with("Content-Length: ５", body: hidden)),
  .refused("a repeated length of nothing", with("Content-Length:", length(5), body: "abcde")),
  .refused("a negative length that overflows", with("Content-Length: -18446744073709551611", body: "abcde")),
  .refused("a length of 2 to the 64 plus 5", with("Content-Length: 18446744073709551621", body: "abcde")),
  .refused("a length of 2 to the 32 plus 5", with("Content-Length: 4294967301", body: "abcde"), 413),
  .refused("TERM.EXT: a bare line feed ends the size line", chunked("3;\nabc\r\n0\r\n\r\n" + hidden)),
  .refused("EXT.TERM: a bare line feed in an extension", chunked("2;\nxx\r\n26\r\n\(hidden)\r\n0\r\n\r\n")),
  .refused("a bare carriage return ends the size line", chunked("3\rabc\r\n0\r\n\r\n" + hidden)),
  .refused("a bare carriage return ends an extension", chunked("3;a\rabc\r\n0\r\n\r\n" + hidden)),
  .refused("TERM.SPILL: a chunk ends with a bare line feed", chunked("5\r\nAAAAA\n2a\r\n" + hidden)),
  .refused("SPILL.TERM: two other bytes after a chunk", chunked("5\r\nAAAAAXX2a\r\n" + hidden)),
  .refused("a chunk's end by a line feed and a carriage return", chunked("3\r\nabc\n\r0\r\n\r\n")),
  .refused("an extension in an open quotation", chunked("3;a=\"\r\nabc\r\n0\r\n\r\n" + hidden)),
  .refused("an extension that ends in a backslash", chunked("3;a=\"b\\\r\nabc\r\n0\r\n\r\n")),
  .refused("text after a quoted extension", chunked("3;a=\"b\"c\r\nabc\r\n0\r\n\r\n")),
  .refused("an extension with an empty value", chunked("3;a=\r\nabc\r\n0\r\n\r\n")),
  .refused("an extension with two values", chunked("3;a=b=c\r\nabc\r\n0\r\n\r\n")),
  .refused("an extension with a space", chunked("3;a b\r\nabc\r\n0\r\n\r\n")),
  .refused("two semicolons", chunked("3;;a\r\nabc\r\n0\r\n\r\n")),
  .refused("a semicolon at the end", chunked("3;a;\r\nabc\r\n0\r\n\r\n")),
  .served(
    "an escaped quotation mark in an extension", chunked("3;a=\"\\\"\";b=\"\";c=d\r\nabc\r\n0\r\n\r\n"),
    echo: "POST /x abc"),
  .refused("the last chunk without an empty line", chunked("0\r\n" + hidden)),
  .refused("a last chunk of many zeros without an empty line", chunked("000\r\n" + hidden)),
  .refused("a last chunk that is none", chunked("3\r\nabc\r\n-0\r\n\r\n" + hidden)),
  .refused("a trailer behind a bare line feed", chunked("0\r\nX: y\nContent-Length: 5\r\n\r\n")),
  .refused("a trailer's section ended by a bare line feed", chunked("0\r\nX: y\r\n\n" + hidden)),
  .refused("NUL in a trailer", chunked("0\r\nX: \0\r\n\r\n")),
  .refused("a length as trailer in another case", chunked("0\r\nCONTENT-LENGTH: 5\r\n\r\nabcde")),
  .refused(
    "an encoding as trailer with space before its colon", chunked("0\r\nTransfer-Encoding : chunked\r\n\r\n")),
  .served(
    "a connection option as trailer says nothing", chunked("0\r\nConnection: close\r\n\r\n"), echo: "POST /x "
  ),
  .served("an expectation as trailer says nothing", chunked("0\r\nExpect: x\r\n\r\n"), echo: "POST /x "),
  .served(
    "a request after trailers", chunked("1\r\na\r\n0\r\nX: y\r\n\r\n") + line("GET /b HTTP/1.1"), [200, 200],
    echo: "GET /b "),
]

/// A request that nobody may answer, hidden in another one's content.
let hidden = "GET /hidden HTTP/1.1\r\nHost: a\r\n\r\n"
let teChunked = "Transfer-Encoding: chunked"

func length(_ bytes: Int) -> String {
  "Content-Length: \(bytes)"
}

func length(_ content: String) -> String {
  length(content.utf8.count)
}

/// One chunk and the last one.
func chunk(_ content: String) -> String {
  "\(String(content.utf8.count, radix: 16))\r\n\(content)\r\n0\r\n\r\n"
}
