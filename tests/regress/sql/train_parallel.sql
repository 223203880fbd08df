-- Training in parallel: by partial aggregates under a Gather, and to the same bytes.
SET pg_intent.progress = off;
\set options '''{"epochs": 10, "ensemble": 1, "hidden_layers": [4]}'''
CREATE TABLE many AS SELECT * FROM simulate_customers(6000, seed => 2);
CREATE TABLE shuffled AS SELECT * FROM many ORDER BY hashint8(customer_id);
ANALYZE many, shuffled;
\set query 'SELECT train_intent_model(f, observed_segment, exposed, ' :options ') AS model FROM many m, LATERAL (SELECT m.recency, m.frequency, m.app_user) f'

CREATE TABLE results AS SELECT 'serial' AS plan, model FROM (:query) q;

SET min_parallel_table_scan_size = 0;
SET parallel_setup_cost = 0;
SET parallel_tuple_cost = 0;
SELECT plan_nodes(:'query');
-- By 0 to 4 workers that could start, with and without the leader.
ALTER TABLE many SET (parallel_workers = 4);
SET max_parallel_workers_per_gather = 4;
CREATE FUNCTION train_by(workers int, leader text, query text) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
    line text;
    launched text;
BEGIN
    PERFORM set_config('max_parallel_workers', workers::text, true);
    PERFORM set_config('parallel_leader_participation', leader, true);
    FOR line IN EXECUTE 'EXPLAIN (ANALYZE, TIMING off) CREATE TABLE one AS ' || query LOOP
        launched := coalesce(launched, substring(line FROM 'Workers Launched: (\d+)'));
    END LOOP;
    INSERT INTO results SELECT format('%s workers, leader %s', launched, leader), model FROM one;
    DROP TABLE one;
END $$;
SELECT count(train_by(workers, leader, :'query')) FROM generate_series(0, 4) workers, unnest(ARRAY['on', 'off']) leader;
RESET max_parallel_workers_per_gather;
-- The same rows in another order.
INSERT INTO results SELECT 'shuffled', train_intent_model(f, observed_segment, exposed, :options)
FROM shuffled m, LATERAL (SELECT m.recency, m.frequency, m.app_user) f;
CREATE TABLE inserted (LIKE many);
INSERT INTO inserted SELECT * FROM many WHERE customer_id % 3 = 1 ORDER BY customer_id DESC;
INSERT INTO inserted SELECT * FROM many WHERE customer_id % 3 <> 1 ORDER BY monetary;
INSERT INTO results SELECT 'inserted', train_intent_model(f, observed_segment, exposed, :options)
FROM inserted m, LATERAL (SELECT m.recency, m.frequency, m.app_user) f;
SELECT plan, model::bytea = (SELECT model::bytea FROM results WHERE plan = 'serial') AS same FROM results ORDER BY plan;

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
SELECT learned(active_model('parallel')) = learned(model) AS same_as_serial FROM results WHERE plan = 'serial';

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
DROP FUNCTION tell_process, train_by;
DROP TABLE many, shuffled, inserted, results;
