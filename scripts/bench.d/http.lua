-- http.lua: for wrk; appends one line of figures to the file that FIGURES names: requests, seconds, p50 and
-- p99 in microseconds, and what was lost: failed connections, reads, writes, timeouts, other statuses.

done = function(summary, latency)
  local lost = summary.errors
  local file = assert(io.open(os.getenv("FIGURES"), "w"))
  file:write(string.format("%d\t%.4f\t%d\t%d\t%d\n", summary.requests, summary.duration / 1e6,
    latency:percentile(50), latency:percentile(99),
    lost.connect + lost.read + lost.write + lost.timeout + lost.status))
  file:close()
end
