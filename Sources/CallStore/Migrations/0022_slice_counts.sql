-- Calls of cases 1 to 3 that the table did not take, without a word: a trigger passed over them.
ALTER TABLE sync_slices ADD COLUMN IF NOT EXISTS missing_calls TEXT[] NOT NULL DEFAULT '{}';
-- next
-- The transfers outside of the run's period that the slice's pages have decided anew: several pages may decide one,
-- so they are no sum, as `refreshed_calls` was.
ALTER TABLE sync_slices ADD COLUMN IF NOT EXISTS redecided_calls TEXT[] NOT NULL DEFAULT '{}';
