-- Training in parallel: by partial aggregates under a Gather, and to the same bytes.
SET pg_intent.progress = off;
\set options '''{"epochs": 10, "hidden_layers": [4]}'''
CREATE TABLE many AS SELECT * FROM simulate_customers(6000, seed => 2);
CREATE TABLE shuffled AS SELECT * FROM many ORDER BY hashint8(customer_id);
ANALYZE many, shuffled;
\set query 'SELECT train_intent_model(f, observed_segment, exposed, ' :options ') AS model FROM many m, LATERAL (SELECT m.recency, m.frequency, m.app_user) f'

CREATE TABLE results AS SELECT 'serial' AS plan, model FROM (:query) q;

SET min_parallel_table_scan_size = 0;
SET parallel_setup_cost = 0;
SET parallel_tuple_cost = 0;
SELECT plan_nodes(:'query');
CREATE TABLE parallel AS SELECT 'parallel' AS plan, model FROM (:query) q;
SET parallel_leader_participation = off;
CREATE TABLE workers AS SELECT 'workers alone' AS plan, model FROM (:query) q;
SET max_parallel_workers_per_gather = 1;
CREATE TABLE worker AS SELECT 'one worker' AS plan, model FROM (:query) q;
RESET max_parallel_workers_per_gather;
RESET parallel_leader_participation;
CREATE TABLE other_order AS SELECT 'shuffled' AS plan, train_intent_model(f, observed_segment, exposed, :options) AS model
FROM shuffled m, LATERAL (SELECT m.recency, m.frequency, m.app_user) f;
INSERT INTO results TABLE parallel UNION ALL TABLE workers UNION ALL TABLE worker UNION ALL TABLE other_order;
SELECT count(*), count(DISTINCT model::bytea) AS models FROM results;

-- Arrays, groups, and workers that see no row or only NULLs.
\set arrays 'SELECT train_intent_model(ARRAY[recency, frequency], observed_segment, exposed, ' :options ')::bytea AS model FROM many'
SELECT plan_nodes(:'arrays');
SELECT model IS NOT NULL AS trained FROM (:arrays) q;
SELECT tier, train_intent_model(ARRAY[recency, frequency], observed_segment, exposed, :options) IS NOT NULL AS trained
FROM many WHERE tier < 2 GROUP BY tier ORDER BY tier;
SELECT train_intent_model(ARRAY[recency], observed_segment) IS NULL AS none FROM many WHERE customer_id < 0;
SELECT * FROM failure('SELECT train_intent_model(CASE WHEN customer_id < 0 THEN ARRAY[recency] END, observed_segment) FROM many');
-- Different options in different workers.
SELECT * FROM failure('SELECT train_intent_model(ARRAY[recency], observed_segment, jsonb_build_object(''seed'', customer_id % 2)) FROM many');

-- train_model: first the statement that it runs, then that statement's plan.
SET client_min_messages = debug1;
SELECT version, rows, mode, corrected >= 0 AS corrected
FROM train_model('parallel', 'SELECT recency, frequency, app_user, observed_segment, exposed FROM many', :options);
SET client_min_messages = notice;
SELECT plan_nodes($$SELECT public.train_intent_model(features, q."observed_segment"::pg_catalog.text, q."exposed"::pg_catalog.bool, '{}'::pg_catalog.jsonb) FROM (
SELECT recency, frequency, app_user, observed_segment, exposed FROM many
) AS q, LATERAL (SELECT q."recency", q."frequency", q."app_user") AS features$$);
SELECT active_model('parallel')::bytea = model::bytea AS same_as_serial FROM results WHERE plan = 'serial';

-- Its rows are read by parallel workers: this function tells whose process it runs in.
CREATE FUNCTION tell_process(leader int) RETURNS float8 LANGUAGE plpgsql PARALLEL SAFE AS $$
BEGIN
    RAISE NOTICE '%', CASE WHEN pg_backend_pid() = leader THEN 'read by the leader' ELSE 'read by a worker' END;
    RETURN 1;
END $$;
SET parallel_leader_participation = off;
\set SHOW_CONTEXT never
SELECT pg_backend_pid() AS pid \gset
SELECT rows FROM train_model('parallel', format($$SELECT recency, observed_segment, exposed,
    CASE WHEN customer_id = 1 THEN tell_process(%s) ELSE 1 END AS told FROM many$$, :pid), :options);

-- Scoring runs in the workers too, by name and by value, also after the transaction wrote.
BEGIN;
SELECT save_model('parallel', model) FROM models WHERE kind = 'array';
SELECT plan_nodes($$SELECT sum(campaign_intent(ARRAY[recency, frequency, discount_share], 'parallel')) FROM many$$);
SELECT count(*) FROM many WHERE campaign_intent(ARRAY[recency, frequency, discount_share], 'parallel') >= 0;
SELECT count(*) FROM many, models WHERE kind = 'array' AND campaign_intent(ARRAY[recency, frequency, discount_share], model) >= 0;
ROLLBACK;
SELECT drop_model('parallel');
DROP FUNCTION tell_process;
DROP TABLE many, shuffled, results, parallel, workers, worker, other_order;
