-- Supabase as the scheduler: pg_cron calls the hourly endpoint through pg_net, with the secret out of Vault.
--
-- Enable pg_cron, pg_net and Vault first (Dashboard, Database, Extensions), replace THE SECRET by CRON_SECRET
-- and the address by yours, and run this in the SQL editor. It may be run again: the secret of that name is
-- replaced, and so is the job. Stop it with: SELECT cron.unschedule('sync-twilio-hourly');

SELECT vault.update_secret(id, 'THE SECRET') FROM vault.secrets WHERE name = 'cron_secret';

SELECT vault.create_secret('THE SECRET', 'cron_secret')
WHERE NOT EXISTS (SELECT FROM vault.secrets WHERE name = 'cron_secret');

-- pg_net does not wait: the answer comes into net._http_response, where it stays for six hours. Without
-- timeout_milliseconds it is not waited for long enough.
SELECT cron.schedule('sync-twilio-hourly', '0 * * * *', $$
  SELECT net.http_get(
    url := 'https://sync.example.com/api/sync-twilio-hourly',
    headers := jsonb_build_object('Authorization', 'Bearer ' ||
      (SELECT decrypted_secret FROM vault.decrypted_secrets WHERE name = 'cron_secret')),
    timeout_milliseconds := 120000)
$$);

-- How the last calls went:
--   SELECT status, return_message, start_time FROM cron.job_run_details ORDER BY start_time DESC LIMIT 5;
--   SELECT status_code, error_msg, created FROM net._http_response ORDER BY created DESC LIMIT 5;
