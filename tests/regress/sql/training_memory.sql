-- pg_intent.training_memory: one training samples its rows and says so, many at once are an error.
SET pg_intent.progress = off;
SET pg_intent.training_memory = '1MB';
\set options '''{"ensemble": 1, "epochs": 10, "hidden_layers": [2]}'''
CREATE TABLE many AS SELECT * FROM simulate_customers(20000, seed => 3);
SET max_parallel_workers_per_gather = 0;
CREATE TABLE sampled AS SELECT 'serial' AS plan, train_intent_model(m, observed_segment, exposed, :options) AS model
FROM (SELECT * FROM many) c, LATERAL (SELECT c.recency, c.frequency, c.monetary, c.tenure, c.aov, c.discount_share, c.coupons, c.email_opens, c.noise1, c.noise2, c.cat1, c.cat2, c.cat3, c.cat4, c.cat5) m;
CREATE TABLE shuffled AS SELECT 'shuffled' AS plan, train_intent_model(m, observed_segment, exposed, :options) AS model
FROM (SELECT * FROM many ORDER BY hashint8(customer_id)) c, LATERAL (SELECT c.recency, c.frequency, c.monetary, c.tenure, c.aov, c.discount_share, c.coupons, c.email_opens, c.noise1, c.noise2, c.cat1, c.cat2, c.cat3, c.cat4, c.cat5) m;
-- Workers and the leader sample their rows, too, and together they come to the same sample.
SET max_parallel_workers_per_gather = 2;
SET min_parallel_table_scan_size = 0;
SET parallel_setup_cost = 0;
SET parallel_tuple_cost = 0;
ALTER TABLE many SET (parallel_workers = 2);
\set in_parallel 'SELECT train_intent_model(m, observed_segment, exposed, ' :options ') AS model FROM many c, LATERAL (SELECT c.recency, c.frequency, c.monetary, c.tenure, c.aov, c.discount_share, c.coupons, c.email_opens, c.noise1, c.noise2, c.cat1, c.cat2, c.cat3, c.cat4, c.cat5) m'
CREATE TABLE parallel AS SELECT 'parallel' AS plan, model FROM (:in_parallel) q;
SELECT plan_nodes(:'in_parallel');
SET max_parallel_workers_per_gather = 0;
SELECT count(DISTINCT model::bytea) AS models FROM (TABLE sampled UNION ALL TABLE shuffled UNION ALL TABLE parallel) m;
-- All groups at once, by a hash table.
SET enable_sort = off;
SET work_mem = '1GB';
\set grouped 'SELECT customer_id % 40 AS part, train_intent_model(f, observed_segment, ' :options ') AS model FROM many m, LATERAL (SELECT m.recency, m.frequency, m.tier, m.monetary, m.aov, m.noise1, m.noise2, m.cat1, m.cat2, m.cat3) f GROUP BY 1'
SELECT regexp_replace(line, '^54000: \d+ trainings at once hold \d+ MB, more than', '54000: N trainings at once hold N MB, more than') AS line
FROM failure(:'grouped') AS line;
-- As the hint says.
SET client_min_messages = error;
RESET enable_sort;
SET enable_hashagg = off;
SELECT count(*), count(model) AS models FROM (:grouped) q;
DROP TABLE many, sampled, shuffled, parallel;
