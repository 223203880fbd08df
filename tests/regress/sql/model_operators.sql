-- Models compare, sort and hash as their bytes do.
CREATE TABLE kept AS SELECT kind, model FROM models UNION ALL SELECT kind || ' again', model FROM models;
ANALYZE kept;

SELECT a.kind, b.kind, a.model = b.model AS eq, a.model <> b.model AS ne, (a.model < b.model) = (a.model::bytea < b.model::bytea) AS lt,
    (a.model <= b.model) = (a.model::bytea <= b.model::bytea) AS le, (a.model > b.model) = (a.model::bytea > b.model::bytea) AS gt,
    (a.model >= b.model) = (a.model::bytea >= b.model::bytea) AS ge
FROM models a, models b ORDER BY 1, 2;
SELECT intent_model_cmp(a.model, b.model) = CASE WHEN a.kind = b.kind THEN 0 WHEN a.model::bytea < b.model::bytea THEN -1 ELSE 1 END AS cmp,
    (intent_model_hash(a.model) = intent_model_hash(b.model)) = (a.kind = b.kind) AS hash FROM models a, models b;

SELECT count(*), count(DISTINCT model) FROM kept;
SELECT count(*) FROM (SELECT DISTINCT model FROM kept) d;
SELECT count(*) FROM (SELECT model FROM kept UNION SELECT model FROM models) u;
SELECT count(*) FROM (SELECT model FROM kept EXCEPT SELECT model FROM models) e;
SELECT count(*) FROM (SELECT kept FROM kept UNION SELECT kept FROM kept) whole_rows;
SELECT count(*) AS rows FROM kept GROUP BY model ORDER BY model;
SELECT array_agg(model::bytea ORDER BY model) = array_agg(model::bytea ORDER BY model::bytea) AS ordered FROM kept;
SELECT model IN (SELECT model FROM kept) AS found, model IS NOT DISTINCT FROM model AS same FROM models;

-- Each kind of join, and each kind of index.
SET enable_mergejoin = off;
SET enable_nestloop = off;
EXPLAIN (COSTS OFF) SELECT FROM kept k JOIN models m ON k.model = m.model;
SELECT count(*) FROM kept k JOIN models m ON k.model = m.model;
RESET enable_mergejoin;
SET enable_hashjoin = off;
EXPLAIN (COSTS OFF) SELECT FROM kept k JOIN models m ON k.model = m.model;
SELECT count(*) FROM kept k JOIN models m ON k.model = m.model;
RESET enable_nestloop;
RESET enable_hashjoin;
SET enable_hashagg = off;
SELECT count(*) FROM (SELECT DISTINCT model FROM kept) d;
RESET enable_hashagg;
CREATE INDEX by_hash ON kept USING hash (model);
SET enable_seqscan = off;
SELECT count(*) FROM kept WHERE model = (SELECT model FROM models WHERE kind = 'row');
RESET enable_seqscan;
CREATE TABLE parts (kind text, model intent_model) PARTITION BY HASH (model);
CREATE TABLE parts_0 PARTITION OF parts FOR VALUES WITH (MODULUS 2, REMAINDER 0);
CREATE TABLE parts_1 PARTITION OF parts FOR VALUES WITH (MODULUS 2, REMAINDER 1);
INSERT INTO parts SELECT kind, model FROM kept;
SELECT count(*) = (SELECT count(*) FROM kept) AS all_rows FROM parts;
DROP TABLE parts;
-- A model is too large for a B-tree's key; a hash index keeps models unique.
CREATE TABLE unique_models (model intent_model, EXCLUDE USING hash (model WITH =));
INSERT INTO unique_models SELECT model FROM kept ON CONFLICT DO NOTHING;
SELECT count(*) FROM unique_models;

-- Logical replication finds rows without a key by comparing all columns.
SET client_min_messages = error;
CREATE PUBLICATION kept_models FOR TABLE kept;
RESET client_min_messages;
SELECT * FROM failure('UPDATE kept SET kind = upper(kind)');
ALTER TABLE kept REPLICA IDENTITY FULL;
UPDATE kept SET kind = upper(kind);
DELETE FROM kept WHERE kind LIKE '%AGAIN';
SELECT kind FROM kept ORDER BY kind;
DROP PUBLICATION kept_models;
DROP TABLE kept, unique_models;
