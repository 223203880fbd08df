-- Trains one model of each mode, for each number of threads and each plan, and prints the hash of its bytes.
-- scripts/same-bytes runs it in two trees, so it uses only what both have.

CREATE EXTENSION pg_intent;
-- The settings of the extension exist once one of its functions was called.
SELECT FROM train_options() WHERE false;
SET pg_intent.progress = off;
SET client_min_messages = warning;

CREATE TABLE customers AS SELECT * FROM simulate_customers(20000, seed => 1);
CREATE TABLE exposed_customers AS SELECT * FROM simulate_customers(20000, exposed_share => 1, seed => 2);
ANALYZE customers, exposed_customers;

-- The plan depends on max_parallel_workers_per_gather alone.
SET min_parallel_table_scan_size = 0;
SET parallel_setup_cost = 0;
SET parallel_tuple_cost = 0;
SET parallel_leader_participation = on;

CREATE TEMPORARY TABLE modes (
    place serial, mode text, features text DEFAULT 'f', labels text, source text, options jsonb, memory text DEFAULT '256MB'
);
INSERT INTO modes (mode, labels, source, options) VALUES
    ('simple', 'observed_segment', 'exposed_customers', '{"ensemble": 1}'),
    ('exposure, labels', 'observed_segment, exposed', 'customers', '{"ensemble": 1}'),
    ('exposure, no labels', $$replace(observed_segment, 'campaign_driven', 'organic'), exposed$$, 'customers',
        '{"ensemble": 1}'),
    ('splc', 'observed_segment', 'exposed_customers', '{"ensemble": 1, "correction": "splc"}'),
    ('no correction', 'observed_segment', 'exposed_customers', '{"ensemble": 1, "correction": "none"}'),
    ('committee, distilled', 'observed_segment, exposed', 'customers', '{"ensemble": 5, "distil": true}'),
    ('committee', 'observed_segment, exposed', 'customers', '{"ensemble": 5, "distil": false}'),
    ('grouped attribution', 'observed_segment', 'exposed_customers', '{"ensemble": 1, "attribution_by": "app_user"}'),
    ('propensity and weight', 'observed_segment, exposed, 0.6, 1 + c.tenure / 1000', 'customers', '{"ensemble": 1}'),
    ('array with NULLs', 'observed_segment', 'exposed_customers', '{"ensemble": 1}'),
    ('sample of the rows', 'observed_segment, exposed', 'customers', '{"ensemble": 1}');
UPDATE modes SET features = 'ARRAY[c.recency, nullif(c.frequency, 0), c.monetary, c.tenure, c.web_visits]'
WHERE mode = 'array with NULLs';
-- About a quarter of the rows fit into this.
UPDATE modes SET memory = '1MB' WHERE mode = 'sample of the rows';

CREATE TEMPORARY VIEW runs AS
SELECT place, mode, threads, plan, memory, format(
        'SELECT %L, %s, %L, encode(sha256(train_intent_model(%s, %s, %L::jsonb)::bytea), ''hex'')
         FROM %I c, LATERAL (
             SELECT c.recency, c.frequency, c.monetary, c.tenure, c.tier, c.app_user, c.email_opens, c.web_visits) f',
        mode, threads, plan, features, labels, options || '{"epochs": 10}', source) AS query
FROM modes, (VALUES (1), (2)) t (threads), (VALUES ('serial'), ('parallel')) p (plan);

-- Fails if the planner chose another plan than the run is named after.
CREATE FUNCTION pg_temp.check_plan(query text, plan text) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
    line text;
    found text := 'serial';
BEGIN
    FOR line IN EXECUTE 'EXPLAIN (COSTS OFF) ' || query LOOP
        IF line LIKE '%Gather%' THEN found := 'parallel'; END IF;
    END LOOP;
    IF found <> plan THEN RAISE EXCEPTION 'the plan is %, not %: %', found, plan, query; END IF;
END
$$;

SELECT command
FROM runs, LATERAL (VALUES
    (1, format('SET pg_intent.training_threads = %s', threads)),
    (2, format('SET pg_intent.training_memory = %L', memory)),
    (3, format('SET max_parallel_workers_per_gather = %s', CASE plan WHEN 'serial' THEN 0 ELSE 2 END)),
    (4, format('DO $do$BEGIN PERFORM pg_temp.check_plan(%L, %L); END$do$', query, plan)),
    (5, query)) c (step, command)
ORDER BY place, threads, plan DESC, step
\gexec
