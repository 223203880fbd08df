-- Scoring by name, by value and by default; what the functions say agrees.
SELECT save_model('by row', model) FROM models WHERE kind = 'row';
SELECT save_model('by array', model) FROM models WHERE kind = 'array';
SET pg_intent.default_model = 'by row';

SELECT count(*) AS customers,
    count(*) FILTER (WHERE segment_customer(c) = segment_customer(c, 'by row') AND segment_customer(c) = segment_customer(c, model)) AS segment,
    count(*) FILTER (WHERE campaign_intent(c) = campaign_intent(c, 'by row') AND campaign_intent(c) = campaign_intent(c, model)) AS intent,
    count(*) FILTER (WHERE campaign_uplift(c) = campaign_uplift(c, 'by row') AND campaign_uplift(c) = campaign_uplift(c, model)) AS uplift,
    count(*) FILTER (WHERE score_customer(c) = score_customer(c, 'by row') AND score_customer(c) = score_customer(c, model)) AS score
FROM customers c, models WHERE kind = 'row';

-- The parts of a score.
SELECT count(*) AS customers,
    count(*) FILTER (WHERE abs((s).p_campaign_driven + (s).p_organic + (s).p_low_engagement - 1) < 1e-12) AS add_up,
    count(*) FILTER (WHERE (s).segment = segment_customer(c) AND (s).campaign_intent = campaign_intent(c) AND (s).campaign_uplift = campaign_uplift(c)) AS agree,
    count(*) FILTER (WHERE abs((s).campaign_intent - (s).p_campaign_driven / ((s).p_campaign_driven + (s).p_organic)) < 1e-12) AS intent
FROM (SELECT c, score_customer(c) AS s FROM customers c) scored;
SELECT pg_typeof(score_customer(c)), (score_customer(c)).segment IS NOT NULL AS named FROM customers c LIMIT 1;

-- The model learned something: those who are said to be moved are moved more often.
SELECT avg((true_segment = 'campaign_driven')::int) FILTER (WHERE campaign_uplift(c) > 0.2)
    > avg((true_segment = 'campaign_driven')::int) AS better FROM customers c WHERE exposed;

-- Rows: the order of columns does not matter, others are ignored, types of one kind are alike.
SELECT count(*) FROM customers c, LATERAL (SELECT c.app_user, 'x'::text AS other, c.frequency::int, c.recency::numeric, c.discount_share) f
WHERE abs(campaign_intent(f) - campaign_intent(c)) > 1e-6;
-- Arrays of every type; NULL elements and columns, NaN.
SELECT segment_customer(ARRAY[1, 2, 3], 'by array') = segment_customer(ARRAY[1.0, 2, 3], 'by array') AS int_numeric,
    campaign_intent('{1,2,3}'::real[], 'by array') = campaign_intent('{1,2,3}'::float8[], 'by array') AS real_float8,
    campaign_intent('{1,2,3}'::smallint[], 'by array') = campaign_intent('{1,2,3}'::bigint[], 'by array') AS int2_int8,
    campaign_intent('{1,NULL,3}'::numeric[], 'by array') = campaign_intent('{1,NaN,3}'::float8[], 'by array') AS nan_is_null,
    campaign_intent('{NULL,NULL,NULL}'::int[], 'by array') IS NOT NULL AS all_missing,
    campaign_intent('[0:2]={1,2,3}'::int[], 'by array') = campaign_intent('{1,2,3}'::int[], 'by array') AS bounds;
SELECT segment_customer(f) IS NOT NULL AS imputed FROM (SELECT NULL::float8 AS recency, NULL::float8 AS frequency, NULL::float8 AS discount_share, NULL::boolean AS app_user) f;

-- NULL features or a NULL model give NULL.
SELECT segment_customer(NULL::float8[]) IS NULL AS features, segment_customer(NULL::customers) IS NULL AS no_row,
    segment_customer(ARRAY[1], NULL::text) IS NULL AS name, score_customer(ARRAY[1], NULL::intent_model) IS NULL AS model;

-- Prepared statements and PL/pgSQL see the model that is active now.
SELECT save_model('live', model) FROM models WHERE kind = 'row';
SELECT save_model('live', train_intent_model(f, observed_segment, exposed, '{"ensemble": 1, "epochs": 10, "hidden_layers": [4], "seed": 5}'), false)
FROM customers c, LATERAL (SELECT c.recency, c.frequency, c.discount_share, c.app_user) f;
SELECT model AS a FROM intent_models WHERE name = 'live' AND version = 1 \gset
SELECT model AS b FROM intent_models WHERE name = 'live' AND version = 2 \gset
PREPARE live AS SELECT campaign_intent(c, 'live') = campaign_intent(c, :'a'::intent_model) AS first,
    campaign_intent(c, 'live') = campaign_intent(c, :'b'::intent_model) AS second FROM customers c WHERE customer_id = 1;
SET plan_cache_mode = force_generic_plan;
EXECUTE live;
SELECT activate_model('live', 2);
EXECUTE live;
BEGIN;
SELECT activate_model('live', 1);
EXECUTE live;
ROLLBACK;
EXECUTE live;
DO $$
DECLARE
    c customers;
    seen float8[];
BEGIN
    SELECT * INTO c FROM customers WHERE customer_id = 1;
    FOR i IN 1..4 LOOP
        seen := seen || campaign_intent(c, 'live');
        PERFORM activate_model('live', 1 + i % 2);
        BEGIN
            PERFORM activate_model('live', 1 + (i + 1) % 2);
            seen := seen || campaign_intent(c, 'live');
            RAISE EXCEPTION 'back';
        EXCEPTION WHEN raise_exception THEN NULL;
        END;
    END LOOP;
    RAISE NOTICE 'changes seen: %', (SELECT string_agg((s = seen[1])::text, ' ' ORDER BY o) FROM unnest(seen) WITH ORDINALITY AS u(s, o));
END $$;
-- A statement does not see what it writes itself.
SELECT activate_model('live', 2), campaign_intent(c, 'live') = campaign_intent(c, :'a'::intent_model) AS still_first FROM customers c WHERE customer_id = 1;

-- One call site, several models: values from a table, names from a column.
SELECT version, count(*), count(*) FILTER (WHERE campaign_intent(c, model) = CASE version WHEN 1 THEN campaign_intent(c, :'a'::intent_model) ELSE campaign_intent(c, :'b'::intent_model) END) AS right_model
FROM customers c, intent_models WHERE name = 'live' GROUP BY version ORDER BY version;
SELECT count(*), count(*) FILTER (WHERE i = CASE m WHEN 'live' THEN campaign_intent(c, :'b'::intent_model) ELSE campaign_intent(c, 'by row') END) AS right_model
FROM (SELECT c, m, campaign_intent(c, m) AS i FROM customers c, (VALUES ('live'), ('by row')) AS n(m)) s;
-- Values in memory, which change from row to row.
SELECT count(*), count(*) FILTER (WHERE campaign_intent(c, w::intent_model) = CASE WHEN customer_id % 2 = 0 THEN campaign_intent(c, :'a'::intent_model) ELSE campaign_intent(c, :'b'::intent_model) END) AS right_model
FROM (SELECT c, customer_id, CASE WHEN customer_id % 2 = 0 THEN :'a' ELSE :'b' END AS w FROM customers c LIMIT 40) s;
-- More models at one site than it keeps.
SET client_min_messages = error;
CREATE TABLE several AS SELECT i, train_intent_model(ARRAY[recency], observed_segment, exposed, '{"epochs": 10, "hidden_layers": [2]}') FILTER (WHERE customer_id % 20 <> i) AS model
FROM customers, generate_series(1, 20) AS i GROUP BY i;
SELECT count(DISTINCT campaign_intent(ARRAY[30.0], model)) AS models FROM several;
SELECT count(*) FROM (SELECT campaign_intent(ARRAY[30.0], model) AS x, i FROM several, generate_series(1, 2)) s
WHERE x <> (SELECT campaign_intent(ARRAY[30.0], model) FROM several WHERE several.i = s.i);
DROP TABLE several;
RESET client_min_messages;

-- READ ONLY transactions, generated columns and indexes.
BEGIN READ ONLY;
SELECT segment_customer(c) IS NOT NULL AS scored FROM customers c LIMIT 1;
COMMIT;
DO $$
BEGIN
    EXECUTE format('CREATE TABLE generated (x float8[], intent float8 GENERATED ALWAYS AS (campaign_intent(x, %L::intent_model)) STORED)',
        (SELECT model FROM models WHERE kind = 'array'));
END $$;
INSERT INTO generated SELECT ARRAY[recency, frequency, discount_share] FROM customers;
SELECT count(*) FROM generated WHERE intent <> campaign_intent(x, 'by array');
DROP TABLE generated;
SELECT * FROM failure($$CREATE INDEX ON customers (campaign_intent(ARRAY[recency, frequency, discount_share], 'by array'))$$);

-- A table whose columns change between two statements of one transaction.
CREATE TABLE changing AS SELECT recency, frequency, discount_share, app_user FROM customers LIMIT 1;
DO $$
DECLARE
    c changing;
    before float8;
BEGIN
    SELECT * INTO c FROM changing;
    before := campaign_intent(c, 'by row');
    ALTER TABLE changing DROP COLUMN frequency;
    ALTER TABLE changing ADD COLUMN frequency float8;
    UPDATE changing SET frequency = (SELECT frequency FROM customers LIMIT 1);
    RAISE NOTICE 'same after the change: %', (SELECT campaign_intent(x, 'by row') = before FROM changing x);
END $$;
DROP TABLE changing;
SELECT sum(drop_model(name)) FROM (SELECT DISTINCT name FROM intent_models) n;
