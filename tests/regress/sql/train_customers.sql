-- Option customer: rows of one customer, named by a column that is no feature.
SET pg_intent.progress = off;
SET client_min_messages = error;
\set options '"epochs": 10, "ensemble": 1, "hidden_layers": [4]'
CREATE TABLE visits AS
SELECT customer_id AS visit, (customer_id - 1) / 4 AS customer_id, 'c' || (customer_id - 1) / 4 AS code,
    (customer_id - 1) / 4 + 0.5::float8 AS half, recency, frequency, observed_segment, exposed
FROM simulate_customers(6000, seed => 2);
CREATE FUNCTION trained(customer text, rows text DEFAULT 'visits') RETURNS intent_model LANGUAGE plpgsql AS $$
DECLARE
    model intent_model;
BEGIN
    EXECUTE format('SELECT train_intent_model(f, observed_segment, exposed, %L)
        FROM %s v, LATERAL (SELECT v.recency, v.frequency, v.%I) f',
        jsonb_build_object('epochs', 10, 'ensemble', 1, 'hidden_layers', '[4]'::jsonb, 'customer', customer), rows, customer) INTO model;
    RETURN model;
END $$;

-- The customer is no feature, whichever its type; the customers are counted.
CREATE TABLE by_customer AS
SELECT customer, trained(customer) AS model FROM unnest(ARRAY['customer_id', 'code', 'half', 'visit']) customer;
SELECT customer, customers, rows_used, names
FROM by_customer, LATERAL model_info(model), LATERAL (SELECT array_agg(feature ORDER BY feature) AS names FROM model_features(model)) f
ORDER BY customer;
-- The option is in the model, and without it nothing is counted.
SELECT options->'customer' AS option FROM by_customer, LATERAL model_info(model) WHERE customer = 'code';
SELECT customers FROM models, LATERAL model_info(model) ORDER BY kind;
-- Scoring needs no customer.
SELECT count(campaign_uplift(f, model)) AS scored
FROM by_customer, visits v, LATERAL (SELECT v.recency, v.frequency) f WHERE customer = 'code';

-- Integers, numerics and domains of the same value name the same customers.
CREATE DOMAIN number_of_customer AS bigint;
SELECT count(DISTINCT trained('id', rows)::bytea) AS models FROM unnest(ARRAY[
    '(SELECT *, customer_id::int AS id FROM visits)', '(SELECT *, customer_id::bigint AS id FROM visits)',
    '(SELECT *, customer_id::numeric AS id FROM visits)', '(SELECT *, customer_id::number_of_customer AS id FROM visits)']) rows;
-- Padding of char(n) and the sign of 0 mean nothing; settings do not matter.
SELECT trained('id', '(SELECT *, code::char(20) AS id FROM visits)')::bytea = trained('id', '(SELECT *, code AS id FROM visits)')::bytea AS padded,
    trained('id', '(SELECT *, 0::float8 AS id FROM visits WHERE visit < 2000 UNION ALL SELECT *, half FROM visits WHERE visit >= 2000)')::bytea
    = trained('id', '(SELECT *, ''-0''::float8 AS id FROM visits WHERE visit < 2000 UNION ALL SELECT *, half FROM visits WHERE visit >= 2000)')::bytea AS zero;
CREATE VIEW days AS SELECT *, date '2020-01-01' + customer_id::int AS id FROM visits;
CREATE TABLE dated AS SELECT trained('id', 'days') AS model;
SET datestyle = 'German';
SELECT model::bytea = trained('id', 'days')::bytea AS same, customers FROM dated, LATERAL model_info(model);
RESET datestyle;
CREATE TYPE shop AS ENUM ('a', 'b');
SELECT * FROM failure($$SELECT trained('id', '(SELECT *, (ARRAY[''a'', ''b'']::shop[])[1 + customer_id % 2] AS id FROM visits)')$$);
-- An identifier too large for a double, and one that is no feature's type.
SELECT customers FROM model_info(trained('id', '(SELECT *, 9007199254740992 + customer_id AS id FROM visits)'));
SELECT customers FROM model_info(trained('id', '(SELECT *, md5(code)::uuid AS id FROM visits)'));

-- NULL and NaN are customers of their own, each time.
SELECT customers FROM model_info(trained('id', '(SELECT *, CASE WHEN customer_id < 1000 THEN code END AS id FROM visits)'));
SELECT customers FROM model_info(trained('id', '(SELECT *, CASE WHEN customer_id < 1000 THEN half ELSE ''NaN'' END AS id FROM visits)'));
-- Equal rows of one customer are counted, those of two are apart.
SELECT customers, rows_used FROM model_info(trained('id', '(SELECT *, code AS id FROM visits UNION ALL SELECT *, code FROM visits)'));
SELECT customers, rows_used FROM model_info(trained('id', '(SELECT *, code AS id FROM visits UNION ALL SELECT *, code || ''b'' FROM visits)'));

-- Standard errors are those of customers: four copies of each row say no more than one, if they are one customer's.
CREATE VIEW copies AS SELECT visit AS id, recency, frequency, observed_segment, exposed FROM visits, generate_series(1, 4);
SELECT a.campaign_share_error / b.campaign_share_error BETWEEN 0.999 AND 1.001 AS by_customer,
    c.campaign_share_error / b.campaign_share_error BETWEEN 0.499 AND 0.501 AS by_row
FROM model_info(trained('id', 'copies')) a, model_info(trained('visit')) b,
    model_info((SELECT train_intent_model(f, observed_segment, exposed, ('{' || :'options' || '}')::jsonb) FROM copies c, LATERAL (SELECT c.recency, c.frequency) f)) c;

-- Arrays: an element names the customer, and scores take arrays without it.
CREATE TABLE arrays AS
SELECT train_intent_model(ARRAY[customer_id, recency, frequency], observed_segment, exposed, ('{"customer": "f1",' || :'options' || '}')::jsonb) AS first,
    train_intent_model(ARRAY[recency, customer_id, frequency], observed_segment, exposed, ('{"customer": "f2",' || :'options' || '}')::jsonb) AS middle,
    train_intent_model(ARRAY[recency, frequency, customer_id], observed_segment, exposed, ('{"customer": "f3",' || :'options' || '}')::jsonb) AS last,
    train_intent_model(ARRAY[recency, frequency, customer_id]::numeric[], observed_segment, exposed, ('{"customer": "f3",' || :'options' || '}')::jsonb) AS number,
    train_intent_model(ARRAY[recency, frequency, CASE WHEN customer_id < 1000 THEN customer_id END], observed_segment, exposed, ('{"customer": "f3",' || :'options' || '}')::jsonb) AS nulls
FROM visits;
SELECT a.key, customers, (SELECT array_agg(feature ORDER BY feature) FROM model_features(a.value::intent_model)) AS features
FROM arrays, LATERAL (VALUES ('first', first), ('middle', middle), ('last', last), ('number', number), ('nulls', nulls)) a(key, value), LATERAL model_info(a.value) ORDER BY key;
SELECT campaign_uplift(ARRAY[10, 3]::float8[], first) = campaign_uplift(ARRAY[10, 3]::float8[], last) AS same FROM arrays;

-- Names that no column or element has.
SELECT * FROM failure($$SELECT train_intent_model(f, observed_segment, exposed, '{"customer": "client"}') FROM visits v, LATERAL (SELECT v.recency) f$$);
SELECT * FROM failure($$SELECT train_intent_model(ARRAY[recency, frequency], observed_segment, exposed, '{"customer": "f3"}') FROM visits$$);
SELECT * FROM failure($$SELECT train_intent_model(ARRAY[recency, frequency], observed_segment, exposed, '{"customer": "customer_id"}') FROM visits$$);
SELECT * FROM failure($$SELECT train_model('visits', 'SELECT recency, observed_segment FROM visits', '{"customer": "client"}')$$);
SELECT * FROM failure($$SELECT train_intent_model(f, observed_segment, exposed, '{"customer": "id"}') FROM visits v, LATERAL (SELECT v.recency, v.code AS id, v.half AS id) f$$);
SELECT * FROM failure($$SELECT train_intent_model(f, observed_segment, exposed, '{"customer": 1}') FROM visits v, LATERAL (SELECT v.recency) f$$);
-- No feature besides the customer.
SELECT * FROM failure($$SELECT train_intent_model(f, observed_segment, exposed, '{"customer": "code"}') FROM visits v, LATERAL (SELECT v.code) f$$);
SELECT * FROM failure($$SELECT train_intent_model(ARRAY[recency], observed_segment, exposed, '{"customer": "f1"}') FROM visits$$);
SELECT * FROM failure($$SELECT train_model('visits', 'SELECT code, observed_segment FROM visits', '{"customer": "code"}')$$);

-- Groups may have customers of their own.
SELECT shop, customers, (SELECT array_agg(feature ORDER BY feature) FROM model_features(model)) AS features
FROM (SELECT visit % 2 AS shop, train_intent_model(f, observed_segment, exposed,
        jsonb_build_object('epochs', 10, 'ensemble', 1, 'customer', CASE visit % 2 WHEN 0 THEN 'customer_id' ELSE 'half' END)) AS model
    FROM visits v, LATERAL (SELECT v.recency, v.customer_id, v.half) f GROUP BY 1) m, LATERAL model_info(model) ORDER BY shop;

-- train_model says which column it took; an excluded one may be it.
SET client_min_messages = notice;
SELECT rows, mode FROM train_model('visits', 'SELECT recency, frequency, code, observed_segment, exposed FROM visits', ('{"customer": "code",' || :'options' || '}')::jsonb);
SET client_min_messages = error;
SELECT customers, learned(model) = (SELECT learned(b.model) FROM by_customer b WHERE customer = 'code') AS same
FROM active_model('visits') model, LATERAL model_info('visits');
SELECT version FROM train_model('visits', 'SELECT recency, frequency, code, observed_segment, exposed FROM visits', ('{"customer": "code", "exclude": ["code"],' || :'options' || '}')::jsonb);
SELECT customers FROM model_info('visits');

-- Parallel workers and another order give the same bytes.
CREATE TABLE shuffled_visits AS SELECT * FROM visits ORDER BY hashint8(visit);
ALTER TABLE visits SET (parallel_workers = 3);
ANALYZE visits, shuffled_visits;
SET min_parallel_table_scan_size = 0;
SET parallel_setup_cost = 0;
SET parallel_tuple_cost = 0;
SELECT plan_nodes($$SELECT train_intent_model(f, observed_segment, exposed, '{"customer": "code"}') FROM visits v, LATERAL (SELECT v.recency, v.frequency, v.code) f$$);
SELECT model::bytea = trained('code')::bytea AS parallel, model::bytea = trained('code', 'shuffled_visits')::bytea AS shuffled FROM by_customer WHERE customer = 'code';
-- Past the memory limit, too, where whole customers go.
CREATE TABLE many_visits AS
SELECT (customer_id - 1) / 4 AS code, recency, frequency, observed_segment, exposed FROM simulate_customers(120000, seed => 3);
ALTER TABLE many_visits SET (parallel_workers = 3);
ANALYZE many_visits;
SET pg_intent.training_memory = '1MB';
CREATE TABLE sampled AS SELECT trained('code', 'many_visits') AS model;
SET max_parallel_workers_per_gather = 0;
SELECT model::bytea = trained('code', 'many_visits')::bytea AS same, rows_used < 120000 AS sampled,
    rows_used = 4 * customers AS whole_customers
FROM sampled, LATERAL model_info(model);
RESET max_parallel_workers_per_gather;
RESET pg_intent.training_memory;
SELECT * FROM failure($$SELECT train_intent_model(f, v.observed_segment, v.exposed, '{"customer": "exposed"}') FROM visits v, LATERAL (SELECT v.recency, v.exposed) f$$);
SELECT * FROM failure($$SELECT train_model('visits', 'SELECT recency, observed_segment, exposed FROM visits', '{"customer": "exposed"}')$$);
-- Equal numerics are one customer, however they are written; NaN is a customer of its own, each time.
SELECT model_a::bytea = model_b::bytea AS same, customers FROM (SELECT trained('id', '(SELECT *, (customer_id * 10)::numeric AS id FROM visits)') AS model_a,
    trained('id', '(SELECT *, CASE visit % 3 WHEN 0 THEN customer_id * 10.00 WHEN 1 THEN customer_id * 10.0 ELSE customer_id * 10 END AS id FROM visits)') AS model_b) m, model_info(model_b);
SELECT customers FROM model_info(trained('id', '(SELECT *, CASE WHEN customer_id < 1000 THEN customer_id ELSE ''NaN''::numeric END AS id FROM visits)'));
SELECT item, value FROM model_summary((SELECT model FROM by_customer WHERE customer = 'code')) WHERE item IN ('customers', 'rows used');
DROP VIEW days, copies;
DROP TABLE visits, by_customer, dated, arrays, shuffled_visits, many_visits, sampled;
DROP FUNCTION trained;
DROP TYPE shop;
DROP DOMAIN number_of_customer;
