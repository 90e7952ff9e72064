-- The nearest call on each side of a transfer in time, without looking at the others.
CREATE INDEX CONCURRENTLY IF NOT EXISTS calls_related ON calls
  (lead_number, effective_at, id COLLATE "C") INCLUDE (phone_number)
  WHERE source = 'twilio' AND phone_number IS NOT NULL
    AND direction IN ('outbound-api', 'trunking-terminating');
-- next
-- The transfers of a lead whose calls changed.
CREATE INDEX CONCURRENTLY IF NOT EXISTS calls_transfers ON calls (lead_number)
  WHERE source = 'twilio' AND lead_number IS NOT NULL AND direction = 'trunking-originating';
-- next
-- The newest call, the calls of an hour or a day.
CREATE INDEX CONCURRENTLY IF NOT EXISTS calls_by_date ON calls (call_date) WHERE source = 'twilio';
