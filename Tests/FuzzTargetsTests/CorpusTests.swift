import Foundation
import FuzzTargets
import Testing

/// Every input of the corpus, those that once were findings included, without libFuzzer.
///
/// One after the other, because two targets wait for a task, and both together could keep every thread from it.
@Suite("The corpus of the fuzz targets", .serialized)
struct CorpusTests {
  private static let corpus = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "Corpus")

  @Test("Every target holds for all its inputs", arguments: FuzzTarget.allCases)
  func holds(target: FuzzTarget) throws {
    let folder = Self.corpus.appending(path: target.rawValue)
    let files = try FileManager.default.contentsOfDirectory(at: folder, includingPropertiesForKeys: nil)
    #expect(files.count >= 10)
    for file in files {
      let input = try Data(contentsOf: file)
      #expect(throws: Never.self, "\(target.rawValue)/\(file.lastPathComponent)") {
        try target.check(Array(input))
      }
      // A prefix that ends in the middle of something.
      for count in [1, 2, 3].map({ input.count * $0 / 4 }) {
        #expect(throws: Never.self, "\(count) bytes of \(target.rawValue)/\(file.lastPathComponent)") {
          try target.check(Array(input.prefix(count)))
        }
      }
    }
  }

  @Test("The corpus has a folder for every target, and no other")
  func folders() throws {
    let names = try FileManager.default.contentsOfDirectory(atPath: Self.corpus.path).sorted()
    #expect(names == FuzzTarget.allCases.map(\.rawValue).sorted())
  }
}
