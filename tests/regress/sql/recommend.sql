-- The campaign to recommend: recommend_campaign, by name and by value.
SELECT save_model('a', model) FROM models WHERE kind = 'row';
SELECT train_intent_model(f, observed_segment, exposed, '{"ensemble": 1, "epochs": 10, "hidden_layers": [4]}') AS b
FROM customers c, LATERAL (SELECT c.coupons, c.app_user, c.email_opens) f \gset
SELECT save_model('b', :'b');
SELECT train_intent_model(f, observed_segment, exposed, '{"ensemble": 1, "epochs": 10, "hidden_layers": [4], "seed": 2}') AS c
FROM customers c, LATERAL (SELECT c.tier, c.recency) f \gset
SELECT save_model('c', :'c');
CREATE VIEW by_hand AS SELECT customer_id, (SELECT row(name, uplift, intent, uplift * value - cost)::recommended_campaign AS best
    FROM (VALUES (1, 'a', campaign_uplift(c, 'a'), campaign_intent(c, 'a'), monetary / 10, 6.0), (2, 'b', campaign_uplift(c, 'b'), campaign_intent(c, 'b'), 20.0, 5.5),
        (3, 'c', campaign_uplift(c, 'c'), campaign_intent(c, 'c'), 15.0, 5 + 0.1 * tier)) k (place, name, uplift, intent, value, cost)
    WHERE uplift * value - cost > 0 ORDER BY uplift * value - cost DESC, place LIMIT 1) FROM customers c;

-- The highest uplift × value − cost, with values and costs of each row.
SELECT count(*) AS customers, count(DISTINCT (r).campaign) AS campaigns, count(*) FILTER (WHERE (r).campaign IS NULL) > 0 AS some_none,
    count(*) FILTER (WHERE r IS DISTINCT FROM coalesce(best, row(NULL, NULL, NULL, NULL)::recommended_campaign)) AS differ
FROM (SELECT customer_id, recommend_campaign(c, ARRAY['a', 'b', 'c'], ARRAY[monetary / 10, 20, 15], ARRAY[6, 5.5, 5 + 0.1 * tier]) AS r FROM customers c) s JOIN by_hand USING (customer_id);
-- By value a campaign is its position.
SELECT count(*) FILTER (WHERE (r).campaign IS DISTINCT FROM translate((best).campaign, 'abc', '123')) AS differ,
    count(*) FILTER (WHERE (r).expected_value IS DISTINCT FROM (best).expected_value OR (r).campaign_uplift IS DISTINCT FROM (best).campaign_uplift OR (r).campaign_intent IS DISTINCT FROM (best).campaign_intent) AS differ
FROM (SELECT customer_id, recommend_campaign(c, ARRAY[model, :'b', :'c'], ARRAY[monetary / 10, 20, 15], ARRAY[6, 5.5, 5 + 0.1 * tier]) AS r FROM customers c, models WHERE kind = 'row') s JOIN by_hand USING (customer_id);
-- A stored array of models, which TOAST keeps out of line, and arrays of names in turns.
CREATE TABLE sets AS SELECT 1 AS id, ARRAY[model, :'b', :'c'] AS models FROM models WHERE kind = 'row';
SELECT count(*) FILTER (WHERE (recommend_campaign(c, s.models, ARRAY[monetary / 10, 20, 15], ARRAY[6, 5.5, 5 + 0.1 * tier])).expected_value IS DISTINCT FROM (best).expected_value) AS differ
FROM customers c JOIN by_hand USING (customer_id), sets s;
SELECT count(*) FILTER (WHERE (recommend_campaign(c, CASE customer_id % 2 WHEN 0 THEN ARRAY['a', 'b'] ELSE ARRAY['b', 'a', 'c'] END, CASE customer_id % 2 WHEN 0 THEN ARRAY[9, 8] ELSE ARRAY[8, 9, 0] END,
    CASE customer_id % 2 WHEN 0 THEN ARRAY[1, 1] ELSE ARRAY[1, 1, 1] END)).expected_value IS DISTINCT FROM (recommend_campaign(c, ARRAY['a', 'b'], ARRAY[9, 8], ARRAY[1, 1])).expected_value) AS differ FROM customers c;

-- Ties go to the first; where none pays all is NULL; a value may be negative.
SELECT (recommend_campaign(c, ARRAY[:'b', :'c', :'b']::intent_model[], '{10,-10,10}', '{0,0,0}')).campaign, count(*) > 0 AS some FROM customers c GROUP BY 1 ORDER BY 1;
SELECT recommend_campaign(c, ARRAY['a', 'b'], '{1,1}', '{1,1}') AS none, recommend_campaign(c, '{}'::text[], '{}', '{}') AS no_models,
    recommend_campaign(c, ARRAY['a', 'b'], '{NULL,1}', '{0,NULL}') AS not_eligible, (recommend_campaign(c, ARRAY['a', 'b'], '{NULL,9}', '{0,0}')).campaign AS other,
    recommend_campaign(c, ARRAY['a'], '{0}', '{0}') AS nothing FROM customers c WHERE customer_id = 1;
SELECT campaign, count(*) > 0 AS some FROM customers c, recommend_campaign(c, ARRAY['a', 'b', 'c'], '{10,10,10}', ARRAY[CASE WHEN customer_id % 2 = 0 THEN 0 END, NULL, 0.0]) GROUP BY 1 ORDER BY 1;
-- NULL arguments.
SELECT num_nulls(recommend_campaign(NULL::customers, ARRAY['a'], '{1}', '{1}'), recommend_campaign(c, NULL::text[], '{1}', '{1}'), recommend_campaign(c, NULL::intent_model[], '{1}', '{1}'),
    recommend_campaign(c, ARRAY['a'], NULL, '{1}'), recommend_campaign(c, ARRAY['a'], '{1}', NULL)) AS nulls FROM customers c WHERE customer_id = 1;

-- Overloads: an array of untyped literals is of names; an untyped array may be of either.
SELECT (recommend_campaign(c, ARRAY['c', 'b'], '{9,9}', '{0,0}')).campaign IN ('b', 'c') AS names, (recommend_campaign(c, ARRAY[:'c', :'b']::intent_model[], '{9,9}', '{0,0}')).campaign IN ('1', '2') AS models,
    (recommend_campaign(c, '{c,b}'::text[], ARRAY[9, 9], ARRAY[0.5, 0])).campaign IN ('b', 'c') AS cast FROM customers c WHERE customer_id = 1;
SELECT * FROM failure($$SELECT recommend_campaign(c, '{a,b}', '{9,9}', '{0,0}') FROM customers c$$);
SELECT * FROM failure($$SELECT recommend_campaign('{1,2}', ARRAY['a', 'b'], '{9,9}', '{0,0}')$$);
PREPARE recommended AS SELECT (recommend_campaign(c, ARRAY[$1, 'b'], ARRAY[$2, 9], ARRAY[$3, 0.0])).campaign IS NOT NULL AS some FROM customers c WHERE customer_id = 1;
SELECT parameter_types FROM pg_prepared_statements WHERE name = 'recommended';
EXECUTE recommended ('a', 9, 0);
DEALLOCATE recommended;

-- Errors.
SELECT * FROM failure($$SELECT recommend_campaign(c, ARRAY['a', 'nobody'], '{9,9}', '{0,0}') FROM customers c$$);
SELECT * FROM failure($$SELECT recommend_campaign(c, ARRAY['a', 'nobody'], '{9,NULL}', '{0,0}') FROM customers c$$);
SELECT * FROM failure($$SELECT recommend_campaign(c, ARRAY['a', 'b', 'a'], '{9,9,9}', '{0,0,0}') FROM customers c$$);
SELECT * FROM failure($$SELECT recommend_campaign(c, ARRAY['a', NULL], '{9,9}', '{0,0}') FROM customers c$$);
SELECT * FROM failure($$SELECT recommend_campaign(c, ARRAY['a', 'b'], '{9}', '{0,0}') FROM customers c$$);
SELECT * FROM failure($$SELECT recommend_campaign(c, ARRAY['a', 'b'], '{9,9}', '{0,0,0}') FROM customers c$$);
SELECT * FROM failure($$SELECT recommend_campaign(c, ARRAY['a', 'b'], '{9,9}', '{0,-0.1}') FROM customers c$$);
SELECT * FROM failure($$SELECT recommend_campaign(c, ARRAY['a', 'b'], '{9,9}', '{0,NaN}') FROM customers c$$);
SELECT * FROM failure($$SELECT recommend_campaign(c, ARRAY['a', 'b'], '{NULL,9}', '{Infinity,0}') FROM customers c$$);
SELECT * FROM failure($$SELECT recommend_campaign(c, ARRAY['a', 'b'], '{9,-Infinity}', '{0,0}') FROM customers c$$);
SELECT * FROM failure($$SELECT recommend_campaign(c, ARRAY[model], '{NaN}', '{0}') FROM customers c, models WHERE kind = 'row'$$);
SELECT * FROM failure($$SELECT recommend_campaign(1, ARRAY['a'], '{9}', '{0}')$$);
SELECT * FROM failure($$SELECT recommend_campaign(f, ARRAY['a', 'c'], '{9,9}', '{0,0}') FROM customers c, LATERAL (SELECT c.tier, c.recency) f$$);
-- A model that is not eligible is not asked, so its columns may be missing.
SELECT (recommend_campaign(f, ARRAY['a', 'c'], '{NULL,9}', '{0,0}')).campaign AS asked FROM customers c, LATERAL (SELECT c.tier, c.recency) f WHERE customer_id = 1;

-- In parallel workers alone, and after a new version of one model in the same transaction.
CREATE TABLE many AS SELECT * FROM customers;
ALTER TABLE many SET (parallel_workers = 2);
ANALYZE many;
SELECT sum((recommend_campaign(m, ARRAY['a', 'b', 'c'], '{9,9,9}', '{1,1,1}')).expected_value)::numeric(20, 6) AS serial FROM many m \gset
SET max_parallel_workers_per_gather = 2;
SET parallel_setup_cost = 0;
SET parallel_tuple_cost = 0;
SET min_parallel_table_scan_size = 0;
SET parallel_leader_participation = off;
SELECT * FROM plan_nodes($$SELECT sum((recommend_campaign(m, ARRAY['a', 'b', 'c'], '{9,9,9}', '{1,1,1}')).expected_value) FROM many m$$);
SELECT sum((recommend_campaign(m, ARRAY['a', 'b', 'c'], '{9,9,9}', '{1,1,1}')).expected_value)::numeric(20, 6) = :serial AS same FROM many m;
BEGIN;
SELECT save_model('b', :'c') AS version;
SELECT sum((recommend_campaign(m, ARRAY['a', 'b', 'c'], '{9,9,9}', '{1,1,1}')).expected_value)::numeric(20, 6) = (SELECT sum((recommend_campaign(n, ARRAY[model, :'c', :'c'], '{9,9,9}', '{1,1,1}')).expected_value)::numeric(20, 6)
    FROM many n, models WHERE kind = 'row') AS new_version FROM many m;
ROLLBACK;
RESET max_parallel_workers_per_gather;
RESET parallel_setup_cost;
RESET parallel_tuple_cost;
RESET min_parallel_table_scan_size;
RESET parallel_leader_participation;
-- One call site in PL/pgSQL sees the new version too.
DO $$
DECLARE
    before recommended_campaign;
    after recommended_campaign;
BEGIN
    FOR turn IN 1 .. 2 LOOP
        before := after;
        after := recommend_campaign(c, ARRAY['a', 'b'], '{0,100}', '{0,0}') FROM customers c WHERE customer_id = 1;
        PERFORM save_model('b', model) FROM intent_models WHERE name = 'c';
    END LOOP;
    RAISE NOTICE 'changed: %', before IS DISTINCT FROM after;
END $$;
-- It reads, and assigns no transaction ID; by value it may make a column.
BEGIN TRANSACTION READ ONLY;
SELECT count((recommend_campaign(m, ARRAY['a', 'b', 'c'], '{9,9,9}', '{0,0,0}')).campaign) > 0 AS recommended, pg_current_xact_id_if_assigned() IS NULL AS only_read FROM many m;
COMMIT;
SELECT format($$CREATE TABLE offers (recency float8, tier float8, best text GENERATED ALWAYS AS ((recommend_campaign(ROW(tier, recency), ARRAY[%L::intent_model], '{9}', '{0.1}')).campaign) STORED)$$, :'c') AS made \gset
SELECT * FROM failure(:'made');
SELECT provolatile, proparallel, proisstrict, pg_get_function_identity_arguments(oid) AS arguments FROM pg_proc WHERE proname = 'recommend_campaign' ORDER BY 4;
DROP VIEW by_hand;
DROP TABLE sets, many, offers;
SELECT drop_model('a'), drop_model('b'), drop_model('c');
