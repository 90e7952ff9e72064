-- Which alerts fire, and since when: a change is told once, whoever of several processes sees it first.
CREATE TABLE IF NOT EXISTS sync_alerts (
  name TEXT PRIMARY KEY,
  firing_since TIMESTAMPTZ
);
-- next
ALTER TABLE sync_alerts ENABLE ROW LEVEL SECURITY;
-- next
INSERT INTO sync_alerts (name) VALUES ('no_calls'), ('no_run'), ('default_workspace'), ('repeated_failures')
ON CONFLICT DO NOTHING;
