-- Evaluation of a score by uplift: the figures, the gain curve, bins, and what is refused.
CREATE TABLE sends AS
SELECT i AS id, (i * 7 % 12)::float8 AS score, i * 5 % 7 < 4 AS exposed, (i * 11 % 5 < 2)::int::float8 AS outcome,
    .3 + .1 * (i % 4) AS propensity, (1 + i % 3)::float8 AS weight
FROM generate_series(0, 59) i;

-- The figures are those of the reference.
SELECT e.key, round(e.value::numeric, 9) AS value
FROM (SELECT evaluate_uplift(score, exposed, outcome) AS m FROM sends) s, LATERAL json_each_text(row_to_json(s.m)) e;
SELECT e.key, round(e.value::numeric, 9) AS value
FROM (SELECT evaluate_uplift(score, exposed, outcome, propensity, weight) AS m FROM sends) s,
    LATERAL json_each_text(row_to_json(s.m)) e;

-- The curve and the bins are arrays of rows.
SELECT p.share, p.customers, p.score, round(p.gain::numeric, 9) AS gain, round(p.gain_se::numeric, 9) AS gain_se,
    round(p.random_gain::numeric, 9) AS random_gain
FROM (SELECT uplift_curve(score, exposed, outcome, 4) AS points FROM sends WHERE id > 0) s, unnest(s.points) p;
SELECT p.share, p.customers, p.score, round(p.gain::numeric, 9) AS gain, round(p.gain_se::numeric, 9) AS gain_se
FROM (SELECT uplift_curve(score, exposed, outcome, propensity, weight, 2) AS points FROM sends) s, unnest(s.points) p;
SELECT b.bin, b.customers, b.rows_exposed, b.rows_unexposed, b.score_from, b.score_to, b.predicted,
    round(b.observed::numeric, 9) AS observed, round(b.observed_se::numeric, 9) AS observed_se
FROM (SELECT uplift_bins(score, exposed, outcome, 3) AS bins FROM sends) s, unnest(s.bins) b;
SELECT b.bin, b.customers, b.rows_exposed, b.rows_unexposed, b.predicted, round(b.observed::numeric, 9) AS observed
FROM (SELECT uplift_bins(score, exposed, outcome, propensity, weight, 2) AS bins FROM sends) s, unnest(s.bins) b;
SELECT cardinality(uplift_curve(score, exposed, outcome)) AS points, cardinality(uplift_bins(score, exposed, outcome)) AS bins
FROM sends;
-- Equal scores stay together, and empty bins are left out.
SELECT b.bin, b.customers FROM (SELECT uplift_bins(1, exposed, outcome) AS bins FROM sends) s, unnest(s.bins) b;

-- A row with a NULL is left out and counted, and so is weight 0; a weight of NULL is 1.
SELECT (m).rows, (m).rows_ignored, (m).rows_exposed
FROM (SELECT evaluate_uplift(NULLIF(score, 3), CASE WHEN id % 10 > 0 THEN exposed END, NULLIF(outcome, 1),
    NULL, CASE WHEN id = 2 THEN 0 WHEN id = 4 THEN NULL ELSE 1 END) AS m FROM sends) s;
-- No rows: NULL. Without exposed or unexposed customers there are counts and means alone.
SELECT evaluate_uplift(score, exposed, outcome) IS NULL AS is_null, uplift_curve(score, exposed, outcome) IS NULL AS curve,
    uplift_bins(score, exposed, outcome) IS NULL AS bins
FROM sends WHERE false;
SELECT evaluate_uplift(score, exposed, outcome) FROM sends WHERE exposed;
SELECT evaluate_uplift(score, exposed, outcome) FROM sends WHERE NOT exposed;
SELECT evaluate_uplift(NULL, exposed, outcome) FROM sends;
SELECT uplift_curve(score, exposed, outcome) IS NULL AS no_curve, (uplift_bins(score, exposed, outcome, 1))[1] FROM sends
WHERE exposed;
-- Infinite scores are ranks, and -0 is 0.
SELECT (a).qini = (b).qini AS same_qini, (a).predicted_uplift, (a).calibration_slope
FROM (SELECT evaluate_uplift(CASE score WHEN 11 THEN 'Infinity' WHEN 0 THEN '-Infinity' ELSE score END, exposed, outcome) AS a,
    evaluate_uplift(score, exposed, outcome) AS b FROM sends) s;
SELECT cardinality(uplift_bins(CASE WHEN id % 2 = 0 THEN 0 ELSE '-0' END::float8, exposed, outcome, 50)) AS bins FROM sends;

-- Groups, filters and literals without a type.
SELECT id % 2 AS half, round((evaluate_uplift(score, exposed, outcome) FILTER (WHERE id > 9)).qini::numeric, 9) AS qini
FROM sends GROUP BY 1 ORDER BY 1;
SELECT (evaluate_uplift('1', 'true', '0')).rows AS three, (evaluate_uplift('1', 'true', '0', '.5', '1')).rows AS five,
    cardinality(uplift_curve('1', 'true', '0')) AS curve_three, cardinality(uplift_curve('1', 'true', '0', '5')) AS curve_four,
    cardinality(uplift_curve('1', 'true', '0', '.5', '1', '5')) AS curve_six, cardinality(uplift_bins('1', 'true', '0')) AS bins_three,
    cardinality(uplift_bins('1', 'true', '0', '5')) AS bins_four, cardinality(uplift_bins('1', 'true', '0', '.5', '1', '5')) AS bins_six;

-- These values are refused.
SELECT f.* FROM unnest(ARRAY[
    $$SELECT evaluate_uplift('NaN', exposed, outcome) FROM sends$$,
    $$SELECT evaluate_uplift(score, exposed, 'Infinity') FROM sends$$,
    $$SELECT evaluate_uplift(score, exposed, 'NaN') FROM sends$$,
    $$SELECT evaluate_uplift(score, exposed, outcome, NULL, -1) FROM sends$$,
    $$SELECT evaluate_uplift(score, exposed, outcome, NULL, 'NaN') FROM sends$$,
    $$SELECT evaluate_uplift(score, exposed, outcome, NULL, 'Infinity') FROM sends$$,
    $$SELECT evaluate_uplift(score, exposed, outcome, 1, NULL) FROM sends$$,
    $$SELECT evaluate_uplift(score, exposed, outcome, 'NaN', NULL) FROM sends$$,
    $$SELECT evaluate_uplift(score, exposed, outcome, CASE WHEN id > 5 THEN .5 END, NULL) FROM sends$$,
    $$SELECT uplift_curve(score, exposed, outcome, 0) FROM sends$$,
    $$SELECT uplift_curve(score, exposed, outcome, 10001) FROM sends$$,
    $$SELECT uplift_bins(score, exposed, outcome, -1) FROM sends$$,
    $$SELECT uplift_bins(score, exposed, outcome, id) FROM sends$$
]) s, LATERAL failure(s) f;

-- Every plan gives one result: parallel workers, one process, and the rows in another order. Beyond 262144 scores some are
-- not told apart, and the result says what that can cost.
CREATE TABLE many AS SELECT i, hashint8(i) / 4294967296.0 + .5 AS score, hashint8(i + 1000000) % 3 > 0 AS exposed,
    (hashint8(i + 2000000) % 10 = 0)::int::float8 AS outcome
FROM generate_series(1, 400000) i;
ALTER TABLE many SET (parallel_workers = 2);
ANALYZE many;
CREATE TABLE results (plan text, m uplift_metrics);
SET parallel_setup_cost = 0;
SET parallel_tuple_cost = 0;
SELECT * FROM plan_nodes('SELECT evaluate_uplift(score, exposed, outcome) FROM many');
INSERT INTO results SELECT 'parallel', evaluate_uplift(score, exposed, outcome) FROM many;
SET max_parallel_workers_per_gather = 0;
INSERT INTO results SELECT 'serial', evaluate_uplift(score, exposed, outcome) FROM many;
INSERT INTO results SELECT 'ordered', evaluate_uplift(score, exposed, outcome ORDER BY i DESC) FROM many;
RESET max_parallel_workers_per_gather;
RESET parallel_setup_cost;
RESET parallel_tuple_cost;
SELECT count(DISTINCT (m).rows) AS rows, max(abs((m).qini / s.qini - 1)) < 1e-12 AS qini,
    max(abs((m).qini_se / s.qini_se - 1)) < 1e-12 AS qini_se, max(abs((m).calibration_slope / s.calibration_slope - 1)) < 1e-9 AS slope,
    max(abs((m).error_bound / s.error_bound - 1)) < 1e-12 AS error_bound, bool_and((m).error_bound BETWEEN 1e-9 AND 1e-4) AS is_small
FROM results, LATERAL (SELECT (r.m).* FROM results r WHERE plan = 'serial') s;
-- All states of a session stay within the memory that is set.
SET pg_intent.training_memory = '4MB';
SELECT regexp_replace(f, 'hold \d+ MB', 'hold _ MB') AS failure
FROM failure('SELECT evaluate_uplift(score, exposed, outcome) FROM many') f;
RESET pg_intent.training_memory;
DROP TABLE many, results, sends;
