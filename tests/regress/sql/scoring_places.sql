-- Wherever a score may stand, it is the same one.
SELECT save_model('places by ' || kind, model) FROM models;
CREATE TABLE places AS SELECT * FROM customers;
ALTER TABLE places SET (parallel_workers = 2);
ANALYZE places;
CREATE TABLE serial AS SELECT customer_id, campaign_uplift(c, 'places by row') AS uplift FROM customers c;

-- In parallel workers alone, by name.
SET max_parallel_workers_per_gather = 2;
SET parallel_setup_cost = 0;
SET parallel_tuple_cost = 0;
SET min_parallel_table_scan_size = 0;
SET parallel_leader_participation = off;
EXPLAIN (COSTS OFF) SELECT count(*) FROM places p WHERE campaign_uplift(p, 'places by row') > 0.5;
SELECT count(*) = (SELECT count(*) FROM serial WHERE uplift > 0.5) AS same FROM places p WHERE campaign_uplift(p, 'places by row') > 0.5;
-- Also where this transaction has written what they use.
BEGIN;
SELECT save_model('places by row', model) > 1 AS saved FROM models WHERE kind = 'row';
SELECT sum(campaign_uplift(p, 'places by row')) BETWEEN sum(uplift) - 1e-6 AND sum(uplift) + 1e-6 AS same FROM places p JOIN serial USING (customer_id);
ROLLBACK;
RESET max_parallel_workers_per_gather;
RESET parallel_setup_cost;
RESET parallel_tuple_cost;
RESET min_parallel_table_scan_size;
RESET parallel_leader_participation;

-- It reads, and assigns no transaction ID.
BEGIN;
SELECT count(campaign_uplift(p, 'places by row')) AS scored, count(score_customer(p, 'places by row')) AS all_scored, count(correct_label(p, 'organic', true, 'places by row')) AS corrected FROM places p;
SELECT count(*) > 0 AS explained FROM explain_customer((SELECT p FROM places p WHERE customer_id = 1), 'places by row');
SELECT pg_current_xact_id_if_assigned() IS NULL AS only_read;
COMMIT;

-- What is cheaper is asked first.
EXPLAIN (COSTS OFF) SELECT 1 FROM places p WHERE campaign_uplift(p, 'places by row') > 0.5 AND customer_id < 10 AND app_user;

-- By value: an index over scores, one of few rows, both used by the same expressions.
CREATE FUNCTION uses_index(query text) RETURNS boolean LANGUAGE plpgsql AS $$
DECLARE
    line text;
BEGIN
    FOR line IN EXECUTE 'EXPLAIN (COSTS OFF) ' || query LOOP
        IF line ~ 'Index' THEN RETURN true; END IF;
    END LOOP;
    RETURN false;
END $$;
SELECT format('campaign_uplift(ARRAY[recency, frequency, discount_share], %L::intent_model)', model) AS score FROM models WHERE kind = 'array' \gset
CREATE INDEX by_score ON places (:score);
ANALYZE places;
SET enable_seqscan = off;
SELECT uses_index($$SELECT * FROM places WHERE $$ || :'score' || $$ > 0.6$$) AS used;
SELECT count(*) = (SELECT count(*) FROM customers WHERE campaign_uplift(ARRAY[recency, frequency, discount_share], 'places by array') > 0.6) AS same FROM places WHERE :score > 0.6;
DROP INDEX by_score;
CREATE INDEX of_few ON places (customer_id) WHERE :score > 0.6;
SELECT uses_index($$SELECT * FROM places WHERE customer_id < 100 AND $$ || :'score' || $$ > 0.6$$) AS used;
SELECT count(*) = (SELECT count(*) FROM customers WHERE customer_id < 1000 AND campaign_uplift(ARRAY[recency, frequency, discount_share], 'places by array') > 0.6) AS same
FROM places WHERE customer_id < 1000 AND :score > 0.6;
-- A new row finds its place.
INSERT INTO places SELECT * FROM customers WHERE customer_id = 1;
SELECT count(*) = 2 * (SELECT count(*) FROM customers WHERE customer_id = 1 AND campaign_uplift(ARRAY[recency, frequency, discount_share], 'places by array') > 0.6) AS same
FROM places WHERE customer_id = 1 AND :score > 0.6;
RESET enable_seqscan;
DROP FUNCTION uses_index;
DROP TABLE places, serial;
SELECT drop_model('places by row'), drop_model('places by array');
