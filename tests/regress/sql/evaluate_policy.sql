-- evaluate_policy: the value of recommendations, from customers who were sent something by chance.
CREATE TABLE sends (id int, kind int, recommended text, sent text, outcome float8, probability float8, weight float8) WITH (fillfactor = 10);
INSERT INTO sends SELECT i, i % 2, c[1 + i * 7 % 11 % 3], c[1 + i * 5 % 13 % 3], i * 11 % 17 / 4.0, 0.2 + 0.1 * (i % 5), 1 + i % 3
FROM generate_series(0, 89) i, (SELECT ARRAY[NULL, 'a', 'b']) AS names(c);
ANALYZE sends;
CREATE VIEW evaluated AS SELECT 'plain' AS kind, evaluate_policy(recommended, sent, outcome, 'a') AS m FROM sends
UNION ALL SELECT 'weighted', evaluate_policy(recommended, sent, outcome, probability, weight, 'a') FROM sends;
\x on
-- The figures of the reference on this table are those of the tests of crates/decision.
SELECT kind, (m).* FROM evaluated;
-- The baseline NULL is nobody.
SELECT (m).* FROM (SELECT evaluate_policy(recommended, sent, outcome, NULL) AS m FROM sends) e;
-- All NULL probabilities and weights are the same as none; a weight of 0 or a NULL outcome leaves a row out, whatever its probability.
SELECT evaluate_policy(recommended, sent, outcome, NULL, NULL, 'a') = evaluate_policy(recommended, sent, outcome, 'a') AS same FROM sends;
SELECT (m).* FROM (SELECT evaluate_policy(r, s, o, p, w, 'b') AS m
    FROM (VALUES ('a', 'a', NULL, 0.5, 1.0), ('a', 'a', 1, NULL, 0), ('a', 'b', 1, 0.5, NULL), ('a', 'a', 1, 0.5, 1), ('a', 'a', 3, 0.5, 1)) v(r, s, o, p, w)) e;
-- Figures are NULL if nobody was sent the campaign that they need, or if no row has the baseline.
SELECT (m).* FROM (SELECT evaluate_policy('a', sent, outcome, 'other') AS m FROM sends WHERE sent = 'b') e;
SELECT (m).* FROM (SELECT evaluate_policy('a', 'a', NULL::float8, 'a') AS m) e;
\x off
SELECT evaluate_policy(recommended, sent, outcome, 'a') IS NULL AS none FROM sends WHERE false;
-- GROUP BY, FILTER, windows, and untyped literals.
SELECT kind, (evaluate_policy(recommended, sent, outcome, 'a')).rows, (evaluate_policy(recommended, sent, outcome, 'a') FILTER (WHERE id < 30)).rows AS filtered
FROM sends GROUP BY kind ORDER BY kind;
SELECT array_agg(DISTINCT (m).rows) AS windows FROM (SELECT evaluate_policy(recommended, sent, outcome, 'a') OVER (ORDER BY id ROWS 9 PRECEDING) AS m FROM sends) w;
SELECT (evaluate_policy('a', 'a', '1', 'a')).value, (evaluate_policy('a', 'a', '1', '0.5', '2', 'a')).value;
PREPARE four AS SELECT (evaluate_policy($1, $2, $3, $4)).value;
EXECUTE four('a', 'a', 2, NULL);
DEALLOCATE four;
-- Hostile names, and 64 campaigns.
SELECT (evaluate_policy(name, name, 1, name)).value, (evaluate_policy(name, name, 1, name)).gain
FROM unnest(ARRAY['', '"quoted" ''it''', E'\\ \n\t', 'größe 🎁', repeat('x', 100000)]) name GROUP BY name ORDER BY octet_length(name);
SELECT (evaluate_policy('c' || k, CASE WHEN id % 2 = 0 THEN 'c' || k END, k, NULL)).* FROM generate_series(1, 64) k, generate_series(1, 4) id;
SELECT (evaluate_policy('c' || k, 'c' || k, k, 'c1')).rows_followed FROM generate_series(1, 64) k;
SELECT * FROM failure($$SELECT evaluate_policy('c' || k, NULL, k, NULL) FROM generate_series(1, 65) k$$);
SELECT * FROM failure($$SELECT evaluate_policy('a', repeat('y', 200) || k, k, NULL) FROM generate_series(1, 64) k$$);
-- Parallel plans give the same, bit by bit, also where workers meet the campaigns in another order.
CREATE TABLE results AS SELECT kind, m FROM evaluated;
SET min_parallel_table_scan_size = 0;
SET parallel_setup_cost = 0;
SET parallel_tuple_cost = 0;
ALTER TABLE sends SET (parallel_workers = 2);
SELECT plan_nodes('SELECT evaluate_policy(recommended, sent, outcome, probability, weight, ''a'') FROM sends');
CREATE TABLE by_all AS SELECT kind, m FROM evaluated;
SET parallel_leader_participation = off;
CREATE TABLE by_workers AS SELECT kind, m FROM evaluated;
INSERT INTO results SELECT 'plain', evaluate_policy(recommended, sent, outcome, 'a' ORDER BY id DESC) FROM sends;
SELECT kind, count(*), count(DISTINCT m) AS results
FROM (SELECT * FROM results UNION ALL SELECT * FROM by_all UNION ALL SELECT * FROM by_workers) r GROUP BY kind ORDER BY kind;
-- The states of workers have together too many campaigns, or different baselines. Which row says so depends on the plan.
SELECT substring(message FROM '^\w+: \w+') AS message FROM failure($$SELECT evaluate_policy('r' || id, 's' || id, outcome, 'a') FROM sends WHERE id < 40$$) message LIMIT 1;
SELECT substring(message FROM '^\w+: \w+') AS message FROM failure($$SELECT evaluate_policy(recommended, sent, outcome, 'b' || id % 2) FROM sends$$) message LIMIT 1;
-- Errors.
SELECT * FROM failure($$SELECT evaluate_policy('a', 'a', o, 'a') FROM unnest(ARRAY[1, 'Infinity'::float8]) o$$);
SELECT * FROM failure($$SELECT evaluate_policy('a', 'a', 1, p, 1, 'a') FROM unnest(ARRAY[0.5, NULL]) p$$);
SELECT * FROM failure($$SELECT evaluate_policy('a', 'a', 1, 1, 1, 'a')$$);
SELECT * FROM failure($$SELECT evaluate_policy('a', 'a', 1, 'NaN', 1, 'a')$$);
SELECT * FROM failure($$SELECT evaluate_policy('a', 'a', NULL, NULL, -0.5, 'a')$$);
SELECT * FROM failure($$SELECT evaluate_policy('a', 'a', 1, b) FROM unnest(ARRAY['a', NULL]) b$$);
SELECT * FROM failure($$SELECT evaluate_policy('a', 'a', 1e200, 'a')$$);
DROP VIEW evaluated;
DROP TABLE sends, results, by_all, by_workers;
