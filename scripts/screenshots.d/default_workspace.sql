-- A new campaign whose numbers nobody has listed.
UPDATE calls SET workspace_id = 1, phone_number = '+349110' || lpad((41000 + abs(hashtext(id)) % 7)::text, 6, '0')
WHERE call_date > now() - interval '20 hours' AND abs(hashtext(id)) % 10 < 4 AND phone_number IS NOT NULL;
UPDATE sync_alerts SET firing_since = now() - interval '3 hours' WHERE name = 'default_workspace';
