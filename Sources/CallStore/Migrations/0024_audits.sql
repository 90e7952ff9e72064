-- What the last audit of each UTC day found; its figures stay NULL where Twilio keeps the day no more.
CREATE TABLE IF NOT EXISTS sync_audits (
  day DATE PRIMARY KEY,
  run_id BIGINT NOT NULL,
  audited_at TIMESTAMPTZ NOT NULL DEFAULT now(),
  kept BOOLEAN NOT NULL,
  twilio_calls BIGINT,
  stored_calls BIGINT,
  missing BIGINT,
  gone BIGINT,
  different BIGINT,
  misattributed BIGINT,
  refused_calls BIGINT,
  skipped_calls BIGINT,
  examples JSONB NOT NULL DEFAULT '[]',
  gone_calls TEXT[] NOT NULL DEFAULT '{}'
);
-- next
ALTER TABLE sync_audits ENABLE ROW LEVEL SECURITY;
-- next
-- How far an audit has come, day by day.
ALTER TABLE sync_runs ADD COLUMN IF NOT EXISTS audit JSONB;
-- next
-- When an audit had found that Twilio no longer knows the call; the row stays, it was billed.
ALTER TABLE calls ADD COLUMN IF NOT EXISTS gone_at TIMESTAMPTZ;
-- next
-- Of letters that every encoding has.
DO $$
BEGIN
  IF obj_description('sync_audits'::regclass) IS NULL THEN
    COMMENT ON TABLE sync_audits IS 'Resultado de comparar cada fecha UTC con Twilio.';
    COMMENT ON COLUMN sync_audits.gone_calls IS 'Las que una horaria ha de anotar en calls.gone_at.';
    COMMENT ON COLUMN calls.gone_at IS 'Desde entonces se sabe que Twilio no conoce la llamada.';
  END IF;
END $$;
