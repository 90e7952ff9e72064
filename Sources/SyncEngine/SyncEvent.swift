package import CallDomain

/// Something that happened in a run and that an operator may want to read. Reporting words it.
package enum SyncEvent: Hashable, Sendable {
  case started(RunKind)
  case period(Period)
  /// How many numbers the directory of workspaces holds.
  case directoryLoaded(numbers: Int)
  case fetching(RunKind)
  /// All pages of the period are read.
  case fetched(calls: Int)
  case processing(calls: Int, outbound: Int, transfers: Int)
  case saving(calls: Int)
  case saved(calls: Int)
  case finished(RunKind, RunCounts)
  case noCalls
  case failed(RunKind, RunFailure)
  case interrupted(RunKind)

  /// Twilio did not answer as it should; the request is sent again after `delay` milliseconds.
  case retrying(attempt: Int, delay: Int64, RunFailure)
  /// A call that the database does not take is set aside.
  case refused(RefusedCall)
  /// The database does not let the rows of stored calls, or their workspaces, change.
  case kept(KeptCalls)
  /// A number of ours that `workspace_phones` does not take; its calls have the default workspace.
  case phoneRefused(PhoneNumber, reason: String)
  /// So many calls are not in the table although nothing was refused.
  case notTaken(calls: Int)
  /// Twilio does not give a call that is asked for alone; it is asked for again.
  case callNotGiven(CallSID, RunFailure)
  /// Twilio does not give a call that an audit asks for alone; it is counted as it looks.
  case callNotCompared(CallSID, RunFailure)
  /// Twilio does not give a list of calls that are asked for again; they are asked for one by one.
  case listNotGiven(RunFailure)
  /// `sync_state.covered_until` lies in the future, and is not believed.
  case coverageAhead(Timestamp)
  /// Records without a valid SID, which cannot be stored.
  case unreadableRecords(Int)
  /// Our clock is ahead of Twilio's by this many seconds, behind it when negative.
  case clockOff(seconds: Int)
  /// The cap on catching up leaves this period out; `historical --since … --until …` fills it.
  case gap(Period)
  /// One slice of a long catch-up or of the history is complete.
  case sliceDone(Period, calls: Int)
  /// So many slices are to be read, as far as is known.
  case slicesPlanned(slices: Int)
  /// A slice is read in so many parts instead. A share of the run's work falls away with it, or comes back
  /// when it is negative.
  case sliceReplaced(parts: Int, share: Double)
  /// A page of the history is stored, or a batch of stored calls is looked through: so large a share of
  /// the whole run's work, from 0 to 1.
  case pageStored(calls: Int, share: Double)
  /// The database did not take a page in; it is tried again after `delay` milliseconds.
  case databaseAway(delay: Int64, RunFailure)
  /// Twilio keeps nothing older: the history begins here (error 20004).
  case retentionReached(start: Timestamp)
  /// Twilio keeps nothing of this period any more, and no run has taken it in.
  case lost(Period)
  /// A number has a workspace now, in a row that was made for it or not; its stored calls follow.
  case assigned(PhoneNumber, WorkspaceID, createdPhones: Int)
  /// As more than a rehearsal the run would be refused.
  case wouldBeRefused(RunFailure)
  /// So many stored calls have gone to another workspace so far, and the run goes on.
  case moving(calls: Int)
  /// At the end of a run: stored calls that went to another workspace, or would go there.
  case moved(MoveSum)
  /// So many further sums that are not told one by one.
  case movedOtherwise(sums: Int, calls: Int)
  /// An audit has compared a day.
  case dayAudited(AuditDay)
  /// At the end of an audit that found differences: what settles them.
  case auditDiffers(String)
  /// So many calls that an audit found gone were noted as such.
  case goneNoted(calls: Int)
  /// So many such calls could not be noted, and are tried again by the next hourly run; nil where nobody knows.
  case goneNotNoted(calls: Int?, RunFailure)
  /// An interrupted historical run goes on where it was, with so large a share of the work done.
  case resuming(slicesDone: Int, slices: Int, share: Double)
}

/// What ties the events of a run to the rest of the log.
package struct RunTrace: Hashable, Sendable {
  package let run: RunID
  /// The id of the request that started it; nil where no request did.
  package let requestID: String?
  /// Whether the run changes nothing: what is said of it is what would be.
  package let isRehearsal: Bool
}
