INSERT INTO sync_runs (kind, state, requested_by, started_at, finished_at, twilio_requests, error)
SELECT 'hourly', CASE n WHEN 2 THEN 'interrupted' ELSE 'failed' END, 'vercel-cron/1.0', now() - (3 - n) * interval '20 minutes' - interval '1 minute',
  now() - (3 - n) * interval '20 minutes' - interval '40 seconds', 5,
  CASE n WHEN 2 THEN 'El proceso de esta ejecución murió o se detuvo.'
    ELSE 'Twilio rechazó las credenciales (error 20003); revise TWILIO_ACCOUNT_SID y TWILIO_API_KEY, o TWILIO_AUTH_TOKEN, y que la clave no esté revocada.' END
FROM generate_series(1, 3) AS n;
