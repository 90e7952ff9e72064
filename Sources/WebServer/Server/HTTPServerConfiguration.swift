/// Where a server listens and what it allows.
package struct HTTPServerConfiguration: Sendable {
  /// An address to listen on, numeric IPv4 or IPv6 (`0.0.0.0`, `::1`), or `localhost`.
  package var host: String
  /// The port; 0 lets the system choose, `HTTPServer.start()` returns it.
  package var port: Int
  package var limits: HTTPLimits
  package var deadlines: HTTPDeadlines
  /// Event loops, each with its share of the connections; at least 1.
  package var loops: Int

  package init(
    host: String = "127.0.0.1", port: Int = 0, limits: HTTPLimits = HTTPLimits(),
    deadlines: HTTPDeadlines = HTTPDeadlines(), loops: Int = 2
  ) {
    self.host = host
    self.port = port
    self.limits = limits
    self.deadlines = deadlines
    self.loops = max(1, loops)
  }
}

/// Sizes beyond which a request is refused.
package struct HTTPLimits: Hashable, Sendable {
  /// Bytes of the request line without its line end; beyond it 414.
  package var requestLine: Int
  /// Bytes of all field lines with their line ends; beyond it 431.
  package var headerSection: Int
  /// Number of field lines; beyond it 431.
  package var headerFields: Int
  /// Bytes of content; beyond it 413.
  package var body: Int
  /// Connections at a time; further ones are answered 503 and closed.
  package var connections: Int

  package init(
    requestLine: Int = 8192, headerSection: Int = 32_768, headerFields: Int = 100, body: Int = 65_536,
    connections: Int = 12_000
  ) {
    self.requestLine = requestLine
    self.headerSection = headerSection
    self.headerFields = headerFields
    self.body = body
    self.connections = connections
  }
}

/// How long a connection may take for each stage.
package struct HTTPDeadlines: Hashable, Sendable {
  /// From a request's first byte to the end of its header section; beyond it 408. Also until the first byte
  /// of a connection; beyond it the connection is closed.
  package var header: Duration
  /// From there to the end of its content; beyond it 408.
  package var body: Duration
  /// Without any byte between two requests; beyond it the connection is closed.
  package var idle: Duration
  /// Without the client taking a byte of a waiting answer; beyond it the connection is reset.
  package var write: Duration
  /// After the last answer, for the client to read it and close; beyond it the connection is closed.
  package var linger: Duration

  package init(
    header: Duration = .seconds(10), body: Duration = .seconds(30), idle: Duration = .seconds(75),
    write: Duration = .seconds(30), linger: Duration = .seconds(2)
  ) {
    self.header = header
    self.body = body
    self.idle = idle
    self.write = write
    self.linger = linger
  }

  /// How often to look at the clock: a quarter of the shortest deadline, from 10 milliseconds to a second.
  var sweepInterval: Duration {
    max(.milliseconds(10), min(.seconds(1), [body, idle, write, linger].reduce(header, min) / 4))
  }
}
