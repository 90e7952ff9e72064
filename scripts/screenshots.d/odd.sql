-- On top of `healthy`: thirty workspaces, three currencies, and names, numbers and spellings as odd as they get.
INSERT INTO workspaces (id, name) VALUES
  (13, '<script>alert(1)</script> & "comillas" ''simples'''), (14, '=1+1'), (15, ''),
  (16, 'Un nombre que no acaba: Clínica Dental Hermanos Fernández-Villaverde de la Sierra Norte de Madrid'),
  (17, 'Donaudampfschifffahrtselektrizitätenhauptbetriebswerkbauunterbeamtengesellschaft'),
  (18, E'con\nsaltos\tde línea'), (19, 'مساحة عمل'), (20, E'\u202Eabajo\u202C');
INSERT INTO workspaces (id, name) SELECT n, 'Sucursal ' || n FROM generate_series(21, 40) n;
INSERT INTO workspace_phones (workspace_id, phone_number, is_primary) VALUES
  (13, '+34 910 00 00 13', false), (14, '0034-910-00-00-13', true), (16, '+34910000016', false);
INSERT INTO calls (id, workspace_id, source, phone_from, phone_to, phone_number, lead_number, duration, cost,
  price_unit, status, direction, call_date, ended_at, effective_at, twilio_updated_at, raw_data)
SELECT 'CA' || md5('odd-' || n), 13 + n % 28, 'twilio', own, lead, own, lead, n, n * 1234.567891, unit, 'completed',
  direction, at, at + n * interval '1 s', at + n * interval '1 s', at,
  jsonb_build_object('from', own, 'to', lead, 'direction', direction)
FROM (
  SELECT n * 28 AS n, now() - n * interval '1 minute' AS at, '+34910000013' AS own, '+34600000013' AS lead,
    CASE WHEN n % 2 = 0 THEN 'EUR' ELSE 'USD' END AS unit, 'outbound-api' AS direction
  FROM generate_series(1, 8) n
  UNION ALL
  SELECT n, now() - n * interval '7 minutes', '+34910000016', '+34600000016',
    CASE WHEN n % 2 = 0 THEN 'EUR' ELSE 'JPY' END, 'trunking-terminating'
  FROM generate_series(1, 27) n
) made;
UPDATE calls SET phone_from = 'sip:<b>lead</b>%2B34600000013@pbx.example.com:5060;transport=tls?X-Header=a%0Ab',
  phone_to = 'client:ana="><img src=x onerror=alert(1)>', status = 'un-estado-que-nadie-conoce'
WHERE id = 'CA' || md5('odd-1');
UPDATE calls SET direction = 'trunking-originating', phone_from = '+34600000013',
  phone_to = 'sip:+34910000013@pbx.example.com', lead_number = '+34600000013', phone_number = '+34910000016',
  workspace_id = 16, raw_data = '{"from": "+34600000013", "direction": "trunking-originating"}'
WHERE id = 'CA' || md5('odd-9');
ANALYZE calls;
