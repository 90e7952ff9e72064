-- An older program may have taken an empty answer for a part of a day as all that there was of it. An
-- unfinished resync begins anew.
DELETE FROM sync_slices;
