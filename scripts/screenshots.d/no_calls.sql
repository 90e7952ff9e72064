DELETE FROM calls WHERE call_date > now() - interval '5 hours';
