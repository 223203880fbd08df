-- The extension in a schema of the user's choice, under a name that needs quotes, and renamed.
\set tests :DBNAME
CREATE DATABASE intent_elsewhere;
\c intent_elsewhere
SET pg_intent.progress = off;
CREATE SCHEMA "My Models";
CREATE EXTENSION pg_intent SCHEMA "My Models";
SELECT extnamespace::regnamespace, extrelocatable FROM pg_extension WHERE extname = 'pg_intent';
SELECT count(*) AS in_public FROM pg_class WHERE relnamespace = 'public'::regnamespace;
CREATE TABLE customers AS SELECT * FROM "My Models".simulate_customers(1000);
SELECT version, rows FROM "My Models".train_model('spring', 'SELECT recency, app_user, observed_segment, exposed FROM customers', '{"ensemble": 1, "epochs": 10, "hidden_layers": [4]}');
SELECT "My Models".segment_customer(c, 'spring') IS NOT NULL AS scored FROM customers c LIMIT 1;
ALTER SCHEMA "My Models" RENAME TO "a ""better"" one";
SELECT "a ""better"" one".segment_customer(c, 'spring') IS NOT NULL AS scored FROM customers c LIMIT 1;
SELECT version FROM "a ""better"" one".train_model('spring', 'SELECT recency, app_user, observed_segment, exposed FROM customers', '{"ensemble": 1, "epochs": 10, "hidden_layers": [4]}');
ALTER EXTENSION pg_intent SET SCHEMA public;
-- Gone and back in one session.
DROP EXTENSION pg_intent;
CREATE EXTENSION pg_intent;
SELECT count(*) FROM intent_models;
SELECT version FROM train_model('spring', 'SELECT recency, app_user, observed_segment, exposed FROM customers', '{"ensemble": 1, "epochs": 10, "hidden_layers": [4]}');
\c :tests
DROP DATABASE intent_elsewhere;
