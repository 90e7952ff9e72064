-- The transfers of a lead that a call may decide: those between its neighbours in time.
CREATE INDEX CONCURRENTLY IF NOT EXISTS calls_transfers_by_time ON calls (lead_number, effective_at)
  WHERE source = 'twilio' AND lead_number IS NOT NULL AND direction = 'trunking-originating';
-- next
DROP INDEX CONCURRENTLY IF EXISTS calls_transfers;
