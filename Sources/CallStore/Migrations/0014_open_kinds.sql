-- Which kinds of runs there are is the programs' matter: a newer one records more of them.
DO $$
DECLARE
  name TEXT;
BEGIN
  FOR name IN
    SELECT c.conname FROM pg_constraint c
    JOIN pg_attribute a ON a.attrelid = c.conrelid AND a.attname = 'kind' AND c.conkey = ARRAY[a.attnum]
    WHERE c.conrelid = 'sync_runs'::regclass AND c.contype = 'c'
  LOOP
    EXECUTE format('ALTER TABLE sync_runs DROP CONSTRAINT %I', name);
  END LOOP;
END $$;
