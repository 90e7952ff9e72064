-- On top of `healthy`: the directory with all that may be odd of a number, an assignment of a number in two currencies
-- over three months with a rehearsal before it, and a transfer that has moved three times.
INSERT INTO workspace_phones (workspace_id, phone_number, is_primary)
SELECT DISTINCT workspace_id, phone_number, workspace_id > 1 FROM calls WHERE phone_number IS NOT NULL;
INSERT INTO workspace_phones (workspace_id, phone_number, is_primary) VALUES
  (5, '0034 911 004 000', false), (6, '911 67 98 68', false), (7, '+34 911 007 777', true), (NULL, '+34911008888', false),
  (1, 'sip:centralita.de.la.clinica.de.madrid@pbx.example.com', false), (9, 'recepción', false);
INSERT INTO call_moves (call_id, run_id, moved_at, from_workspace, to_workspace, number, cause)
SELECT 'CA' || md5('9'), 20 + n, now() - (4 - n) * interval '1 day', w[n], w[n + 1],
  CASE n WHEN 2 THEN 'sip:centralita.de.la.clinica.de.madrid@pbx.example.com' ELSE '+34911004000' END,
  (ARRAY['directory', 'candidate', 'late-fact'])[n]
FROM (SELECT n, ARRAY[1, 4, 5, 4] AS w FROM generate_series(1, 3) n) made;
INSERT INTO sync_runs (kind, state, requested_by, started_at, finished_at, dry_run, reattributed_calls, moves)
SELECT 'assign', 'succeeded', 'curl/8.5.0', now() - interval '10 minutes', now() - interval '9 minutes', dry_run, 123456,
  '[{"month": "2025-09", "number": "+34911004000", "from": 1, "to": 4, "calls": 120000, "minutes": 1234567,
     "cost": [{"priceUnit": "USD", "sum": "12345.67890"}, {"priceUnit": "EUR", "sum": "0.90"}]},
    {"month": "2025-10", "number": "+34911004000", "from": 5, "to": 4, "calls": 3455, "minutes": 9000,
     "cost": [{"priceUnit": "USD", "sum": "64.2600"}]},
    {"month": null, "number": "sip:centralita.de.la.clinica.de.madrid@pbx.example.com", "from": null, "to": 4, "calls": 1,
     "minutes": 0, "cost": []}]'
FROM (VALUES (true), (false)) AS v (dry_run);
