import CallDomain
import Testing

@Suite("Arithmetic on numbers from outside")
struct ClampingTests {
  @Test(
    "A sum or product that no integer holds is the nearest one that there is",
    arguments: [
      (Int64.max, Int64(1), Int64.max, Int64.max), (.min, -1, .min, .max), (.max, .min, -1, .min),
      (.min, .min, .min, .max), (.max, .max, .max, .max), (0, .min, .min, 0), (7, -3, 4, -21),
      (9_223_372_036_854_776, 1000, 9_223_372_036_855_776, .max),
    ])
  func integers(left: Int64, right: Int64, sum: Int64, product: Int64) {
    #expect(left.addingClamped(right) == sum && right.addingClamped(left) == sum)
    #expect(left.multipliedClamped(by: right) == product && right.multipliedClamped(by: left) == product)
  }

  @Test(
    "A binary fraction becomes the nearest whole number towards zero, and 0 where it is no number",
    arguments: [
      (Double.nan, Int64(0)), (.infinity, .max), (-.infinity, .min), (1e300, .max), (-1e300, .min),
      (9_223_372_036_854_775_808, .max), (-9_223_372_036_854_775_808, .min), (-0.9, 0), (2.9, 2), (-2.9, -2),
      (.leastNonzeroMagnitude, 0),
    ])
  func fractions(number: Double, whole: Int64) {
    #expect(Int64(clamping: number) == whole)
  }

  @Test(
    "A stored count is not negative and leaves room for sums and hundredfold shares",
    arguments: [
      (Int64.min, 0), (-1, 0), (0, 0), (1, 1), (580_000, 580_000), (.max, 1_000_000_000_000),
    ])
  func counts(number: Int64, count: Int) {
    #expect(Int(counted: number) == count)
    #expect((0..<1000).reduce(0) { sum, _ in sum + Int(counted: number) } == count * 1000)
  }
}
