-- The calls of an hour, a day or a month with what is added up of them, without a look at the table.
CREATE INDEX CONCURRENTLY IF NOT EXISTS calls_totals ON calls (call_date)
  INCLUDE (workspace_id, duration, cost, price_unit) WHERE source = 'twilio';
-- next
-- Transfers without a related call.
CREATE INDEX CONCURRENTLY IF NOT EXISTS calls_unmatched ON calls (call_date)
  WHERE source = 'twilio' AND direction = 'trunking-originating' AND phone_number IS NULL;
-- next
DROP INDEX CONCURRENTLY IF EXISTS calls_by_date;
