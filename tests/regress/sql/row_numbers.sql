-- Rows of numbers are read where they lie; the scores are those of the same values read one by one.
SET client_min_messages = error;
CREATE TABLE numbers AS
SELECT customer_id, app_user AS yes, frequency::smallint AS small, recency::int AS whole, tenure::bigint AS large,
    monetary::real AS single, aov AS double, '2026-01-01'::date - days_since_mail::int AS day, observed_segment
FROM customers;
SELECT save_model('numbers', train_intent_model(f, observed_segment, '{"epochs": 10, "hidden_layers": [8]}'))
FROM numbers n, LATERAL (SELECT n.yes, n.small, n.whole, n.large, n.single, n.double, n.day) f;
-- A numeric among the columns: each is asked for by itself.
CREATE TEMP TABLE expected AS
SELECT customer_id, campaign_uplift(f, 'numbers') AS uplift
FROM numbers n, LATERAL (SELECT n.yes, n.small, n.whole::numeric, n.large, n.single, n.double, n.day) f;
SELECT count(*), count(DISTINCT uplift) > 1000 AS differ FROM expected;
SELECT bool_and(campaign_uplift(f, 'numbers') = uplift) AS in_order FROM expected JOIN numbers n USING (customer_id), LATERAL (SELECT n.yes, n.small, n.whole, n.large, n.single, n.double, n.day) f;
SELECT bool_and(campaign_uplift(f, 'numbers') = uplift) AS reordered FROM expected JOIN numbers n USING (customer_id), LATERAL (SELECT n.double, n.yes, n.day, n.single, n.large, n.small, n.whole) f;
SELECT bool_and(campaign_uplift(n, 'numbers') = uplift) AS whole_row FROM expected JOIN numbers n USING (customer_id);
SELECT bool_and(campaign_uplift(f, 'numbers') = uplift) AS behind_text FROM expected JOIN numbers n USING (customer_id), LATERAL (SELECT n.observed_segment, n.*) f;

-- NULLs in every place and in pairs.
CREATE TABLE gaps AS
SELECT g AS customer_id, CASE WHEN g % 2 > 0 THEN g % 3 = 0 END AS yes, CASE WHEN g % 3 > 0 THEN g::smallint END AS small,
    CASE WHEN g % 5 > 1 THEN g END AS whole, CASE WHEN g % 7 > 1 THEN g::bigint END AS large,
    CASE WHEN g % 11 > 5 THEN g::real END AS single, CASE WHEN g % 13 > 6 THEN g::float8 END AS double,
    CASE WHEN g % 4 > 1 THEN '2026-01-01'::date - g END AS day, 'organic' AS observed_segment
FROM generate_series(1, 1000) g;
SELECT bool_and(campaign_uplift(g, 'numbers') = campaign_uplift(f, 'numbers')) AS same, count(DISTINCT campaign_uplift(g, 'numbers')) > 500 AS differ
FROM gaps g, LATERAL (SELECT g.yes, g.small, g.whole::numeric, g.large, g.single, g.double, g.day) f;

-- A dropped column keeps its place; rows from before a column was added have none for it.
ALTER TABLE numbers DROP customer_id;
SELECT round(abs(sum(campaign_uplift(n, 'numbers')) - (SELECT sum(uplift) FROM expected))::numeric, 9) AS dropped FROM numbers n;
CREATE TYPE growing AS (a real, b real);
CREATE TABLE grown AS SELECT ROW(recency, tenure)::growing AS f, recency, tenure, observed_segment FROM customers;
ALTER TYPE growing ADD ATTRIBUTE c real;
INSERT INTO grown SELECT ROW(recency, tenure, aov)::growing, recency, tenure, observed_segment FROM customers;
SELECT save_model('grown', train_intent_model(f, observed_segment, '{"epochs": 10, "hidden_layers": [8]}')) FROM grown;
SELECT count(*), bool_and(campaign_uplift(f, 'grown') = campaign_uplift(g, 'grown')) AS same
FROM grown, LATERAL (SELECT recency::real AS a, tenure::real AS b, (f).c::float8::numeric AS c) g;

-- Neighbours of one type are taken as they stand.
CREATE TABLE neighbours AS SELECT recency::real AS a, tenure::real AS b, aov::real AS c, observed_segment FROM customers;
SELECT bool_and(campaign_uplift(f, 'grown') = campaign_uplift(g, 'grown')) AS same
FROM neighbours n, LATERAL (SELECT n.a, n.b, n.c) f, LATERAL (SELECT n.a::float8 AS a, n.b::float8 AS b, n.c::float8 AS c) h, LATERAL (SELECT n.a, n.b, n.c::float8::numeric AS c) g
WHERE campaign_uplift(f, 'grown') = campaign_uplift(h, 'grown');

-- What is infinite is named.
SELECT * FROM failure($$SELECT campaign_uplift(f, 'grown') FROM (SELECT 1::real AS a, 'infinity'::real AS b, 2::real AS c) f$$);
-- An infinite date is missing.
SELECT count(DISTINCT campaign_uplift(f, 'numbers')) FROM unnest(ARRAY['infinity', '-infinity', NULL]::date[]) AS day,
    LATERAL (SELECT true AS yes, 1::smallint AS small, 2 AS whole, 3::bigint AS large, 4::real AS single, 5::float8 AS double, day) f;
DROP TABLE numbers, gaps, grown, neighbours;
DROP TYPE growing;
SELECT count(drop_model(campaign)) FROM (VALUES ('numbers'), ('grown')) m (campaign);
