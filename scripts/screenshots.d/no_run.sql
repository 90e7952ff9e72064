DELETE FROM sync_runs WHERE started_at > now() - interval '7 hours';
UPDATE sync_state SET covered_until = now() - interval '7 hours 4 minutes';
INSERT INTO sync_holes (period_start, period_end)
VALUES (date_trunc('hour', now()) - interval '12 days', date_trunc('hour', now()) - interval '11 days 5 hours');
