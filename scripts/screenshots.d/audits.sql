-- On top of `healthy`: an audit of the seven days that ended 48 hours ago; three of them differ, one is kept no more.
INSERT INTO sync_runs (kind, state, requested_by, started_at, finished_at, period_start, period_end, twilio_requests)
VALUES ('audit', 'succeeded', 'daily', now() - interval '5 minutes', now() - interval '4 minutes',
  date_trunc('day', now(), 'UTC') - interval '9 days', date_trunc('day', now(), 'UTC') - interval '2 days', 431);
INSERT INTO sync_audits (day, run_id, kept, twilio_calls, stored_calls, missing, gone, different, misattributed,
  refused_calls, skipped_calls, examples)
SELECT (now() AT TIME ZONE 'UTC')::date - n, (SELECT max(id) FROM sync_runs), n <> 9, 104200 + n, 104196 + n,
  CASE n WHEN 4 THEN 3 ELSE 0 END, CASE n WHEN 4 THEN 1 ELSE 0 END, CASE n WHEN 5 THEN 2 ELSE 0 END,
  CASE n WHEN 7 THEN 12 ELSE 0 END, 0, 8123,
  CASE n WHEN 4 THEN jsonb_build_array(jsonb_build_object('sid', 'CA' || md5('a'), 'kind', 'missing'),
      jsonb_build_object('sid', 'CA' || md5('9'), 'kind', 'gone'))
    WHEN 5 THEN jsonb_build_array(jsonb_build_object('sid', 'CA' || md5('1'), 'kind', 'different', 'field', 'duration'))
    WHEN 7 THEN jsonb_build_array(jsonb_build_object('sid', 'CA' || md5('2'), 'kind', 'misattributed', 'field', 'workspace'))
    ELSE '[]' END
FROM generate_series(3, 9) n;
UPDATE sync_runs SET audit = jsonb_build_object('days', (
  SELECT jsonb_agg(jsonb_build_object('day', (extract(epoch FROM day) * 1000)::bigint,
    'isKept', kept, 'twilioCalls', twilio_calls,
    'storedCalls', stored_calls, 'missing', missing, 'gone', gone, 'different', different, 'misattributed', misattributed,
    'refusedCalls', refused_calls, 'skippedCalls', skipped_calls, 'examples', examples) ORDER BY day) FROM sync_audits))
WHERE kind = 'audit';
