import Bootstrap
import Testing

@Suite("What the system says of the process")
struct ProcessFactsTests {
  @Test("Times and sizes are read by the manual page's fields, whatever the program is called")
  func stat() throws {
    let stat = """
      4242 (a) b ) S 1 4242 4242 0 -1 4194560 900 0 3 0 150 50 7 8 20 0 12 0 777 279035904 8219 \
      18446744073709551615 1 1 0 0 0 0 0 4096 17642 0 0 0 17 1 0 0 0 0 0
      """
    let used = try #require(ProcessFacts.used(stat: stat, ticksPerSecond: 100, pageBytes: 4096))
    #expect(used.cpuSeconds == 2)
    #expect(used.residentBytes == 8219 * 4096)
    #expect(used.virtualBytes == 279_035_904)
  }

  @Test("What is cut off or none is no answer", arguments: ["", "4242 (a", "4242 (a) S 1 2 3", "1 (a) S x"])
  func noStat(text: String) {
    #expect(ProcessFacts.used(stat: text, ticksPerSecond: 100, pageBytes: 4096) == nil)
  }

  @Test("The soft limit of descriptors is the first number; there may be none")
  func limits() {
    let head = "Limit                     Soft Limit           Hard Limit           Units\n"
    let line = "Max open files            1024                 524288               files\n"
    #expect(ProcessFacts.descriptorLimit(limits: head + line) == 1024)
    #expect(
      ProcessFacts.descriptorLimit(limits: head + line.replacing("1024", with: "unlimited")) == .infinity)
    #expect(ProcessFacts.descriptorLimit(limits: head) == nil)
  }

  #if os(Linux)
    @Test("This very process has used time and memory, and has files open")
    func live() throws {
      let used = try #require(ProcessFacts.used())
      #expect(used.residentBytes > 1_000_000 && used.virtualBytes > used.residentBytes)
      #expect(used.cpuSeconds > 0)
      let open = try #require(ProcessFacts.openDescriptors())
      let limit = try #require(ProcessFacts.descriptorLimit())
      #expect(open > 2 && Double(open) < limit)
    }
  #endif
}
