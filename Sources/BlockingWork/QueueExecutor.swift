import Dispatch

/// A serial executor over a Dispatch queue of its own: an actor that names it as its executor may block
/// in a C call without holding one of Swift's few cooperative threads.
///
/// Dispatch's own executor type is missing from the Linux toolchain (swift-corelibs-libdispatch issue 848).
package final class QueueExecutor: SerialExecutor {
  private let queue: DispatchQueue

  /// Makes the queue; `label` is what debuggers show. A serial queue without a target gets a thread
  /// whenever it has work (Dispatch calls it overcommit), so blocked queues do not delay one another.
  package init(label: String) {
    queue = DispatchQueue(label: label)
  }

  /// Runs the job on the queue; called by the Swift runtime.
  package func enqueue(_ job: consuming ExecutorJob) {
    let job = UnownedJob(job)
    // The runtime keeps a job alive until it ran, and hands it over exactly once (SE-0392).
    queue.async { unsafe job.runSynchronously(on: self.asUnownedSerialExecutor()) }
  }

  /// The reference the runtime keeps; the actor that owns the executor keeps it alive.
  package func asUnownedSerialExecutor() -> UnownedSerialExecutor {
    unsafe UnownedSerialExecutor(ordinary: self)
  }

  /// Stops the program when the caller is not on this executor's queue; called by the Swift runtime.
  package func checkIsolated() {
    dispatchPrecondition(condition: .onQueue(queue))
  }
}
