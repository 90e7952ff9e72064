import CallDomain
import Postgres

extension PageQuery {
  static func readTotals(_ result: PostgresResult, into figures: inout PageFigures) throws(PostgresError) {
    for row in result.rows {
      let workspace = try row.workspace(2)
      let calls = try row.count(4)
      guard let start = try row.moment(1) else {
        try figures.totals.append(
          PageFigures.Total(
            workspace: workspace, unit: row.text(3), calls: calls, minutes: row.count(5),
            cost: row.text(6), unpriced: row.count(7)))
        continue
      }
      let bucket = PageFigures.Bucket(start: start, workspace: workspace, calls: calls)
      if try row.requiredBool(0) { figures.hours.append(bucket) } else { figures.days.append(bucket) }
    }
    figures.hours.sort(by: precedes)
    figures.days.sort(by: precedes)
    figures.totals.sort {
      ($0.workspace?.number ?? 0, $0.unit ?? "") < ($1.workspace?.number ?? 0, $1.unit ?? "")
    }
  }

  private static func precedes(_ left: PageFigures.Bucket, _ right: PageFigures.Bucket) -> Bool {
    (left.start, left.workspace?.number ?? 0) < (right.start, right.workspace?.number ?? 0)
  }

  static func readNumbers(_ result: PostgresResult) throws(PostgresError) -> [PageFigures.NumberShare] {
    var numbers: [PageFigures.NumberShare] = []
    for row in result.rows {
      try numbers.append(PageFigures.NumberShare(number: row.text(0), calls: row.count(1)))
    }
    return numbers
  }

  static func readWorkspaces(
    _ result: PostgresResult, into figures: inout PageFigures
  ) throws(PostgresError) {
    for row in result.rows {
      if let id = try row.workspace(0) { figures.names[id] = try row.text(1) }
      figures.unmatchedTransfers = try row.count(2)
      let slices = try row.count(4)
      if slices > 0 {
        figures.resync = try PageFigures.Resync(
          doneSlices: row.count(3), slices: slices, doneMilliseconds: row.requiredInt(5),
          milliseconds: row.requiredInt(6))
      }
    }
  }
}
