-- A role for dashboards and other readers: it reads the views twilio_billing_monthly and twilio_calls_hourly, and changes
-- nothing. The tables' owner runs this after `twilio-sync migrate`; it may be repeated while the service runs:
--
--   psql "$OWNER_URL" -v ON_ERROR_STOP=1 -f scripts/reporting-role.sql
--   psql "$OWNER_URL" -c '\password twilio_reporting'
--
-- With -v calls=1 it also reads the calls one by one, without leads' numbers: no phone_from, phone_to, lead_number and
-- raw_data; those of other sources only where an adopted `calls` has no row level security. Without it that is taken back.
--
-- From PostgreSQL 15 the views read with the rights of who asks: so the role is given the columns that they add up, and
-- policies, because row level security hides every row from whom no policy shows it.
-- Tables in another schema than the one that psql finds them in: PGOPTIONS='-c search_path=NAME' psql ...

BEGIN;
SET LOCAL client_min_messages = warning;
-- CREATE POLICY waits for those who use a table, and all others wait behind it meanwhile.
SET LOCAL lock_timeout = '10s';

-- Where it is there, the owner needs no right to make roles.
DO $$ BEGIN
  IF to_regrole('twilio_reporting') IS NULL THEN
    CREATE ROLE twilio_reporting LOGIN;
  END IF;
EXCEPTION WHEN duplicate_object OR unique_violation THEN NULL;
END $$;

DO $$ BEGIN
  EXECUTE format('GRANT CONNECT ON DATABASE %I TO twilio_reporting', current_database());
END $$;
DO $$ BEGIN
  EXECUTE format('GRANT USAGE ON SCHEMA %s TO twilio_reporting',
    (SELECT relnamespace::regnamespace FROM pg_class WHERE oid = 'schema_migrations'::regclass));
END $$;

REVOKE ALL ON calls, workspaces FROM twilio_reporting;
GRANT SELECT ON twilio_billing_monthly, twilio_calls_hourly TO twilio_reporting;
GRANT SELECT (source, direction, workspace_id, call_date, duration, status, cost, price_unit) ON calls TO twilio_reporting;
GRANT SELECT (id, name) ON workspaces TO twilio_reporting;
\if :{?calls}
GRANT SELECT (id, phone_number, ended_at, created_at, updated_at, twilio_updated_at) ON calls TO twilio_reporting;
\endif

DROP POLICY IF EXISTS twilio_reporting ON calls;
CREATE POLICY twilio_reporting ON calls FOR SELECT TO twilio_reporting USING (source = 'twilio');
DROP POLICY IF EXISTS twilio_reporting ON workspaces;
CREATE POLICY twilio_reporting ON workspaces FOR SELECT TO twilio_reporting USING (true);
COMMIT;
