/// What the table of calls is made to refuse. Each change is taken back by the statement below it.
enum RefusingTable {
  /// One call of 64, by its SID: whatever Twilio tells of it, no row of it is ever there.
  static let refuseOdd = "ALTER TABLE calls ADD CONSTRAINT odd CHECK (id !~ '[0-3]7$')"
  static let takeOdd = "ALTER TABLE calls DROP CONSTRAINT odd"
  /// So many calls that pages are refused as a whole.
  static let refuseMost =
    "ALTER TABLE calls ADD CONSTRAINT most CHECK (direction <> 'outbound-api') NOT VALID"
  static let takeMost = "ALTER TABLE calls DROP CONSTRAINT most"

  static func isOdd(_ sid: String) -> Bool {
    ["07", "17", "27", "37"].contains { sid.hasSuffix($0) }
  }
}
