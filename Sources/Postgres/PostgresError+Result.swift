extension PostgresError {
  /// Reads the fields of a failed result (manual, PQresultErrorField). DETAIL and CONTEXT are left out:
  /// they quote rows.
  init(_ result: ResultHandle, connectionEnded: Bool) {
    let sqlstate = result.errorField(.sqlstate)
    let object =
      result.errorField(.constraint) ?? result.errorField(.column) ?? result.errorField(.table)
    let message = result.errorField(.message) ?? result.errorMessage
    guard let sqlstate else {
      self.init(connectionEnded ? .connectionLost : .other, operatorDetail: message)
      return
    }
    // Class 22, data exceptions, quote the value they refuse, which may be somebody's number.
    let detail = sqlstate.hasPrefix("22") ? String(message.prefix { $0 != "\"" }) : message
    self.init(Kind(sqlstate: sqlstate), sqlstate: sqlstate, object: object, operatorDetail: detail)
  }
}
