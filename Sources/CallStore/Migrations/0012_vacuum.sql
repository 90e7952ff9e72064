-- An index tells by itself only of calls whose page has been vacuumed since they came. The server's own bound
-- for that, a fifth of the table, would leave out the last month of a table of a million calls.
ALTER TABLE calls SET (autovacuum_vacuum_insert_scale_factor = 0, autovacuum_vacuum_insert_threshold = 10000);
