-- The calls of an hour, a day or a month with all that the bill asks of them (BillingViews.swift), without a look at
-- the table.
CREATE INDEX CONCURRENTLY IF NOT EXISTS calls_billing ON calls (call_date)
  INCLUDE (workspace_id, duration, cost, price_unit, direction, status) WHERE source = 'twilio';
-- next
DROP INDEX CONCURRENTLY IF EXISTS calls_totals;
-- next
-- What an operator reads in psql. A comment that somebody has written stays.
DO $$
DECLARE
  note RECORD;
BEGIN
  FOR note IN
    SELECT format('COMMENT ON %s %I%s IS %L',
      CASE WHEN a.attnum IS NOT NULL THEN 'COLUMN' WHEN c.relkind = 'v' THEN 'VIEW' ELSE 'TABLE' END,
      c.relname, '.' || quote_ident(a.attname), notes.words) AS statement
    FROM (VALUES
      ('calls', NULL, 'Llamadas. Las de source = ''twilio'' las escribe twilio-sync.'),
      ('calls', 'id', 'Call SID de Twilio.'),
      ('calls', 'phone_from', 'Tal como lo envía Twilio.'),
      ('calls', 'phone_to', 'Tal como lo envía Twilio.'),
      ('calls', 'phone_number', 'Número propio que decidió workspace_id, en su forma canónica. NULL: ninguno.'),
      ('calls', 'lead_number', 'La otra parte (el lead), en su forma canónica.'),
      ('calls', 'duration', 'Segundos.'),
      ('calls', 'cost', 'Precio en valor absoluto, en la moneda de price_unit. NULL: todavía no se sabe.'),
      ('calls', 'price_unit', 'Moneda de cost (ISO 4217).'),
      ('calls', 'direction',
        'outbound-api (caso 1), trunking-terminating (caso 2), trunking-originating (caso 3, transferencia).'),
      ('calls', 'call_date', 'Comienzo de la llamada; si no lo hay, su creación.'),
      ('calls', 'ended_at', 'Fin de la llamada.'),
      ('calls', 'effective_at', 'Momento que decide qué llamada está más cerca de una transferencia.'),
      ('calls', 'twilio_updated_at', 'Último cambio según Twilio.'),
      ('calls', 'updated_at', 'Último cambio de la fila.'),
      ('calls', 'raw_data', 'Lo que dijo Twilio, y las claves que otros añadan.'),
      ('workspaces', NULL, 'A quién pertenecen los números y las llamadas.'),
      ('workspace_phones', NULL, 'Directorio: de qué workspace es cada número.'),
      ('workspace_phones', 'is_primary', 'Si el número está en varios workspaces, va antes.'),
      ('schema_migrations', NULL, 'Pasos del esquema que ya se aplicaron (twilio-sync migrate).'),
      ('schema_migrations', 'oldest_program', 'Paso más nuevo del programa más antiguo que aún puede escribir.'),
      ('sync_leases', NULL, 'Qué ejecución de cada tipo está en curso, y hasta cuándo.'),
      ('sync_runs', NULL, 'Ejecuciones: una fila por cada una, con lo que contó y por qué falló.'),
      ('sync_runs', 'dry_run', 'Es un ensayo: no cambió nada.'),
      ('sync_runs', 'moves', 'Llamadas que cambiaron de workspace, sumadas por mes, número y workspaces.'),
      ('sync_runs', 'began_at', 'Comienzo según el reloj de la base de datos.'),
      ('sync_runs', 'history_since', 'Periodo que pidió una histórica.'),
      ('sync_runs', 'history_until', 'Periodo que pidió una histórica. NULL: hasta ahora.'),
      ('sync_state', NULL, 'Una sola fila: hasta dónde está leído el registro de Twilio.'),
      ('sync_holes', NULL, 'Periodos que ninguna ejecución ha leído.'),
      ('sync_holes', 'is_lost', 'Twilio ya no lo conserva.'),
      ('unsettled_calls', NULL, 'Llamadas sin estado final o sin precio, que se preguntan otra vez.'),
      ('unsettled_calls', 'given_up_at', 'Desde cuándo ya no se pregunta por ella.'),
      ('unsettled_calls', 'gone_at', 'Cuándo respondió Twilio que no la conoce.'),
      ('sync_slices', NULL, 'Por dónde va una histórica.'),
      ('sync_alerts', NULL, 'Alertas: desde cuándo está activa cada una y qué se ha avisado.'),
      ('refused_calls', NULL, 'Llamadas que la base de datos no admite, con el motivo.'),
      ('call_moves', NULL, 'Cada cambio de workspace de una llamada que ya estaba guardada. Solo se añaden filas.'),
      ('call_moves', 'number', 'Número propio que decide.'),
      ('call_moves', 'cause',
        'directory: workspace_phones; candidate: otra llamada; late-fact: sus propios datos; direction: su dirección.'),
      ('call_moves', 'run_id', 'sync_runs.id. NULL: lo hizo twilio-sync migrate.'),
      ('twilio_billing_monthly', NULL,
        'Facturación por mes UTC, workspace y moneda: llamadas de Twilio de los casos 1 a 3. Nunca sume monedas distintas.'),
      ('twilio_billing_monthly', 'month', 'Primer día del mes, en UTC. NULL: llamadas sin fecha.'),
      ('twilio_billing_monthly', 'answered', 'Completadas con duración.'),
      ('twilio_billing_monthly', 'billable_minutes', 'La duración de cada llamada, redondeada al minuto siguiente.'),
      ('twilio_billing_monthly', 'cost', 'Suma de las que tienen precio, en la moneda de price_unit.'),
      ('twilio_billing_monthly', 'unpriced', 'Completadas con duración y sin precio todavía: no suman en cost.'),
      ('twilio_calls_hourly', NULL,
        'Lo mismo que twilio_billing_monthly, por hora, workspace, dirección y moneda.'),
      ('twilio_calls_hourly', 'hour', 'Comienzo de la hora. NULL: llamadas sin fecha.')
    ) AS notes (relation, attribute, words)
    JOIN pg_class c ON c.oid = to_regclass(format('%I.%I', current_schema(), notes.relation))
    LEFT JOIN pg_attribute a ON a.attrelid = c.oid AND a.attname = notes.attribute AND NOT a.attisdropped
    WHERE (a.attnum IS NULL) = (notes.attribute IS NULL)
      AND NOT EXISTS (SELECT FROM pg_description d
        WHERE d.classoid = 'pg_class'::regclass AND d.objoid = c.oid AND d.objsubid = coalesce(a.attnum, 0))
  LOOP
    EXECUTE note.statement;
  END LOOP;
END $$;
