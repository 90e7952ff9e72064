-- What was told of an alert, apart from what is known of it, so that a change is told even if whoever saw it
-- first could not (NULL: a message may have been heard or not); and who is telling it, until when. What fires by now was told by the program that noted it.
-- One transaction, so that no process finds the columns and not what is in them.
DO $$ BEGIN
  ALTER TABLE sync_alerts
    ADD COLUMN told_firing BOOLEAN DEFAULT false,
    ADD COLUMN claim BIGINT NOT NULL DEFAULT 0,
    ADD COLUMN claimed_until TIMESTAMPTZ;
  UPDATE sync_alerts SET told_firing = true WHERE firing_since IS NOT NULL;
EXCEPTION WHEN duplicate_column THEN NULL;
END $$;
