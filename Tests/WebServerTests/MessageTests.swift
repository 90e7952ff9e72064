import Testing
import WebServer

@Suite("Dates, fields and targets")
struct MessageTests {
  @Test(
    "a date is written in HTTP's fixed form",
    arguments: [
      (784_111_777, "Sun, 06 Nov 1994 08:49:37 GMT"), (0, "Thu, 01 Jan 1970 00:00:00 GMT"),
      (-1, "Wed, 31 Dec 1969 23:59:59 GMT"), (951_782_400, "Tue, 29 Feb 2000 00:00:00 GMT"),
      (4_107_542_400, "Mon, 01 Mar 2100 00:00:00 GMT"), (1_759_694_400, "Sun, 05 Oct 2025 20:00:00 GMT"),
    ])
  func date(seconds: Int, text: String) {
    #expect(HTTPDate.text(unixSeconds: seconds) == text)
  }

  @Test("fields keep order and repeats, and compare names without regard to case")
  func fields() {
    var headers: HTTPHeaders = ["A": "1", "b": "2", "a": "3"]
    #expect(headers["a"] == "1")
    #expect(headers.all("A") == ["1", "3"])
    headers.set("B", "4")
    #expect(headers.map(\.name) == ["A", "a", "B"])
    #expect(headers.map(\.value) == ["1", "3", "4"])
    headers.set("A", "5")
    #expect(headers.all("a") == ["5"])
    #expect(headers["[b"] == nil)
  }

  @Test(
    "names differ where they are no letters of another case",
    arguments: [("^", "~"), ("K", "\u{212A}"), ("a", "aa")])
  func caseFolding(left: String, right: String) {
    let headers = HTTPHeaders([(left, "1")])
    #expect(headers[left] == "1")
    #expect(headers[right] == nil)
  }

  @Test("what could split a message does not get in")
  func splitting() {
    let headers: HTTPHeaders = ["A": "1\r\n2\n3\0", "B\r\nC": "1", "": "1", "D E": "1", "F:": "1"]
    #expect(headers.map(\.name) == ["A"])
    #expect(headers["A"] == "1  2 3 ")
  }

  @Test("a query is cut and decoded")
  func query() throws {
    let target = try #require(RequestTarget("/a?b=1+2&c=%2B%26&d&=e&&b=3"))
    #expect(target.query.map(\.name) == ["b", "c", "d", "", "b"])
    #expect(target.query.map(\.value) == ["1 2", "+&", "", "e", "3"])
    #expect(target.rawQuery == "b=1+2&c=%2B%26&d&=e&&b=3")
    #expect(RequestTarget("/a")?.rawQuery == nil)
    #expect(RequestTarget("/a?")?.rawQuery?.isEmpty == true)
    #expect(RequestTarget("/a?b=c=d")?.query.map(\.value) == ["c=d"])
  }

  @Test("raw and decoded path stand side by side")
  func path() throws {
    let target = try #require(RequestTarget("/a%20b+c"))
    #expect(target.path == "/a b+c")
    #expect(target.rawPath == "/a%20b+c")
  }
}
