/// Something that should hold for every input does not hold for this one.
package struct BrokenProperty: Error, CustomStringConvertible {
  package let description: String
}

/// Throws `BrokenProperty` with `sentence` unless `condition` is true.
func hold(_ condition: Bool, _ sentence: @autoclosure () -> String) throws(BrokenProperty) {
  guard condition else { throw BrokenProperty(description: sentence()) }
}
