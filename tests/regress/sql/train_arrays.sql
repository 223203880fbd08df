-- Training on arrays: every element type, NULLs, and what cannot be learned from.
SET pg_intent.progress = off;
SET client_min_messages = error;
\set options '''{"epochs": 10, "hidden_layers": [4]}'''

-- Equal numbers teach the same, whatever their type.
CREATE TABLE whole AS SELECT customer_id, ARRAY[round(recency)::int, tier::int] AS x, observed_segment, exposed FROM customers;
WITH trained AS (
    SELECT learned(train_intent_model(x::float8[], observed_segment, exposed, :options)) AS f8,
        learned(train_intent_model(x::real[], observed_segment, exposed, :options)) AS f4,
        learned(train_intent_model(x, observed_segment, exposed, :options)) AS i4,
        learned(train_intent_model(x::smallint[], observed_segment, exposed, :options)) AS i2,
        learned(train_intent_model(x::bigint[], observed_segment, exposed, :options)) AS i8,
        learned(train_intent_model(x::numeric[], observed_segment, exposed, :options)) AS n
    FROM whole)
SELECT f4 = f8 AS float4, i4 = f8 AS int4, i2 = f8 AS int2, i8 = f8 AS int8, n = f8 AS numeric FROM trained;

-- The order of the rows does not matter.
SELECT count(DISTINCT model::bytea) AS models FROM (
    SELECT train_intent_model(x, observed_segment, exposed, :options) AS model FROM whole
    UNION ALL
    SELECT train_intent_model(x, observed_segment, exposed, :options ORDER BY customer_id DESC) FROM whole
    UNION ALL
    SELECT train_intent_model(x, observed_segment, exposed, :options) FROM (SELECT * FROM whole ORDER BY hashint8(customer_id)) w) m;

-- The four arities: no exposure is everybody exposed; a propensity that is the share is the share.
SET client_min_messages = warning;
SELECT train_intent_model(x, observed_segment) IS NOT NULL AS two FROM whole WHERE exposed;
SET client_min_messages = error;
SELECT train_intent_model(x, observed_segment, :options)::bytea
    = train_intent_model(x, observed_segment, true, :options)::bytea AS three_is_four,
    train_intent_model(x, observed_segment, true, :options)::bytea
    = train_intent_model(x, observed_segment, true, NULL, NULL, :options)::bytea AS four_is_six,
    train_intent_model(x, observed_segment, true, NULL, 1, :options)::bytea
    = train_intent_model(x, observed_segment, true, NULL, NULL, :options)::bytea AS weight_is_one
FROM whole WHERE exposed;
SELECT train_intent_model(x, observed_segment, exposed, 0.6, 1 + tier, :options) IS NOT NULL AS six
FROM whole JOIN customers USING (customer_id, observed_segment, exposed);

-- NULL and NaN elements are missing alike; boolean arrays are booleans.
SELECT train_intent_model(ARRAY[x[1], CASE WHEN customer_id % 3 > 0 THEN x[2] END]::float8[], observed_segment, exposed, :options)::bytea
    = train_intent_model(ARRAY[x[1], CASE WHEN customer_id % 3 > 0 THEN x[2] ELSE 'NaN'::float8 END]::float8[], observed_segment, exposed, :options)::bytea
    AS nan_is_null
FROM whole;
SELECT learned(train_intent_model(ARRAY[x[1], CASE WHEN customer_id % 3 > 0 THEN x[2] END]::numeric[], observed_segment, exposed, :options))
    = learned(train_intent_model(ARRAY[x[1], CASE WHEN customer_id % 3 > 0 THEN x[2] END]::smallint[], observed_segment, exposed, :options))
    AS nulls_in_every_type
FROM whole;
SELECT train_intent_model(ARRAY[app_user, push_optin], observed_segment, exposed, :options) IS NOT NULL AS booleans FROM customers;
-- Lower bounds mean nothing.
SELECT train_intent_model(format('[5:6]={%s,%s}', x[1], x[2])::int[], observed_segment, exposed, :options)::bytea
    = train_intent_model(x, observed_segment, exposed, :options)::bytea AS same FROM whole;
-- A domain over an array, and an array of a domain.
CREATE DOMAIN vector AS float8[];
CREATE DOMAIN amount AS float8;
SELECT learned(train_intent_model(x::float8[]::vector, observed_segment, exposed, :options))
    = learned(train_intent_model(x::amount[], observed_segment, exposed, :options)) AS same FROM whole;
SELECT of, feature, type
FROM (SELECT 'vector' AS of, train_intent_model(x::float8[]::vector, observed_segment, exposed, :options) AS model FROM whole
    UNION ALL SELECT 'amounts', train_intent_model(x::amount[], observed_segment, exposed, :options) FROM whole) m, model_features(model)
ORDER BY 1, 2;
DROP DOMAIN vector, amount;

-- FILTER, GROUP BY, and windows.
SELECT tier, model IS NOT NULL AS trained FROM (
    SELECT tier, train_intent_model(ARRAY[recency], observed_segment, exposed, :options) FILTER (WHERE tier < 2) AS model
    FROM customers WHERE tier < 3 GROUP BY tier) m ORDER BY tier;
SELECT plan_nodes('SELECT tier, train_intent_model(ARRAY[recency], observed_segment) FROM customers GROUP BY tier');
SELECT count(DISTINCT model::bytea) AS windowed FROM (
    SELECT train_intent_model(x, observed_segment, exposed, :options) OVER () AS model FROM whole) m;
SELECT count(DISTINCT model::bytea) AS windowed, bool_and(model::bytea = alone::bytea) FILTER (WHERE part = 2) AS last_is_all
FROM (SELECT part, train_intent_model(x, observed_segment, exposed, :options) OVER (ORDER BY part) AS model FROM (SELECT *, 1 + customer_id % 2 AS part FROM whole) w) m,
    (SELECT train_intent_model(x, observed_segment, exposed, :options) AS alone FROM whole) a;

-- No rows give no model; rows of NULL features are counted, and teach nothing.
SELECT train_intent_model(x, observed_segment) IS NULL AS none FROM whole WHERE false;
SELECT train_intent_model(CASE WHEN customer_id % 2 = 0 THEN x END, observed_segment, exposed, :options)::bytea
    <> train_intent_model(x, observed_segment, exposed, :options) FILTER (WHERE customer_id % 2 = 0)::bytea AS counted
FROM whole;
SELECT * FROM failure('SELECT train_intent_model(NULL::float8[], observed_segment) FROM whole');
SELECT * FROM failure('SELECT train_intent_model(x, NULL) FROM whole');

-- Errors.
SELECT * FROM failure($$SELECT train_intent_model(CASE WHEN customer_id < 9 THEN x ELSE x || 1 END, observed_segment) FROM whole$$);
SELECT * FROM failure($$SELECT train_intent_model('{}'::int[], observed_segment) FROM whole$$);
SELECT * FROM failure($$SELECT train_intent_model(ARRAY[x, x], observed_segment) FROM whole$$);
SELECT * FROM failure($$SELECT train_intent_model(ARRAY['a'], observed_segment) FROM whole$$);
SELECT * FROM failure($$SELECT train_intent_model(ARRAY[1, 'Infinity'::float8], observed_segment) FROM whole$$);
SELECT * FROM failure($$SELECT train_intent_model(ARRAY[1, 1e400], observed_segment) FROM whole$$);
SELECT * FROM failure($$SELECT train_intent_model(x, 'Organic') FROM whole$$);
SELECT * FROM failure($$SELECT train_intent_model(x, 'low_engagement') FROM whole$$);
SELECT * FROM failure($$SELECT train_intent_model(x, 'organic') FROM whole$$);
SELECT * FROM failure($$SELECT train_intent_model(x, observed_segment) FROM whole WHERE customer_id < 20$$);
SELECT * FROM failure($$SELECT train_intent_model(x, observed_segment, true, 0.5, -1, '{}') FROM whole$$);
SELECT * FROM failure($$SELECT train_intent_model(x, observed_segment, true, 1.5, 1, '{}') FROM whole$$);
SELECT * FROM failure($$SELECT train_intent_model(x, observed_segment, exposed, CASE WHEN customer_id < 300 THEN 0.99 ELSE 0.6 END, 1, '{}') FROM whole$$);
SELECT * FROM failure($$SELECT train_intent_model(x, observed_segment, '{"sed": 1}') FROM whole$$);
SELECT * FROM failure($$SELECT train_intent_model(x, observed_segment, '{"missing_rate": 2}') FROM whole$$);
SELECT * FROM failure($$SELECT train_intent_model(x, observed_segment, '[]') FROM whole$$);
SELECT * FROM failure($$SELECT train_intent_model(x, observed_segment, jsonb_build_object('seed', customer_id)) FROM whole$$);
-- NULL options are no options; written otherwise, the same options are the same.
SELECT train_intent_model(x, observed_segment, exposed, CASE WHEN customer_id % 2 = 0 THEN '{"seed": 1.0}' ELSE '{"seed": 1}' END::jsonb) IS NOT NULL AS same FROM whole;
SELECT train_intent_model(x, observed_segment, exposed, CASE WHEN customer_id % 2 = 0 THEN '{}'::jsonb END) IS NOT NULL AS same FROM whole;
-- A failure that may be.
SET client_min_messages = warning;
SELECT train_intent_model(x, 'organic', '{"on_failure": "null"}') IS NULL AS none FROM whole;
DROP TABLE whole;
