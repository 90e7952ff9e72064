-- The newest calls of a number of ours: the caller of cases 1 and 2, the callee of others.
CREATE INDEX CONCURRENTLY IF NOT EXISTS calls_by_number ON calls (
  (CASE WHEN direction IN ('outbound-api', 'trunking-terminating') THEN phone_number ELSE phone_to END COLLATE "C"),
  call_date) WHERE source = 'twilio';
