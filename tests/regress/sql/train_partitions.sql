-- Training on partitioned tables: each partition's rows are gathered apart, then merged, to the same bytes.
SET client_min_messages = error;
SET pg_intent.progress = off;
SET max_parallel_workers_per_gather = 0;
\set options '''{"epochs": 10, "ensemble": 1, "hidden_layers": [4]}'''
CREATE TABLE whole AS SELECT customer_id, customer_id % 4 AS part, recency, frequency, app_user, observed_segment, exposed
FROM simulate_customers(2000, seed => 5);
CREATE TABLE parts (LIKE whole) PARTITION BY LIST (part);
CREATE TABLE part0 PARTITION OF parts FOR VALUES IN (0);
CREATE TABLE part1 PARTITION OF parts FOR VALUES IN (1);
CREATE TABLE part2 PARTITION OF parts FOR VALUES IN (2);
-- One with its columns in another place, and one without rows.
CREATE TABLE part3 (gone int, exposed boolean, observed_segment text, app_user boolean,
    frequency float8, recency float8, part bigint, customer_id bigint);
ALTER TABLE part3 DROP COLUMN gone;
ALTER TABLE parts ATTACH PARTITION part3 FOR VALUES IN (3);
CREATE TABLE part4 PARTITION OF parts FOR VALUES IN (4);
INSERT INTO parts SELECT * FROM whole ORDER BY hashint8(customer_id);
ANALYZE whole, parts;
\set features 'LATERAL (SELECT c.recency, c.frequency, c.app_user) f'
\set training 'train_intent_model(f, observed_segment, exposed, ' :options ') AS model FROM '
CREATE TABLE expected AS SELECT NULL::bigint AS part, :training whole c, :features;
INSERT INTO expected SELECT part, :training whole c, :features GROUP BY part;

-- One model of each partition, and one of all.
SET enable_partitionwise_aggregate = on;
\set apart 'SELECT part, ' :training ' parts c, ' :features ' WHERE part < 4 GROUP BY part'
\set together 'SELECT NULL::bigint AS part, ' :training ' parts c, ' :features
SELECT plan_nodes(:'apart');
SELECT q.part, q.model::bytea = e.model::bytea AS same
FROM (:apart UNION ALL :together) q JOIN expected e ON e.part IS NOT DISTINCT FROM q.part ORDER BY q.part;

-- Groups that cross partitions, each merged from partial groups.
\set crossing 'SELECT customer_id % 5 AS fifth, ' :training ' parts c, ' :features ' GROUP BY 1'
SELECT plan_nodes(:'crossing');
SELECT fifth, q.model::bytea = (SELECT model::bytea FROM (SELECT :training whole c, :features WHERE customer_id % 5 = fifth) e) AS same
FROM (:crossing) q ORDER BY fifth;

-- The table's own row as features, wherever a partition has its columns.
SELECT (SELECT train_intent_model(c, observed_segment, exposed, :options)::bytea FROM parts c)
    = (SELECT train_intent_model(c, observed_segment, exposed, :options)::bytea FROM whole c) AS whole_row;

-- Partitions read by parallel workers: the rows of each are gathered there.
SET max_parallel_workers_per_gather = 2;
SET min_parallel_table_scan_size = 0;
SET parallel_setup_cost = 0;
SET parallel_tuple_cost = 0;
SELECT plan_nodes(:'together');
SELECT q.model::bytea = e.model::bytea AS same FROM (:together) q, expected e WHERE e.part IS NULL;
-- Partial groups in hash tables, which PostgreSQL may read again.
SET enable_sort = off;
SET work_mem = '1GB';
SET parallel_tuple_cost = 1;
\set hashed 'SELECT c.app_user, ' :training ' parts c, ' :features ' GROUP BY 1'
SELECT plan_nodes(:'hashed');
SELECT q.app_user, q.model::bytea = (SELECT model::bytea FROM (SELECT :training whole c, :features WHERE c.app_user = q.app_user) e) AS same
FROM (:hashed) q ORDER BY 1;
DROP TABLE whole, parts, expected;
