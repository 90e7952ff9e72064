-- phone_number and lead_number hold canonical numbers, compared byte by byte.
ALTER TABLE calls ADD COLUMN IF NOT EXISTS phone_number TEXT COLLATE "C";
-- next
ALTER TABLE calls ADD COLUMN IF NOT EXISTS lead_number TEXT COLLATE "C";
-- next
ALTER TABLE calls ADD COLUMN IF NOT EXISTS price_unit TEXT;
-- next
ALTER TABLE calls ADD COLUMN IF NOT EXISTS direction TEXT;
-- next
ALTER TABLE calls ADD COLUMN IF NOT EXISTS ended_at TIMESTAMPTZ;
-- next
-- The time that decides which call is nearest to a transfer: end, else start, else creation,
-- else 1970. Never a time that an older program made up.
ALTER TABLE calls ADD COLUMN IF NOT EXISTS effective_at TIMESTAMPTZ;
-- next
ALTER TABLE calls ADD COLUMN IF NOT EXISTS twilio_updated_at TIMESTAMPTZ;
-- next
ALTER TABLE calls ADD COLUMN IF NOT EXISTS updated_at TIMESTAMPTZ DEFAULT now();
