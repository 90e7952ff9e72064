INSERT INTO sync_runs (kind, state, requested_by, started_at, period_start, period_end, total_calls, saved_calls,
  case1_count, case2_count, case3_count, twilio_requests)
VALUES ('historical', 'running', 'cli', now() - interval '6 minutes', '2025-08-01', now() - interval '6 minutes',
  214000, 188320, 131000, 40320, 17000, 221);
UPDATE sync_leases SET run_id = (SELECT max(id) FROM sync_runs), expires_at = now() + interval '10 minutes'
WHERE kind = 'historical';
INSERT INTO sync_slices (run_id, number, slice_start, slice_end, is_done, total_calls)
SELECT (SELECT max(id) FROM sync_runs), n, timestamptz '2025-08-01' + (n - 1) * span, timestamptz '2025-08-01' + n * span,
  n > 21, CASE WHEN n > 21 THEN 6900 ELSE 0 END
FROM generate_series(1, 52) AS n, (SELECT (now() - timestamptz '2025-08-01') / 52 AS span) s;
