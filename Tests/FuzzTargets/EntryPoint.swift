import Foundation

/// What libFuzzer calls with every input. `FUZZ_TARGET` in the environment names the target.
///
/// - Returns: 0, as libFuzzer asks for; a broken property ends the process, which is a finding.
@c(LLVMFuzzerTestOneInput)
package func testOneInput(_ start: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
  let input = unsafe Array(UnsafeBufferPointer(start: start, count: count))
  do throws(BrokenProperty) {
    try chosenTarget.check(input)
  } catch {
    fatalError("\(chosenTarget.rawValue): \(error.description)")
  }
  return 0
}

private let chosenTarget: FuzzTarget = {
  let name = ProcessInfo.processInfo.environment["FUZZ_TARGET"] ?? ""
  guard let target = FuzzTarget(rawValue: name) else {
    let known = FuzzTarget.allCases.map(\.rawValue).joined(separator: ", ")
    print("FUZZ_TARGET must be one of: \(known).")
    exit(2)
  }
  return target
}()
