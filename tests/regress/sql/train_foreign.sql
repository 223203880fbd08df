-- postgres_fdw, between two servers: scoring by value is sent there, training fetches its rows from there. Where a
-- server does not ship postgres_fdw, the expected output is train_foreign_1.out.
SELECT count(*) = 0 AS skipped FROM pg_available_extensions WHERE name = 'postgres_fdw' \gset
\if :skipped
\echo 'SKIPPED: this server does not ship postgres_fdw'
\quit
\endif
SET client_min_messages = error;
SET pg_intent.progress = off;
\set options '''{"epochs": 10, "hidden_layers": [4]}'''
CREATE EXTENSION postgres_fdw;
-- The second server has the extension, and the rows.
\getenv second PG_INTENT_SECOND_PORT
\set first :PORT
\connect - - - :second
SET client_min_messages = error;
CREATE EXTENSION pg_intent;
CREATE TABLE near AS SELECT customer_id, recency, frequency, discount_share, observed_segment, exposed FROM simulate_customers(2000);
SELECT split_part(current_setting('unix_socket_directories'), ',', 1) AS host \gset
\connect - - - :first
SET client_min_messages = error;
SET pg_intent.progress = off;
SELECT current_setting('port') <> :'second' AS two_servers;
CREATE SERVER there FOREIGN DATA WRAPPER postgres_fdw OPTIONS (host :'host', port :'second', dbname :'DBNAME', extensions 'pg_intent');
CREATE USER MAPPING FOR CURRENT_USER SERVER there;
CREATE TABLE near AS SELECT customer_id, recency, frequency, discount_share, observed_segment, exposed FROM customers;
CREATE FOREIGN TABLE far (customer_id bigint, recency float8, frequency float8, discount_share float8, observed_segment text, exposed boolean)
    SERVER there OPTIONS (table_name 'near');

-- Scoring by value: the other server evaluates it, and sends the rows that pass or their counts.
CREATE FUNCTION remote_sql(statement text) RETURNS SETOF text LANGUAGE plpgsql AS $$
DECLARE
    line text;
BEGIN
    FOR line IN EXECUTE 'EXPLAIN (VERBOSE, COSTS off) ' || statement LOOP
        line := substring(line FROM '(?:Remote SQL|Filter): .*');
        -- The model's value takes pages.
        IF line IS NOT NULL THEN RETURN NEXT regexp_replace(line, '''[^'']{40,}''', '''…''', 'g'); END IF;
    END LOOP;
END $$;
SELECT quote_literal(model) || '::intent_model' AS model FROM models WHERE kind = 'array' \gset
\set pushed 'SELECT count(*) AS passed, sum(customer_id) FROM far WHERE campaign_intent(ARRAY[recency, frequency, discount_share], ' :model ') > 0.5'
SELECT remote_sql(:'pushed');
\set segment 'segment_customer(ARRAY[recency, frequency, discount_share], ' :model ')'
\set grouped 'SELECT ' :segment ' AS segment, count(*) AS customers FROM far GROUP BY 1'
SELECT remote_sql(:'grouped');
\set as_recorded 'SELECT count(*) FROM far WHERE ' :segment ' = observed_segment'
SELECT remote_sql(:'as_recorded');
-- postgres_fdw compares text there only where a foreign column gives the collation.
\set constant 'SELECT count(*) FROM far WHERE ' :segment ' = ''organic'''
SELECT remote_sql(:'constant');
SELECT q.passed > 0 AS some, q = n AS same
FROM (:pushed) q, (SELECT count(*) AS passed, sum(customer_id) FROM near WHERE campaign_intent(ARRAY[recency, frequency, discount_share], :model) > 0.5) n;
SELECT count(*), count(*) FILTER (WHERE customers = (SELECT count(*) FROM near WHERE :segment = q.segment)) AS same FROM (:grouped) q;
-- By name it depends on this server's models, and stays here.
SELECT remote_sql($$SELECT count(*) FROM far WHERE campaign_intent(ARRAY[recency, frequency, discount_share], 'spring') > 0.5$$);

-- Training fetches the columns it needs, and gives the same model as beside the rows.
\set far_training 'SELECT train_intent_model(f, observed_segment, exposed, ' :options ') AS model FROM far c, LATERAL (SELECT c.recency, c.frequency) f'
SELECT remote_sql(:'far_training');
SELECT q.model::bytea = (SELECT train_intent_model(f, observed_segment, exposed, :options)::bytea
    FROM near c, LATERAL (SELECT c.recency, c.frequency) f) AS same FROM (:far_training) q;
SELECT rows, mode FROM train_model('far', 'SELECT recency, frequency, observed_segment, exposed FROM far', :options);
SELECT drop_model('far');
DROP EXTENSION postgres_fdw CASCADE;
DROP TABLE near;
DROP FUNCTION remote_sql;
