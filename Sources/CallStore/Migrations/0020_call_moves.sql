-- Each change of the workspace of a call that was stored before the run began, written in the commit that makes it.
-- Inserts only. Without references: what happened stays, whatever becomes of the call and the run.
CREATE TABLE IF NOT EXISTS call_moves (
  id BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  call_id TEXT NOT NULL,
  run_id BIGINT,
  moved_at TIMESTAMPTZ NOT NULL DEFAULT clock_timestamp(),
  from_workspace BIGINT,
  to_workspace BIGINT NOT NULL,
  number TEXT,
  cause TEXT NOT NULL
);
-- next
CREATE INDEX IF NOT EXISTS call_moves_by_run ON call_moves (run_id);
-- next
CREATE INDEX IF NOT EXISTS call_moves_by_call ON call_moves (call_id, id);
-- next
ALTER TABLE call_moves ENABLE ROW LEVEL SECURITY;
-- next
ALTER TABLE sync_runs ADD COLUMN IF NOT EXISTS dry_run BOOLEAN NOT NULL DEFAULT false;
-- next
ALTER TABLE sync_runs ADD COLUMN IF NOT EXISTS moves JSONB NOT NULL DEFAULT '[]';
-- next
-- When the run began, by the database's clock; a run that goes on with a resync has that of the resync's first run.
-- The default stands apart, so that runs from before have none.
ALTER TABLE sync_runs ADD COLUMN IF NOT EXISTS began_at TIMESTAMPTZ;
-- next
ALTER TABLE sync_runs ALTER COLUMN began_at SET DEFAULT clock_timestamp();
