CREATE TABLE IF NOT EXISTS sync_runs (
  id BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  kind TEXT NOT NULL CHECK (kind IN ('hourly', 'historical', 'reattribute')),
  state TEXT NOT NULL CHECK (state IN ('running', 'succeeded', 'failed', 'interrupted')),
  requested_by TEXT NOT NULL,
  started_at TIMESTAMPTZ NOT NULL,
  finished_at TIMESTAMPTZ,
  period_start TIMESTAMPTZ,
  period_end TIMESTAMPTZ,
  total_calls BIGINT NOT NULL DEFAULT 0,
  saved_calls BIGINT NOT NULL DEFAULT 0,
  created_phones BIGINT NOT NULL DEFAULT 0,
  case1_count BIGINT NOT NULL DEFAULT 0,
  case2_count BIGINT NOT NULL DEFAULT 0,
  case3_count BIGINT NOT NULL DEFAULT 0,
  skipped_calls BIGINT NOT NULL DEFAULT 0,
  unmatched_calls BIGINT NOT NULL DEFAULT 0,
  refreshed_calls BIGINT NOT NULL DEFAULT 0,
  reattributed_calls BIGINT NOT NULL DEFAULT 0,
  twilio_requests BIGINT NOT NULL DEFAULT 0,
  error TEXT
);
-- next
CREATE INDEX IF NOT EXISTS sync_runs_by_kind ON sync_runs (kind, id);
-- next
ALTER TABLE sync_runs ENABLE ROW LEVEL SECURITY;
-- next
-- Up to where hourly runs have taken in the log: one row.
CREATE TABLE IF NOT EXISTS sync_state (
  only_row BOOLEAN PRIMARY KEY DEFAULT true CHECK (only_row),
  covered_until TIMESTAMPTZ
);
-- next
ALTER TABLE sync_state ENABLE ROW LEVEL SECURITY;
-- next
INSERT INTO sync_state DEFAULT VALUES ON CONFLICT DO NOTHING;
-- next
-- What catching up had to leave out, until a historical run fills it.
CREATE TABLE IF NOT EXISTS sync_holes (
  period_start TIMESTAMPTZ NOT NULL,
  period_end TIMESTAMPTZ NOT NULL,
  recorded_at TIMESTAMPTZ NOT NULL DEFAULT now(),
  PRIMARY KEY (period_start, period_end)
);
-- next
ALTER TABLE sync_holes ENABLE ROW LEVEL SECURITY;
-- next
-- Calls that Twilio may still have something to add to, and when it was last asked.
CREATE TABLE IF NOT EXISTS unsettled_calls (
  call_id TEXT PRIMARY KEY REFERENCES calls (id) ON DELETE CASCADE,
  call_date TIMESTAMPTZ,
  asked_at TIMESTAMPTZ NOT NULL,
  given_up_at TIMESTAMPTZ,
  gone_at TIMESTAMPTZ
);
-- next
CREATE INDEX IF NOT EXISTS unsettled_calls_by_asking ON unsettled_calls (asked_at) WHERE given_up_at IS NULL;
-- next
ALTER TABLE unsettled_calls ENABLE ROW LEVEL SECURITY;
