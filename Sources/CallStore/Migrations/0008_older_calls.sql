-- Calls that an older program stored after 0005 had passed: none in most databases.
CREATE INDEX CONCURRENTLY IF NOT EXISTS calls_unconverted ON calls (id)
  WHERE source = 'twilio' AND effective_at IS NULL
    AND raw_data->>'direction' IN ('outbound-api', 'trunking-terminating', 'trunking-originating');
