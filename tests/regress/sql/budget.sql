-- budget_cutoff: the WHERE clause as documented costs at most the budget.
CREATE TABLE offers AS
SELECT i AS id, ((i * 37) % 101) / 10.0::float8 - 1 AS benefit, 0.25 + (i % 4) / 4.0::float8 AS cost
FROM generate_series(1, 1000) i;
ANALYZE offers;

SELECT budget, round(cutoff::numeric, 6) AS cutoff, contacted, spent, spent <= budget AS within
FROM unnest(ARRAY[0, 0.2, 100, 100.1, 555, 1e6]) budget, LATERAL (SELECT budget_cutoff(benefit, cost, budget) AS cutoff FROM offers) c,
    LATERAL (SELECT count(*) AS contacted, coalesce(sum(cost), 0) AS spent FROM offers WHERE benefit > 0 AND benefit >= cutoff * cost) o;

-- All fit, none fits, equal ratios in or out together, contacts that cost nothing.
SELECT budget_cutoff(b, c, 3) FROM (VALUES (3::float8, 1::float8), (2, 2)) v(b, c);
SELECT budget_cutoff(b, c, 0.5) > 3 FROM (VALUES (3::float8, 1::float8), (2, 2)) v(b, c);
SELECT budget_cutoff(b, c, 2) > 2 AS out_together FROM (VALUES (2::float8, 1::float8), (4, 2)) v(b, c);
SELECT budget_cutoff(b, c, 3) AS in_together FROM (VALUES (2::float8, 1::float8), (4, 2)) v(b, c);
SELECT budget_cutoff(1, 0, 0), budget_cutoff(-1, 5, 0);

-- No rows; a row without benefit or cost; a NULL budget; untyped literals, parameters.
SELECT budget_cutoff(benefit, cost, 10) FROM offers WHERE false;
SELECT budget_cutoff(b, c, 1) FROM (VALUES (NULL::float8, 1::float8), (2, NULL)) v(b, c);
SELECT budget_cutoff(benefit, cost, NULL) FROM offers;
SELECT budget_cutoff('3', '1', '2');
PREPARE cutoff AS SELECT budget_cutoff($1, $2, $3);
EXECUTE cutoff(3, 1, 2);

-- Groups, FILTER, and every plan.
SELECT id % 2 AS half, round(budget_cutoff(benefit, cost, 50)::numeric, 6) AS cutoff FROM offers GROUP BY 1 ORDER BY 1;
SELECT round((budget_cutoff(benefit, cost, 50) FILTER (WHERE id <= 500))::numeric, 6) AS cutoff FROM offers;
SELECT budget_cutoff(benefit, cost, 50) AS serial FROM offers \gset
SET parallel_setup_cost = 0; SET parallel_tuple_cost = 0; SET min_parallel_table_scan_size = 0;
SELECT plan_nodes('SELECT budget_cutoff(benefit, cost, 50) FROM offers');
SELECT budget_cutoff(benefit, cost, 50) = :serial AS parallel_is_serial FROM offers;
RESET parallel_setup_cost; RESET parallel_tuple_cost; RESET min_parallel_table_scan_size;
SELECT budget_cutoff(benefit, cost, 50 ORDER BY benefit) = :serial AS any_order_is_the_same FROM offers;

-- Errors.
SELECT failure($$SELECT budget_cutoff('NaN', 1, 1)$$);
SELECT failure($$SELECT budget_cutoff('Infinity', 1, 1)$$);
SELECT failure($$SELECT budget_cutoff(1, -1, 1)$$);
SELECT failure($$SELECT budget_cutoff(1, 'NaN', 1)$$);
SELECT failure($$SELECT budget_cutoff(1, 'Infinity', 1)$$);
SELECT failure($$SELECT budget_cutoff(NULL, -1, 1)$$);
SELECT failure($$SELECT budget_cutoff('NaN', NULL, 1)$$);
SELECT failure($$SELECT budget_cutoff(1, 1, -1)$$);
SELECT failure($$SELECT budget_cutoff(1, 1, 'NaN')$$);
SELECT failure($$SELECT budget_cutoff(1, 1, 'Infinity')$$);
SELECT failure($$SELECT budget_cutoff(1, 1, b) FROM (VALUES (1::float8), (2)) v(b)$$);
SELECT failure($$SELECT budget_cutoff(1, 1, b) FROM (VALUES (1::float8), (NULL)) v(b)$$);
SELECT failure($$SELECT budget_cutoff(1e308, 1e-5, 0)$$);

-- The memory that is set is enough for a budget that few customers reach, and none is taken without a budget.
SET pg_intent.training_memory = '4MB';
SELECT budget_cutoff(i, 1, 10), budget_cutoff(i, 1, NULL) FROM generate_series(1, 500000) i;
SELECT regexp_replace(f, 'hold \d+ MB', 'hold _ MB') AS failure
FROM failure('SELECT budget_cutoff(i, 1, 1e9) FROM generate_series(1, 500000) i') f;
RESET pg_intent.training_memory;

DROP TABLE offers;
