extension SimulatorArguments {
  /// The text of `--help`.
  package static let helpText = """
    twilio-simulator: a stand-in for Twilio's Calls API, for demos, tests and benchmarks.

      --port N                 port to listen on (8010); 0 lets the system choose
      --host ADDRESS           address to listen on (127.0.0.1)
      --allow-other-hosts      allows an address that is no loopback one
      --seed N                 what the calls are made from (1); same seed, same calls
      --scenario NAME          example87, history, steady or empty (empty)
      --calls N                how many calls history has (58000)
      --now ISO                where the clock starts; it goes on from there
      --freeze                 the clock stands still
      --account-sid AC…        with --auth-token, --api-key SK…, --api-secret: what opens the account
      --latency MS             time before every answer
      --concurrency-limit N    more requests in flight get 429
      --date-precision MODE    exact, or day: filters by time are cut to the UTC day
      --empty-fields STYLE     real, or documented: what unanswered calls show
      --lag SECONDS            calls appear in the list so late
      --retention-days N       StartTime> further back gets 400 with code 20004
      --empty-last-page        a list that fills its last page ends with an empty one
      --insert-between-pages N new calls come in after each page
      --repeat-rows N          rows repeated on each further page
      --faults SCRIPT          such as '1:429=2; 2-3:503; list/4-:html; 5%:reset; *:latency=20'
      --faults-seed N          what random faults are drawn from
      --print-phones           prints the own numbers, each with its workspace, and ends

    Faults: \(Fault.names)

    Prints one line with its base URL when it listens; stops on SIGTERM and SIGINT.
    Control routes are listed at GET /_simulator/.
    """

  /// The text of `--print-phones`: a number and a workspace a line, separated by a tab.
  package static var phones: String {
    OwnNumber.all.map { "\($0.number)\t\($0.workspace)" }.joined(separator: "\n")
  }
}
