extension String {
  /// Escapes a character that has a meaning where the text is quoted: in a shell, in SQL, in CSV, in a chat tool.
  ///
  /// Scalar by scalar: an apostrophe under an accent is another character to Swift, and the same to all of them.
  package func escaping(_ scalar: Unicode.Scalar, as escape: String) -> String {
    var escaped = UnicodeScalarView()
    for found in unicodeScalars {
      if found == scalar { escaped.append(contentsOf: escape.unicodeScalars) } else { escaped.append(found) }
    }
    return String(escaped)
  }
}
