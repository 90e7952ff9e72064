# shellcheck shell=bash disable=SC2154 # shares variables with what sources it
# The SQL for Supabase, in a PostgreSQL with pg_cron. Sourced, never run.

# pg_net and Vault are not to be had as packages: functions of their signatures (pg_net 0.19, supabase_vault
# 0.3) note what is asked of them.
supabase_stand_ins="
CREATE EXTENSION pg_cron;
CREATE SCHEMA net;
CREATE TABLE net.http_request_queue (id bigserial, url text, headers jsonb, timeout_milliseconds int);
CREATE FUNCTION net.http_get(url text, params jsonb DEFAULT '{}'::jsonb, headers jsonb DEFAULT '{}'::jsonb,
    timeout_milliseconds int DEFAULT 5000) RETURNS bigint LANGUAGE sql AS
  'INSERT INTO net.http_request_queue (url, headers, timeout_milliseconds) VALUES (\$1, \$3, \$4) RETURNING id';
CREATE SCHEMA vault;
CREATE TABLE vault.secrets (id uuid PRIMARY KEY DEFAULT gen_random_uuid(), name text UNIQUE,
  description text NOT NULL DEFAULT '', secret text NOT NULL);
CREATE VIEW vault.decrypted_secrets AS SELECT *, secret AS decrypted_secret FROM vault.secrets;
CREATE FUNCTION vault.create_secret(new_secret text, new_name text = NULL, new_description text = '',
    new_key_id uuid = NULL) RETURNS uuid LANGUAGE sql AS
  'INSERT INTO vault.secrets (secret, name, description) VALUES (\$1, \$2, \$3) RETURNING id';
CREATE FUNCTION vault.update_secret(secret_id uuid, new_secret text = NULL, new_name text = NULL,
    new_description text = NULL, new_key_id uuid = NULL) RETURNS void LANGUAGE sql AS
  'UPDATE vault.secrets SET secret = coalesce(\$2, secret) WHERE id = \$1';
"

check_supabase() {
  local job url header
  step "Supabase: the SQL, twice, in PostgreSQL with pg_cron"
  query postgres postgres <<<"$supabase_stand_ins"
  for secret in the-secret-before-this-one "$CRON_SECRET"; do
    sed -e "s|THE SECRET|$secret|" -e "s|https://sync.example.com|http://127.0.0.1:$port|" \
      "$deploy/supabase-pg-cron.sql" | query postgres postgres >/dev/null
  done
  job="$(query postgres postgres -At -c "SELECT schedule || ' ' || jobname FROM cron.job WHERE active")"
  [ "$job" = '0 * * * * sync-twilio-hourly' ] || fail "pg_cron has other jobs: $job"
  # The hour is not waited for: the job's own command is run.
  query postgres postgres -At -c 'SELECT command FROM cron.job' | query postgres postgres >/dev/null
  url="$(query postgres postgres -At -c 'SELECT url FROM net.http_request_queue')"
  header="$(query postgres postgres -At -c "SELECT headers->>'Authorization' FROM net.http_request_queue")"
  curl --noproxy '*' -fsS --max-time 120 -o "$folder/answer.json" -H "Authorization: $header" "$url" ||
    fail "what the job asks for is refused"
  grep -q '"success":true' "$folder/answer.json" || fail "the job's run failed: $(cat "$folder/answer.json")"
  note "one job, $job; what it asks for answers 200"
}
