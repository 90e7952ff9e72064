package import CallDomain

// The description is written as literals, which read like the JSON they become. The order of keys is kept.

extension AnswerValue: ExpressibleByStringInterpolation {
  package init(stringLiteral value: String) { self = .text(value) }
}

extension AnswerValue: ExpressibleByIntegerLiteral {
  package init(integerLiteral value: Int64) { self = .number(value) }
}

extension AnswerValue: ExpressibleByBooleanLiteral {
  package init(booleanLiteral value: Bool) { self = .bool(value) }
}

extension AnswerValue: ExpressibleByArrayLiteral {
  package init(arrayLiteral elements: AnswerValue...) { self = .list(elements) }
}

extension AnswerValue: ExpressibleByDictionaryLiteral {
  package init(dictionaryLiteral elements: (String, AnswerValue)...) {
    self = .object(elements.map { AnswerField($0.0, $0.1) })
  }
}
