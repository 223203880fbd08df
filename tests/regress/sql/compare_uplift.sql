-- Comparison of two scores on the same customers.
CREATE TABLE sends AS
SELECT i AS id, (i * 7 % 12)::float8 AS a, (i * 5 % 9)::float8 AS b, i * 5 % 7 < 4 AS exposed, (i * 11 % 5 < 2)::int::float8 AS outcome,
    .3 + .1 * (i % 4) AS propensity, (1 + i % 3)::float8 AS weight
FROM generate_series(0, 59) i;

-- The figures are those of evaluate_uplift, and their difference has an error of its own.
SELECT e.key, round(e.value::numeric, 9) AS value
FROM (SELECT compare_uplift(a, b, exposed, outcome) AS c FROM sends) s, LATERAL json_each_text(row_to_json(s.c)) e;
SELECT e.key, round(e.value::numeric, 9) AS value
FROM (SELECT compare_uplift(a, b, exposed, outcome, propensity, weight) AS c FROM sends) s,
    LATERAL json_each_text(row_to_json(s.c)) e;
SELECT (c).qini_a = (a).qini AS a, (c).qini_b = (b).qini AS b, abs((c).top_30_difference - ((a).uplift_top_30 - (b).uplift_top_30)) < 1e-12 AS top
FROM (SELECT compare_uplift(a, b, exposed, outcome, propensity, weight) AS c, evaluate_uplift(a, exposed, outcome, propensity, weight) AS a,
    evaluate_uplift(b, exposed, outcome, propensity, weight) AS b FROM sends) s;
-- A score does not differ from itself.
SELECT (c).qini_difference, (c).difference_se, (c).top_30_difference, (c).top_30_difference_se
FROM (SELECT compare_uplift(a, a, exposed, outcome) AS c FROM sends) s;

-- A row with a NULL in either score, exposed or outcome is left out. No rows: NULL; one arm alone: the number of rows.
SELECT (compare_uplift(NULLIF(a, 3), NULLIF(b, 2), exposed, outcome, NULL, CASE WHEN id > 0 THEN weight ELSE 0 END)).rows FROM sends;
SELECT compare_uplift(a, b, exposed, outcome) IS NULL AS is_null FROM sends WHERE false;
SELECT compare_uplift(a, b, exposed, outcome) FROM sends WHERE exposed;
SELECT (compare_uplift('1', '2', 'true', '0')).rows AS four, (compare_uplift('1', '2', 'true', '0', '.5', '1')).rows AS six;
SELECT f.* FROM unnest(ARRAY[
    $$SELECT compare_uplift(a, 'NaN', exposed, outcome) FROM sends$$,
    $$SELECT compare_uplift('NaN', b, exposed, outcome) FROM sends$$,
    $$SELECT compare_uplift(a, b, exposed, 'Infinity') FROM sends$$,
    $$SELECT compare_uplift(a, b, exposed, outcome, NULL, -1) FROM sends$$,
    $$SELECT compare_uplift(a, b, exposed, outcome, 0, NULL) FROM sends$$,
    $$SELECT compare_uplift(a, b, exposed, outcome, CASE WHEN id > 5 THEN .5 END, NULL) FROM sends$$
]) s, LATERAL failure(s) f;

-- Every plan gives one result, also where there are too many pairs to tell apart.
CREATE TABLE many AS SELECT i, hashint8(i) / 4294967296.0 + .5 AS a, hashint8(i) / 8589934592.0 + hashint8(i + 7) / 8589934592.0 AS b,
    hashint8(i + 1000000) % 3 > 0 AS exposed, (hashint8(i + 2000000) % 10 = 0)::int::float8 AS outcome
FROM generate_series(1, 100000) i;
ALTER TABLE many SET (parallel_workers = 2);
ANALYZE many;
CREATE TABLE results (plan text, c uplift_comparison);
SET parallel_setup_cost = 0;
SET parallel_tuple_cost = 0;
SELECT * FROM plan_nodes('SELECT compare_uplift(a, b, exposed, outcome) FROM many');
INSERT INTO results SELECT 'parallel', compare_uplift(a, b, exposed, outcome) FROM many;
SET max_parallel_workers_per_gather = 0;
INSERT INTO results SELECT 'serial', compare_uplift(a, b, exposed, outcome) FROM many;
INSERT INTO results SELECT 'ordered', compare_uplift(a, b, exposed, outcome ORDER BY i DESC) FROM many;
RESET max_parallel_workers_per_gather;
RESET parallel_setup_cost;
RESET parallel_tuple_cost;
SELECT count(DISTINCT (c).rows) AS rows, max(abs((c).qini_difference - s.qini_difference)) < 1e-13 AS difference,
    max(abs((c).difference_se / s.difference_se - 1)) < 1e-11 AS se, max(abs((c).top_30_difference_se / s.top_30_difference_se - 1)) < 1e-11 AS top_se
FROM results, LATERAL (SELECT (r.c).* FROM results r WHERE plan = 'serial') s;
DROP TABLE many, results, sends;
