-- A month of calls of nine workspaces, and a day of hourly runs that went well. The same every time, relative
-- to the present moment.
SELECT setseed(0.42);
TRUNCATE calls, call_moves, unsettled_calls, workspaces, workspace_phones, sync_runs, sync_slices, sync_holes,
  sync_audits CASCADE;
UPDATE sync_leases SET run_id = NULL, expires_at = '-infinity';
UPDATE sync_alerts SET firing_since = NULL;
INSERT INTO workspaces (id, name) VALUES (1, 'Sin asignar'), (4, 'Clínica Madrid Centro'), (5, 'Sevilla'),
  (6, 'Valencia'), (7, 'Bilbao'), (8, 'Málaga Costa'), (9, 'Zaragoza'), (10, 'Vigo'), (11, 'Palma'), (12, 'Gijón');
UPDATE schema_migrations SET applied_at = now() - interval '90 days';

INSERT INTO calls (id, workspace_id, source, phone_from, phone_to, phone_number, lead_number, duration, cost,
  price_unit, status, direction, call_date, ended_at, effective_at, twilio_updated_at, raw_data)
SELECT 'CA' || md5(n::text), workspace, 'twilio', own, lead, own, lead, seconds,
  CASE WHEN at < now() - interval '20 minutes' THEN (seconds / 60 + 1) * 0.0136 END, 'USD', 'completed', direction,
  at, at + seconds * interval '1 s', at + seconds * interval '1 s', at, '{}'
FROM (
  SELECT n, at, workspace, seconds,
    '+346' || lpad((n * 7919 % 100000000)::text, 8, '0') AS lead,
    CASE WHEN n % 4 = 0 THEN 'trunking-terminating' WHEN n % 9 = 0 THEN 'trunking-originating'
      ELSE 'outbound-api' END AS direction,
    CASE WHEN workspace = 1 AND n % 9 = 0 AND n % 4 > 0 THEN NULL
      ELSE '+3491' || lpad((1000000 + workspace * 1000 + n % 3)::text, 7, '0') END AS own
  FROM (
    SELECT n, (random() * random() * 600)::int AS seconds, hour + random() * interval '1 hour' AS at,
      (ARRAY[4,4,4,4,4,4,4,5,5,5,5,5,6,6,6,6,7,7,7,8,8,9,9,10,11,12,1])[1 + (random() * 26)::int] AS workspace
    FROM (
      SELECT row_number() OVER () AS n, hour
      FROM generate_series(date_trunc('hour', now()) - interval '720 hours', date_trunc('hour', now()),
          interval '1 hour') AS hours (hour),
        LATERAL generate_series(1, (8 + random() * 6 + 55 * CASE WHEN extract(isodow FROM hour) > 5 THEN 0.12 ELSE 1 END
          * greatest(0, sin((extract(hour FROM hour)::int - 6) * pi() / 13)))::int)
    ) made
  ) spread
  WHERE at < now() - interval '2 minutes'
) written;
-- The newest call is a few minutes old, whatever the hour.
UPDATE calls SET call_date = now() - interval '4 minutes', cost = NULL
WHERE id = (SELECT id FROM calls ORDER BY call_date DESC LIMIT 1);

INSERT INTO unsettled_calls (call_id, call_date, asked_at, given_up_at)
SELECT id, call_date, now() - interval '4 minutes', NULL FROM calls WHERE cost IS NULL;

INSERT INTO sync_runs (kind, state, requested_by, started_at, finished_at, period_start, period_end, total_calls,
  saved_calls, case1_count, case2_count, case3_count, twilio_requests)
SELECT 'hourly', 'succeeded', 'vercel-cron/1.0', at, at + (900 + random() * 1500) * interval '1 ms',
  at - interval '75 minutes', at, calls, calls, calls * 6 / 10, calls / 4, calls - calls * 6 / 10 - calls / 4, 3
FROM (SELECT at, (SELECT count(*) FROM calls WHERE call_date > at - interval '75 minutes' AND call_date <= at) AS calls
  FROM generate_series(now() - interval '24 hours 4 minutes', now() - interval '4 minutes', interval '1 hour') AS at) runs
ORDER BY at;
UPDATE sync_state SET covered_until = now() - interval '4 minutes';
ANALYZE calls;
