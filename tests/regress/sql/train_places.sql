-- Every place an aggregate can stand: each training sees the rows that SQL says, so that its model is the one of a
-- plain training on them.
SET client_min_messages = error;
SET pg_intent.progress = off;
\set options '''{"correction": "none", "epochs": 1, "ensemble": 1, "hidden_layers": []}'''
\set or_null '''{"correction": "none", "epochs": 1, "ensemble": 1, "hidden_layers": [], "on_failure": "null"}'''
CREATE TABLE few AS SELECT customer_id, customer_id % 3 AS third, ARRAY[recency, frequency, monetary] AS features,
    observed_segment, exposed, app_user FROM simulate_customers(1000, seed => 4);
ANALYZE few;
\set training 'train_intent_model(features, observed_segment, exposed, ' :options ')'
CREATE TABLE expected AS
SELECT third, app_user, :training::bytea AS model FROM few GROUP BY third, app_user
UNION ALL SELECT third, NULL, :training::bytea FROM few GROUP BY third
UNION ALL SELECT NULL, app_user, :training::bytea FROM few GROUP BY app_user
UNION ALL SELECT NULL, NULL, :training::bytea FROM few;
SELECT count(*), count(DISTINCT model) AS models FROM expected;
SELECT model AS whole FROM expected WHERE third IS NULL AND app_user IS NULL \gset
CREATE FUNCTION expected_model(bigint, boolean) RETURNS bytea LANGUAGE sql STABLE AS
    'SELECT model FROM expected WHERE third IS NOT DISTINCT FROM $1 AND app_user IS NOT DISTINCT FROM $2';

-- FILTER; one that no row passes is a training of no rows.
SELECT (:training FILTER (WHERE app_user))::bytea = expected_model(NULL, true) AS those,
    (:training FILTER (WHERE NOT app_user))::bytea = expected_model(NULL, false) AS others,
    :training::bytea = :'whole' AS together, (:training FILTER (WHERE customer_id < 0)) IS NULL AS none FROM few;

-- DISTINCT drops what is there twice, and only that; ORDER BY changes nothing.
CREATE TABLE twice AS TABLE few UNION ALL TABLE few;
SELECT train_intent_model(DISTINCT features, observed_segment, exposed, :options)::bytea = :'whole' AS once,
    :training::bytea = :'whole' AS twice FROM twice;
SELECT train_intent_model(features, observed_segment, exposed, :options ORDER BY observed_segment, features DESC)::bytea = :'whole' AS ordered,
    train_intent_model(DISTINCT ROW(features[1], features[2]), observed_segment, exposed, :options)::bytea
        = train_intent_model(ROW(features[1], features[2]), observed_segment, exposed, :options ORDER BY customer_id)::bytea AS rows FROM few;

-- GROUPING SETS, ROLLUP, CUBE: by sorting and by hashing.
SELECT count(*), count(*) FILTER (WHERE model = expected_model(third, app_user)) AS right
FROM (SELECT third, app_user, :training::bytea AS model FROM few GROUP BY CUBE (third, app_user)) q;
SET enable_sort = off;
SELECT count(*), count(*) FILTER (WHERE model = expected_model(third, app_user)) AS right
FROM (SELECT third, app_user, :training::bytea AS model FROM few GROUP BY ROLLUP (third, app_user)) q;
RESET enable_sort;
SELECT count(*), count(*) FILTER (WHERE model = expected_model(third, app_user)) AS right
FROM (SELECT third, app_user, :training::bytea AS model FROM few GROUP BY GROUPING SETS ((third), (app_user), ())) q;

-- HAVING, also by what a model tells.
SELECT third, :training::bytea = expected_model(third, NULL) AS right FROM few GROUP BY third
HAVING :training IS NOT NULL AND third > 0 ORDER BY third;
SELECT third FROM few GROUP BY third HAVING campaign_intent(ARRAY[1, 1, 1], :training) > 2;

-- OVER: the whole partition; a frame that grows; one that moves, which trains anew for each row.
SELECT count(*), count(*) FILTER (WHERE model = expected_model(third, NULL)) AS right
FROM (SELECT third, (:training OVER (PARTITION BY third))::bytea AS model FROM few) q;
SELECT last, count(*), array_agg(DISTINCT model) = ARRAY[(SELECT :training::bytea FROM few WHERE third <= last)] AS right
FROM (SELECT third AS last, (:training OVER (ORDER BY third))::bytea AS model FROM few) q GROUP BY last ORDER BY last;
SELECT last, count(*), array_agg(DISTINCT model) = ARRAY[(SELECT :training::bytea FROM few WHERE third BETWEEN last - 1 AND last)] AS right
FROM (SELECT third AS last, (:training OVER (ORDER BY third GROUPS BETWEEN 1 PRECEDING AND CURRENT ROW))::bytea AS model FROM few) q
GROUP BY last ORDER BY last;
CREATE TABLE moving AS SELECT customer_id AS last,
    (train_intent_model(features, observed_segment, exposed, :or_null) OVER (ORDER BY customer_id ROWS BETWEEN 99 PRECEDING AND CURRENT ROW))::bytea AS model
FROM few WHERE customer_id <= 400;
SELECT count(*), count(model) AS models, min(last) FILTER (WHERE model IS NOT NULL) AS first_model,
    count(*) FILTER (WHERE last % 50 = 0 AND model = (SELECT train_intent_model(features, observed_segment, exposed, :or_null)::bytea
        FROM few WHERE customer_id BETWEEN last - 99 AND last)) AS right FROM moving;
-- Without on_failure = null the first frame that cannot be learned from is an error.
SELECT * FROM failure($$SELECT train_intent_model(features, observed_segment) OVER (ORDER BY customer_id ROWS 99 PRECEDING) FROM few$$);

-- Statements that write, views, sub-queries, prepared statements and PL/pgSQL.
CREATE TABLE made AS SELECT third, :training AS model FROM few GROUP BY third;
INSERT INTO made SELECT NULL, :training FROM few;
CREATE VIEW viewed AS SELECT third, :training AS model FROM few GROUP BY third;
CREATE MATERIALIZED VIEW kept AS TABLE viewed;
CREATE FUNCTION trained(which bigint) RETURNS intent_model LANGUAGE plpgsql AS $$
BEGIN
    RETURN (SELECT train_intent_model(features, observed_segment, exposed, '{"correction": "none", "epochs": 1, "ensemble": 1, "hidden_layers": []}')
        FROM few WHERE third = which);
END $$;
PREPARE prepared(bigint) AS SELECT :training::bytea = expected_model($1, NULL) AS prepared FROM few WHERE third = $1;
SELECT count(*), count(*) FILTER (WHERE model::bytea = expected_model(third, NULL)) AS right
FROM (TABLE made UNION ALL TABLE viewed UNION ALL TABLE kept
    UNION ALL SELECT third, trained(third) FROM made WHERE third IS NOT NULL
    UNION ALL SELECT g, (SELECT :training FROM few WHERE third = g) FROM generate_series(0, 2) g) q;
EXECUTE prepared(1);
UPDATE made m SET model = (SELECT :training FROM few f WHERE f.third = 2) WHERE third = 1;
SELECT model::bytea = expected_model(2, NULL) AS updated FROM made WHERE third = 1;

-- 20,000 groups with little work_mem: 50 have rows enough.
CREATE TABLE crowd AS SELECT g, features, observed_segment, exposed FROM few, generate_series(1, 50) g WHERE customer_id <= 200
UNION ALL SELECT g, features, observed_segment, exposed FROM few JOIN generate_series(51, 20000) g ON customer_id = 1 + g % 1000;
ANALYZE crowd;
SET work_mem = '4MB';
\set crowded 'SELECT g, train_intent_model(features, observed_segment, exposed, ' :or_null ') AS model FROM crowd GROUP BY g'
SELECT plan_nodes(:'crowded');
CREATE TABLE sorted AS :crowded;
SELECT count(*), count(model) AS models, count(*) - count(model) AS nulls FROM sorted;
-- A hash table of them writes to disk what has no room.
SET enable_sort = off;
SELECT plan_nodes(:'crowded');
CREATE FUNCTION batches(statement text) RETURNS int LANGUAGE plpgsql AS $$
DECLARE
    plan json;
BEGIN
    EXECUTE 'EXPLAIN (ANALYZE, TIMING off, FORMAT json) ' || statement INTO plan;
    RETURN plan->0->'Plan'->>'HashAgg Batches';
END $$;
SELECT batches(:'crowded') > 1 AS written_to_disk;
SELECT count(*), count(*) FILTER (WHERE q.model::bytea IS NOT DISTINCT FROM s.model::bytea) AS same FROM (:crowded) q JOIN sorted s USING (g);
RESET enable_sort;
RESET work_mem;

DEALLOCATE prepared;
DROP VIEW viewed CASCADE;
DROP FUNCTION trained, expected_model, batches;
DROP TABLE few, expected, twice, moving, made, crowd, sorted;
