-- Features are declared as anyelement: every row and every array of numbers or booleans scores, anything else is refused.
SELECT save_model('typed row', model) FROM models WHERE kind = 'row';
SELECT save_model('typed array', model) FROM models WHERE kind = 'array';

SELECT * FROM failure($$SELECT segment_customer(1, 'typed array')$$);
SELECT * FROM failure($$SELECT campaign_intent('1'::text, 'typed array')$$);
SELECT * FROM failure($$SELECT campaign_uplift('{"f1": 1}'::jsonb, 'typed array')$$);
SELECT * FROM failure($$SELECT score_customer(now()::timestamptz, 'typed array')$$);
SELECT * FROM failure($$SELECT correct_label(1.5, 'organic', true, 'typed array')$$);
SELECT * FROM failure($$SELECT * FROM explain_customer('a b'::tsvector, 'typed array')$$);
SELECT * FROM failure($$SELECT segment_customer(model, 'typed array') FROM models$$);
SELECT * FROM failure($$SELECT segment_customer('[1,2)'::int4range, 'typed array')$$);
CREATE DOMAIN age AS int;
SELECT * FROM failure($$SELECT segment_customer(1::age, 'typed array')$$);
-- NULL of a wrong type is NULL, as the function is strict.
SELECT segment_customer(NULL::int, 'typed array') IS NULL AS null;

-- Every way to write a row gives the same score.
CREATE TYPE traits AS (recency double precision, frequency double precision, discount_share double precision, app_user boolean);
CREATE DOMAIN checked_traits AS traits CHECK ((VALUE).recency >= 0);
CREATE FUNCTION by_record(c customers) RETURNS double precision LANGUAGE plpgsql AS $$
DECLARE
    r record;
    t traits;
BEGIN
    SELECT c.recency, c.frequency, c.discount_share, c.app_user INTO r;
    t := r;
    ASSERT campaign_intent(r, 'typed row') = campaign_intent(t, 'typed row');
    RETURN campaign_intent(r, 'typed row');
END $$;
SELECT count(*),
    count(*) FILTER (WHERE campaign_intent(f, 'typed row') = campaign_intent(c, 'typed row')) AS sub_select,
    count(*) FILTER (WHERE campaign_intent(ROW(c.recency, c.frequency, c.discount_share, c.app_user)::traits, 'typed row') = campaign_intent(c, 'typed row')) AS composite,
    count(*) FILTER (WHERE campaign_intent(ROW(c.recency, c.frequency, c.discount_share, c.app_user)::traits::checked_traits, 'typed row') = campaign_intent(c, 'typed row')) AS domain,
    count(*) FILTER (WHERE campaign_intent((SELECT x FROM (SELECT c.*) x), 'typed row') = campaign_intent(c, 'typed row')) AS scalar_sub_select,
    count(*) FILTER (WHERE by_record(c) = campaign_intent(c, 'typed row')) AS plpgsql,
    count(*) FILTER (WHERE campaign_intent(ROW(c.recency, c.frequency, c.discount_share), 'typed array') = campaign_intent(ARRAY[c.recency, c.frequency, c.discount_share], 'typed array')) AS row
FROM customers c, LATERAL (SELECT c.recency, c.frequency, c.discount_share, c.app_user) f WHERE customer_id <= 100;

-- So does every type of array.
CREATE DOMAIN vector AS float8[];
CREATE DOMAIN amount AS float8;
SELECT count(DISTINCT intent) FROM (VALUES
    (campaign_intent('{1,2,0}'::int2[], 'typed array')), (campaign_intent('{1,2,0}'::int4[], 'typed array')), (campaign_intent('{1,2,0}'::int8[], 'typed array')),
    (campaign_intent('{1,2,0}'::real[], 'typed array')), (campaign_intent('{1,2,0}'::float8[], 'typed array')), (campaign_intent('{1,2,0}'::numeric[], 'typed array')),
    (campaign_intent('{1,2,0}'::vector, 'typed array')), (campaign_intent('{1,2,0}'::amount[], 'typed array')), (campaign_intent('[0:2]={1,2,0}'::real[], 'typed array'))) v (intent);
PREPARE by_array(real[]) AS SELECT campaign_intent($1, 'typed array') = campaign_intent('{1,2,0}'::real[], 'typed array') AS same;
EXECUTE by_array('{1,2,0}');
PREPARE by_row(traits) AS SELECT campaign_intent($1, 'typed row') = campaign_intent('(1,2,0,t)'::traits, 'typed row') AS same;
EXECUTE by_row('(1,2,0,t)');
DO $$
DECLARE
    f real[] := '{1,2}';
BEGIN
    f := f || 0::real;
    ASSERT campaign_intent(f, 'typed array') = campaign_intent('{1,2,0}'::real[], 'typed array');
END $$;

-- Generated columns and indexes, by value.
SELECT format('campaign_intent(ROW(recency, frequency, discount_share)::listed, %L::intent_model)', model) AS by_row,
    format('campaign_intent(features, %L::intent_model)', model) AS by_array FROM models WHERE kind = 'array' \gset
CREATE TYPE listed AS (f1 double precision, f2 double precision, f3 double precision);
CREATE TABLE generated (recency double precision, frequency double precision, discount_share double precision, features real[],
    a double precision GENERATED ALWAYS AS (:by_row) STORED, b double precision GENERATED ALWAYS AS (:by_array) STORED);
INSERT INTO generated SELECT recency, frequency, discount_share, ARRAY[recency, frequency, discount_share] FROM customers WHERE customer_id <= 100;
CREATE INDEX ON generated (:by_row);
CREATE INDEX ON generated (:by_array);
SELECT count(*), count(*) FILTER (WHERE a = :by_row AND b = :by_array AND abs(a - b) < 1e-6) AS same FROM generated;

DEALLOCATE ALL;
DROP TABLE generated;
DROP FUNCTION by_record;
DROP DOMAIN checked_traits;
DROP TYPE traits;
DROP TYPE listed;
DROP DOMAIN age, vector, amount;
SELECT drop_model('typed row'), drop_model('typed array');
