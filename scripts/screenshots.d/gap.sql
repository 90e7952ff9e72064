INSERT INTO sync_holes (period_start, period_end)
VALUES (date_trunc('hour', now()) - interval '52 hours', date_trunc('hour', now()) - interval '33 hours');
