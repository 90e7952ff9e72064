-- Calls without a price, most of them for a while, so that those that nobody asks for are counted without a look at
-- the table. Not by their status: where an older table has an enum for it, no index can ask for one of its words.
CREATE INDEX CONCURRENTLY IF NOT EXISTS calls_unpriced ON calls (call_date)
  WHERE source = 'twilio' AND cost IS NULL AND duration > 0;
