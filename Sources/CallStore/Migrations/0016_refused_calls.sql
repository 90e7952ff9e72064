-- Calls that the database did not take by their values, or that a trigger refused: set aside in the commit of
-- their page, the rest of which is stored. Text of ASCII alone: a database in another encoding takes it, too.
CREATE TABLE IF NOT EXISTS refused_calls (
  call_id TEXT PRIMARY KEY,
  first_seen_at TIMESTAMPTZ NOT NULL DEFAULT now(),
  last_tried_at TIMESTAMPTZ NOT NULL DEFAULT now(),
  tries BIGINT NOT NULL DEFAULT 1,
  reason TEXT NOT NULL,
  raw TEXT NOT NULL
);
-- next
ALTER TABLE refused_calls ENABLE ROW LEVEL SECURITY;
-- next
ALTER TABLE sync_runs ADD COLUMN IF NOT EXISTS refused_calls BIGINT NOT NULL DEFAULT 0;
-- next
ALTER TABLE sync_slices ADD COLUMN IF NOT EXISTS refused_calls BIGINT NOT NULL DEFAULT 0;
-- next
-- Whether a resync was begun anew: what Twilio says then is the last word, also after an interruption.
ALTER TABLE sync_runs ADD COLUMN IF NOT EXISTS history_restart BOOLEAN NOT NULL DEFAULT false;
