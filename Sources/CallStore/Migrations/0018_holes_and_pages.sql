-- The calls of a slice's last page, while there is a next one: what new calls push onto that is not counted again.
-- Not compressed: it is written with every page and lives as long.
ALTER TABLE sync_slices ADD COLUMN IF NOT EXISTS last_page_calls TEXT[];
-- next
ALTER TABLE sync_slices ALTER COLUMN last_page_calls SET STORAGE EXTERNAL;
-- next
-- Twilio keeps nothing of the period any more, and no run has taken it in: nothing will fill it.
ALTER TABLE sync_holes ADD COLUMN IF NOT EXISTS is_lost BOOLEAN NOT NULL DEFAULT false;
