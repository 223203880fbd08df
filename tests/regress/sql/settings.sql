-- The settings, also set before the library is loaded.
CREATE ROLE intent_setter LOGIN SUPERUSER;
ALTER ROLE intent_setter SET pg_intent.default_model = 'mine';
\c - intent_setter
SET pg_intent.progress = off;
SELECT current_setting('pg_intent.default_model') AS before_load;
SELECT * FROM failure('SELECT active_model()');
SHOW pg_intent.default_model;
SHOW pg_intent.progress;
SHOW pg_intent.training_memory;
SHOW pg_intent.training_threads;
SELECT name, vartype, unit, min_val, max_val, boot_val, context FROM pg_settings WHERE name LIKE 'pg_intent.%' ORDER BY name;
RESET pg_intent.default_model;
SHOW pg_intent.default_model;

SET pg_intent.default_model = 'default';
SELECT * FROM failure('SELECT active_model()');
-- The words of this error differ between versions of PostgreSQL.
SELECT value, line LIKE '22023: % is outside the valid range for parameter "pg_intent.training_memory"%' AS out_of_range
FROM unnest(ARRAY['100kB', '2GB']) AS value, failure(format('SET pg_intent.training_memory = %L', value)) AS line;
-- A misspelt name is an error, not a setting that nobody reads.
SELECT * FROM failure('SET pg_intent.defualt_model = 1');
\c - postgres
DROP ROLE intent_setter;
