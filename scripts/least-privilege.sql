-- A role that can do what twilio-sync does at runs, at its probes, its alerts and in doctor, and nothing else. The tables' owner runs
-- this after each `twilio-sync migrate`; it may be repeated while the service runs:
--
--   psql "$OWNER_URL" -v ON_ERROR_STOP=1 -f scripts/least-privilege.sql
--   psql "$OWNER_URL" -c '\password twilio_sync'
--
-- DATABASE_URL of everything but `migrate` then names twilio_sync. The tests take away each of these
-- permissions in turn and find that something fails without it.
-- Tables in another schema than the one that psql finds them in: PGOPTIONS='-c search_path=NAME' psql ...
-- What every role may do by itself, such as to create temporary tables, is not taken away here; before
-- PostgreSQL 15 this includes creating tables: REVOKE CREATE ON SCHEMA public FROM PUBLIC.

BEGIN;
SET LOCAL client_min_messages = warning;
-- CREATE POLICY waits for those who use a table, and all others wait behind it meanwhile.
SET LOCAL lock_timeout = '10s';

-- Where it is there, the owner needs no right to make roles.
DO $$ BEGIN
  IF to_regrole('twilio_sync') IS NULL THEN
    CREATE ROLE twilio_sync LOGIN;
  END IF;
EXCEPTION WHEN duplicate_object OR unique_violation THEN NULL;
END $$;

DO $$ BEGIN
  EXECUTE format('GRANT CONNECT ON DATABASE %I TO twilio_sync', current_database());
END $$;
DO $$ BEGIN
  EXECUTE format('GRANT USAGE ON SCHEMA %s TO twilio_sync',
    (SELECT relnamespace::regnamespace FROM pg_class WHERE oid = 'schema_migrations'::regclass));
END $$;

-- Calls: never deleted; what they are and whose source they have is never changed.
GRANT SELECT,
  INSERT (id, workspace_id, source, phone_from, phone_to, phone_number, lead_number, duration, cost,
    price_unit, status, direction, call_date, ended_at, effective_at, twilio_updated_at, raw_data,
    updated_at),
  UPDATE (workspace_id, phone_from, phone_to, phone_number, lead_number, duration, cost, price_unit,
    status, direction, call_date, ended_at, effective_at, twilio_updated_at, raw_data, updated_at,
    gone_at)
  ON calls TO twilio_sync;

-- The directory of numbers: an unknown one is added, one without a workspace gets the default one.
GRANT SELECT, INSERT (workspace_id, phone_number, is_primary), UPDATE (workspace_id)
  ON workspace_phones TO twilio_sync;
GRANT SELECT ON workspaces TO twilio_sync;
-- In an older database the rows of workspace_phones are numbered by a sequence with permissions of its own.
DO $$
DECLARE
  numbering CONSTANT TEXT := (
    SELECT pg_get_serial_sequence('workspace_phones', attname) FROM pg_attribute
    WHERE attrelid = 'workspace_phones'::regclass AND attname = 'id' AND attidentity = '');
BEGIN
  IF numbering IS NOT NULL THEN
    EXECUTE format('GRANT USAGE ON SEQUENCE %s TO twilio_sync', numbering);
  END IF;
END $$;

-- Runs, leases and progress.
GRANT SELECT ON schema_migrations TO twilio_sync;
GRANT SELECT, INSERT (kind), UPDATE (token, run_id, expires_at) ON sync_leases TO twilio_sync;
GRANT SELECT, UPDATE (covered_until) ON sync_state TO twilio_sync;
GRANT SELECT, INSERT, UPDATE ON sync_runs TO twilio_sync;
GRANT SELECT, INSERT (call_id, run_id, from_workspace, to_workspace, number, cause) ON call_moves TO twilio_sync;
GRANT SELECT, INSERT, DELETE ON sync_holes TO twilio_sync;
GRANT SELECT, INSERT, UPDATE ON sync_audits TO twilio_sync;
GRANT SELECT, INSERT (name, firing_since), UPDATE (firing_since, told_firing, claim, claimed_until)
  ON sync_alerts TO twilio_sync;
GRANT SELECT, INSERT, UPDATE, DELETE ON sync_slices, unsettled_calls, refused_calls TO twilio_sync;

-- Row level security shows this role all rows. Of calls it writes those of Twilio only, where row level
-- security is enabled on the table, as `migrate` does for those that it creates.
DROP POLICY IF EXISTS twilio_sync ON calls;
CREATE POLICY twilio_sync ON calls TO twilio_sync USING (true) WITH CHECK (source = 'twilio');
DO $$
DECLARE
  name TEXT;
BEGIN
  FOREACH name IN ARRAY ARRAY['workspaces', 'workspace_phones', 'schema_migrations', 'sync_leases',
    'sync_state', 'sync_runs', 'sync_holes', 'sync_slices', 'sync_alerts', 'unsettled_calls',
    'refused_calls', 'call_moves', 'sync_audits']
  LOOP
    EXECUTE format('DROP POLICY IF EXISTS twilio_sync ON %I', name);
    EXECUTE format('CREATE POLICY twilio_sync ON %I TO twilio_sync USING (true)', name);
  END LOOP;
END $$;
COMMIT;
