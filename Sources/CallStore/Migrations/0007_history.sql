-- Which history a historical run reads: two runs with the same bounds are one resync. No bounds on the
-- other kinds.
ALTER TABLE sync_runs ADD COLUMN IF NOT EXISTS history_since TIMESTAMPTZ;
-- next
ALTER TABLE sync_runs ADD COLUMN IF NOT EXISTS history_until TIMESTAMPTZ;
-- next
-- How far a resync has come: its slices, which the run that goes on takes over from the one before.
CREATE TABLE IF NOT EXISTS sync_slices (
  run_id BIGINT NOT NULL REFERENCES sync_runs (id) ON DELETE CASCADE,
  number BIGINT NOT NULL,
  slice_start TIMESTAMPTZ NOT NULL,
  slice_end TIMESTAMPTZ NOT NULL,
  next_page TEXT,
  is_done BOOLEAN NOT NULL DEFAULT false,
  total_calls BIGINT NOT NULL DEFAULT 0,
  case1_count BIGINT NOT NULL DEFAULT 0,
  case2_count BIGINT NOT NULL DEFAULT 0,
  case3_count BIGINT NOT NULL DEFAULT 0,
  skipped_calls BIGINT NOT NULL DEFAULT 0,
  created_phones BIGINT NOT NULL DEFAULT 0,
  refreshed_calls BIGINT NOT NULL DEFAULT 0,
  reattributed_calls BIGINT NOT NULL DEFAULT 0,
  PRIMARY KEY (run_id, number)
);
-- next
ALTER TABLE sync_slices ENABLE ROW LEVEL SECURITY;
