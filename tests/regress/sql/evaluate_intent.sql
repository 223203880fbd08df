-- evaluate_intent and calibration_curve: an intent, or another score, against what was so.
CREATE TABLE scored (id int, kind int, actual boolean, intent float8, weight float8) WITH (fillfactor = 10);
INSERT INTO scored SELECT i, i % 2, i * 7 % 11 < 4, (i * 13 % 29) / 28.0, 0.5 + i % 4 FROM generate_series(0, 59) i;
ANALYZE scored;
SET extra_float_digits = 0;
\x on
-- The figures of scikit-learn on this table are those of the tests of crates/decision.
SELECT (m).* FROM (SELECT evaluate_intent(actual, intent) AS m FROM scored) e;
SELECT (m).* FROM (SELECT evaluate_intent(actual, intent, weight) AS m FROM scored) e;
-- One class alone, scores that are no probabilities, and one score for all.
SELECT (m).* FROM (SELECT evaluate_intent(true, intent) AS m FROM scored) e;
SELECT (m).* FROM (SELECT evaluate_intent(actual, CASE id WHEN 0 THEN 'Infinity' WHEN 1 THEN '-Infinity' ELSE 10 * intent END) AS m FROM scored) e;
SELECT (m).* FROM (SELECT evaluate_intent(actual, 0.5) AS m FROM scored) e;
-- NULL values and weights of 0 are ignored; a weight of NULL counts as 1.
SELECT (m).* FROM (SELECT evaluate_intent(a, i, w) AS m
    FROM (VALUES (NULL, 0.5, 1), (true, NULL, 1), (true, 'NaN', 0), (true, 0.75, NULL), (false, 0.5, 1)) v(a, i, w)) e;
SELECT (m).* FROM (SELECT evaluate_intent(NULL, 0.5) AS m) e;
\x off
SELECT evaluate_intent(actual, intent) IS NULL AS none, evaluate_intent(actual, intent, weight) IS NULL AS none,
    calibration_curve(actual, intent) IS NULL AS none FROM scored WHERE false;
SELECT calibration_curve(NULL, 0.5) IS NULL AS none;
-- The bins: ten of them, or as many as are asked for; tied scores stay together and empty bins are left out.
SELECT b.* FROM (SELECT calibration_curve(actual, intent) AS bins FROM scored) c, unnest(bins) b;
SELECT b.* FROM (SELECT calibration_curve(actual, intent, 3) AS bins FROM scored) c, unnest(bins) b;
SELECT b.* FROM (SELECT calibration_curve(actual, intent, weight, 3) AS bins FROM scored) c, unnest(bins) b;
SELECT b.* FROM (SELECT calibration_curve(actual, CASE WHEN id < 50 THEN 0.5 ELSE 'Infinity' END, 4) AS bins FROM scored) c, unnest(bins) b;
SELECT calibration_curve(actual, intent, NULL) = calibration_curve(actual, intent, 10) AS same, calibration_curve(actual, intent, NULL, NULL) = calibration_curve(actual, intent) AS same FROM scored;
-- GROUP BY, FILTER, windows, and untyped literals.
SELECT kind, (evaluate_intent(actual, intent)).rows, (evaluate_intent(actual, intent) FILTER (WHERE id < 20)).rows AS filtered,
    cardinality(calibration_curve(actual, intent)) AS bins FROM scored GROUP BY kind ORDER BY kind;
SELECT array_agg(DISTINCT (m).rows) AS windows FROM (SELECT evaluate_intent(actual, intent) OVER (ORDER BY id ROWS 9 PRECEDING) AS m FROM scored) w;
SELECT (evaluate_intent('true', '0.5')).rows, (evaluate_intent('true', '0.5', '2')).brier, calibration_curve('true', '0.5'), calibration_curve('true', '0.5', '3'), calibration_curve('true', '0.5', '2', '3');
PREPARE four AS SELECT calibration_curve($1, $2, $3, $4);
EXECUTE four(false, 0.25, 2, 1);
DEALLOCATE four;
-- Parallel plans give the same, bit by bit where sums are of whole numbers.
CREATE VIEW evaluated AS SELECT evaluate_intent(actual, intent) AS m, calibration_curve(actual, intent) AS bins, round((evaluate_intent(actual, intent, weight)).auc::numeric, 12) AS auc FROM scored;
CREATE TABLE results AS SELECT * FROM evaluated;
SET min_parallel_table_scan_size = 0;
SET parallel_setup_cost = 0;
SET parallel_tuple_cost = 0;
ALTER TABLE scored SET (parallel_workers = 2);
SELECT plan_nodes('SELECT evaluate_intent(actual, intent, weight) FROM scored');
CREATE TABLE by_all AS SELECT * FROM evaluated;
SET parallel_leader_participation = off;
CREATE TABLE by_workers AS SELECT * FROM evaluated;
SELECT count(*), count(DISTINCT r) AS results FROM (SELECT * FROM results UNION ALL SELECT * FROM by_all UNION ALL SELECT * FROM by_workers) r;
-- The workers' states have different numbers of bins. Which row says so depends on the plan.
SELECT substring(message FROM '^\w+: the number of points or bins') AS message FROM failure('SELECT calibration_curve(actual, intent, id % 2 + 1) FROM scored') message LIMIT 1;
-- Errors.
SELECT * FROM failure($$SELECT evaluate_intent(true, 'NaN')$$);
SELECT * FROM failure($$SELECT evaluate_intent(NULL, 0.5, -1)$$);
SELECT * FROM failure($$SELECT evaluate_intent(true, 0.5, 'Infinity')$$);
SELECT * FROM failure($$SELECT calibration_curve(true, 0.5, 0)$$);
SELECT * FROM failure($$SELECT calibration_curve(true, 0.5, 1, 10001)$$);
DROP VIEW evaluated;
DROP TABLE scored, results, by_all, by_workers;
