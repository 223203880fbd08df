-- evaluate_segments: accuracy, F1 and confusion of predicted segments.
CREATE TABLE named (id int, kind int, actual text, predicted text, weight float8) WITH (fillfactor = 10);
INSERT INTO named SELECT i, i % 2, s[1 + i * 7 % 11 % 3], s[1 + i * 5 % 13 % 3], 0.5 + i % 4
FROM generate_series(0, 59) i, (SELECT ARRAY['low_engagement', 'organic', 'campaign_driven']) AS names(s);
ANALYZE named;
\x on
-- The figures of scikit-learn (accuracy_score, precision_recall_fscore_support with sample_weight) on this table are
-- those of the tests of crates/decision.
SELECT (m).* FROM (SELECT evaluate_segments(actual, predicted, weight) AS m FROM named) e;
SELECT (m).* FROM (SELECT evaluate_segments(actual, predicted) AS m FROM named) e;
-- A segment that does not occur has no figures; one that is never right has an F1 of 0.
SELECT (m).* FROM (SELECT evaluate_segments(a, p) AS m FROM (VALUES ('organic', 'organic'), ('organic', 'low_engagement')) v(a, p)) e;
-- NULL segments and weights of 0 are ignored; a weight of NULL counts as 1.
SELECT (m).* FROM (SELECT evaluate_segments(a, p, w) AS m
    FROM (VALUES ('organic', NULL, 1.0), (NULL, 'organic', 1), (NULL, NULL, NULL), ('organic', 'organic', 0), ('organic', 'organic', NULL)) v(a, p, w)) e;
-- Nothing but ignored rows has counts alone; no rows give NULL.
SELECT (m).* FROM (SELECT evaluate_segments(NULL, 'organic') AS m) e;
\x off
SELECT evaluate_segments(actual, predicted) IS NULL AS none, evaluate_segments(actual, predicted, weight) IS NULL AS none FROM named WHERE false;
-- GROUP BY, FILTER, ORDER BY, windows, and untyped literals.
SELECT kind, (evaluate_segments(actual, predicted)).rows, (evaluate_segments(actual, predicted) FILTER (WHERE id < 20)).rows AS filtered,
    (evaluate_segments(actual, predicted, weight ORDER BY id DESC)).accuracy = (evaluate_segments(actual, predicted, weight)).accuracy AS same
FROM named GROUP BY kind ORDER BY kind;
SELECT array_agg(DISTINCT (m).rows) AS windows FROM (SELECT evaluate_segments(actual, predicted) OVER (ORDER BY id ROWS 9 PRECEDING) AS m FROM named) w;
SELECT (evaluate_segments('organic', 'organic')).accuracy, (evaluate_segments('organic', 'organic', '2')).confusion;
PREPARE three AS SELECT (evaluate_segments($1, $2, $3)).confusion;
EXECUTE three('organic', 'campaign_driven', 1.5);
DEALLOCATE three;
-- Parallel plans give the same, bit by bit.
CREATE TABLE results AS SELECT evaluate_segments(actual, predicted, weight) AS m FROM named;
SET min_parallel_table_scan_size = 0;
SET parallel_setup_cost = 0;
SET parallel_tuple_cost = 0;
ALTER TABLE named SET (parallel_workers = 2);
SELECT plan_nodes('SELECT evaluate_segments(actual, predicted, weight) FROM named');
CREATE TABLE by_all AS SELECT evaluate_segments(actual, predicted, weight) AS m FROM named;
SET parallel_leader_participation = off;
CREATE TABLE by_workers AS SELECT evaluate_segments(actual, predicted, weight) AS m FROM named;
SELECT count(*), count(DISTINCT m) AS results FROM (SELECT m FROM results UNION ALL SELECT m FROM by_all UNION ALL SELECT m FROM by_workers) r;
-- Errors.
SELECT * FROM failure($$SELECT evaluate_segments('other', 'organic')$$);
SELECT * FROM failure($$SELECT evaluate_segments('organic', 'it''s "odd"')$$);
SELECT * FROM failure($$SELECT evaluate_segments('organic', 'organic', -1)$$);
SELECT * FROM failure($$SELECT evaluate_segments(NULL, 'organic', 'NaN')$$);
SELECT * FROM failure($$SELECT evaluate_segments('organic', 'organic', 'Infinity')$$);
DROP TABLE named, results, by_all, by_workers;
