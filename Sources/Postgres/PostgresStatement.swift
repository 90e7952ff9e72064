/// One SQL statement with its parameters, `$1` first; sent unnamed, so that a transaction pooler may
/// stand in between.
package struct PostgresStatement: Sendable {
  /// The SQL; exactly one statement, never built from data.
  package let sql: String
  /// The values of `$1`, `$2` and so on; at most 65,535.
  package let parameters: [PostgresValue]
  /// For the log: where the statement is made.
  let name: StatementName
  /// The parameters as libpq takes them, where that was done ahead.
  private(set) var laidOut: CStrings?

  /// A statement and the values of its `$1`, `$2` and so on; named in the log after the place where it is made.
  package init(
    _ sql: String, _ parameters: [PostgresValue] = [], file: StaticString = #fileID,
    function: StaticString = #function, line: UInt = #line
  ) {
    self.sql = sql
    self.parameters = parameters
    name = StatementName(file: file, function: function, line: line)
  }

  /// The same statement with its parameters laid out for sending, which takes a while where they hold a
  /// thousand rows: to be done before a transaction is open rather than within it.
  package func prepared() -> PostgresStatement {
    var statement = self
    statement.laidOut = CStrings(parameters)
    return statement
  }
}

/// The place where a statement is made, for the log.
struct StatementName: Sendable, CustomStringConvertible {
  let file: StaticString
  let function: StaticString
  let line: UInt

  /// The file, the function and the line, such as `RunRecords.finish:42`.
  var description: String {
    let file = "\(file)".split(separator: "/").last?.split(separator: ".").first ?? ""
    return "\(file).\("\(function)".prefix { $0 != "(" }):\(line)"
  }
}

/// A statement laid out for libpq, checked before anything is sent.
struct EncodedStatement {
  let sql: String
  let types: [UInt32]
  let values: CStrings

  /// Throws when the server could not be given the statement whole.
  init(_ statement: PostgresStatement) throws(PostgresError) {
    sql = statement.sql
    types = statement.parameters.map(\.typeOID)
    values = statement.laidOut ?? CStrings(statement.parameters)
    if let position = values.firstWithNUL {
      throw PostgresError(
        .other, sqlstate: "22021", cause: "parameter $\(position + 1) contains U+0000 [\(statement.name)]")
    }
    guard types.count <= UInt16.max else {
      throw PostgresError(
        .other, sqlstate: "54000", cause: "\(types.count) parameters, 65535 are allowed [\(statement.name)]")
    }
  }
}

/// The texts of a statement's parameters, NUL-terminated and laid out one after another, as libpq takes
/// them.
struct CStrings {
  private var bytes: [UInt8] = []
  private var offsets: [Int?] = []
  /// The position of the first text that C would cut short at a U+0000, if any.
  private(set) var firstWithNUL: Int?

  /// A NULL becomes a null pointer.
  init(_ values: [PostgresValue]) {
    offsets.reserveCapacity(values.count)
    bytes.reserveCapacity(values.reduce(0) { $0 + $1.likelyLength })
    for (position, value) in values.enumerated() {
      let start = bytes.count
      guard value.appendText(to: &bytes) else {
        offsets.append(nil)
        continue
      }
      offsets.append(start)
      if firstWithNUL == nil, bytes[start...].contains(0) { firstWithNUL = position }
      bytes.append(0)
    }
  }

  /// Calls `body` with the array of pointers, which are valid during the call only.
  func withPointers<Value>(_ body: (UnsafePointer<UnsafePointer<CChar>?>?) -> Value) -> Value {
    unsafe bytes.withUnsafeBufferPointer { bytes in
      unsafe bytes.withMemoryRebound(to: CChar.self) { characters in
        let pointers = unsafe offsets.map { offset in
          unsafe offset.flatMap { offset in unsafe characters.baseAddress.map { unsafe $0 + offset } }
        }
        return unsafe pointers.withUnsafeBufferPointer { unsafe body($0.baseAddress) }
      }
    }
  }
}
