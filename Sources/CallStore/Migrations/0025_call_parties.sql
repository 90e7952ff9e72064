-- The newest calls of a number of ours, with what a search asks of each, without a look at the table: the caller of
-- cases 1 and 2, the callee of others. An index of an expression (calls_by_number) would need the table all the same.
CREATE INDEX CONCURRENTLY IF NOT EXISTS calls_by_caller ON calls (phone_number COLLATE "C", call_date)
  INCLUDE (workspace_id, status, direction)
  WHERE source = 'twilio' AND direction IN ('outbound-api', 'trunking-terminating');
-- next
CREATE INDEX CONCURRENTLY IF NOT EXISTS calls_by_callee ON calls (phone_to COLLATE "C", call_date)
  INCLUDE (workspace_id, status, direction)
  WHERE source = 'twilio' AND (direction IN ('outbound-api', 'trunking-terminating')) IS NOT TRUE;
-- next
DROP INDEX CONCURRENTLY IF EXISTS calls_by_number;
