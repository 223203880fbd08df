-- Training on rows: columns by name, of every kind.
SET pg_intent.progress = off;
SET client_min_messages = error;
\set options '''{"epochs": 10, "hidden_layers": [4]}'''

CREATE TYPE channel AS ENUM ('store', 'web', 'phone');
CREATE DOMAIN days AS float8 CHECK (VALUE >= 0);
CREATE TABLE shop AS
SELECT customer_id, observed_segment, exposed,
    recency::days AS recency, monetary::numeric(12, 2) AS monetary, support::smallint AS support, tier::int AS tier,
    age_band::bigint AS age_band, basket::real AS basket, app_user,
    CASE WHEN ch_store THEN 'store' WHEN ch_web THEN 'web' ELSE 'phone' END::channel AS channel,
    'b' || age_band::int AS band, (CASE WHEN tier > 1 THEN 'gold' END)::char(8) AS card,
    '2026-01-01'::date - days_since_mail::int AS mailed, ''::text AS dropped
FROM customers;
ALTER TABLE shop DROP COLUMN dropped;

SELECT train_intent_model(f, observed_segment, exposed, :options) IS NOT NULL AS every_kind
FROM shop s, LATERAL (SELECT s.recency, s.monetary, s.support, s.tier, s.age_band, s.basket, s.app_user, s.channel, s.band, s.card, s.mailed) f;
-- A model knows the type of each, whatever the search path.
SET search_path = pg_catalog;
SELECT m.feature, m.kind, m.type
FROM (SELECT public.train_intent_model(f, observed_segment, exposed, :options) AS model
    FROM public.shop s, LATERAL (SELECT s.recency, s.monetary, s.support, s.tier, s.age_band, s.basket, s.app_user, s.channel, s.band, s.card, s.mailed) f) t,
    public.model_features(model) m;
RESET search_path;
-- Rows of several types count as those of the type that is first by name.
SELECT m.type FROM (SELECT train_intent_model(f, observed_segment, exposed, :options) AS model
    FROM (SELECT ROW(tier)::record AS f, observed_segment, exposed FROM shop WHERE app_user
        UNION ALL SELECT ROW(tier::numeric), observed_segment, exposed FROM shop WHERE NOT app_user) q) t, model_features(model) m;

-- A table's own row, with a dropped column; a view's; a composite's; ROW(…), named f1 and f2.
CREATE TABLE features AS SELECT 0::int AS gone, recency, tier, observed_segment AS label, exposed AS reached FROM shop;
ALTER TABLE features DROP COLUMN gone;
ALTER TABLE features ADD COLUMN later float8 DEFAULT 3;
CREATE TYPE pair AS (recency days, tier int);
CREATE TEMP TABLE trained AS
SELECT train_intent_model(f, observed_segment, exposed, :options) AS sub_select,
    train_intent_model(ROW(s.recency, s.tier)::pair, observed_segment, exposed, :options) AS composite,
    train_intent_model(ROW(s.recency, s.tier), observed_segment, exposed, :options) AS anonymous,
    train_intent_model(ARRAY[s.recency, s.tier], observed_segment, exposed, :options) AS elements
FROM shop s, LATERAL (SELECT s.recency, s.tier) f;
SELECT sub_select::bytea = composite::bytea AS same, anonymous::bytea <> sub_select::bytea AS other_names FROM trained;
CREATE VIEW viewed AS SELECT recency, tier FROM shop;
SELECT train_intent_model(v, 'organic', '{"on_failure": "null"}') IS NULL AS view FROM viewed v;
-- Its columns are found by the names of the table, also the one that came later.
SELECT * FROM failure('SELECT train_intent_model(f, label, reached, ''{"epochs": 10}'') FROM features f WHERE false');
SELECT train_intent_model(f, label, reached, :options) IS NOT NULL AS whole_row FROM features f;
-- ROW(…) and arrays have the same names, so that either model scores the other's features.
SELECT campaign_intent(ARRAY[recency, tier], anonymous) = campaign_intent(ROW(recency, tier), anonymous) AS by_row,
    campaign_intent(ARRAY[recency, tier], elements) = campaign_intent(ROW(recency, tier), elements) AS by_array
FROM shop, trained WHERE customer_id = 1;

-- A NULL row is counted; a row of NULLs is a row.
SELECT train_intent_model(CASE WHEN customer_id % 2 = 0 THEN f END, observed_segment, exposed, :options) IS NOT NULL AS null_rows
FROM shop s, LATERAL (SELECT s.recency, s.tier) f;
SELECT train_intent_model(f, observed_segment, exposed, :options) IS NOT NULL AS rows_of_nulls
FROM shop s, LATERAL (SELECT CASE WHEN s.customer_id % 4 > 0 THEN s.recency END AS recency, CASE WHEN s.customer_id % 4 > 0 THEN s.tier END AS tier) f;

-- What cannot be a feature says so by name.
SELECT line FROM unnest(ARRAY['now()', 'now()::timestamp', 'interval ''1 day''', '1::money', 'ARRAY[1]', '''{}''::jsonb', '''{}''::json', '''\x''::bytea', 'gen_random_uuid()', 'ROW(1)', 'point(1, 1)']) AS value,
    failure(format('SELECT train_intent_model(f, observed_segment) FROM shop s, LATERAL (SELECT s.tier, %s AS odd) f', value)) AS line;
SELECT * FROM failure('SELECT train_intent_model(f, observed_segment) FROM shop s, LATERAL (SELECT s.tier, s.tier) f');
SELECT * FROM failure('SELECT train_intent_model(ROW(), observed_segment) FROM shop');
-- An infinite date counts as missing.
SELECT warning FROM model_info((SELECT train_intent_model(f, observed_segment, exposed, :options) FROM shop s,
    LATERAL (SELECT s.tier, CASE WHEN customer_id % 10 > 0 THEN s.mailed ELSE 'infinity' END AS mailed) f)), unnest(warnings) AS warning WHERE warning LIKE 'feature%';
-- A key, a text of numbers, and a time as one number.
SELECT warning FROM model_info((SELECT train_intent_model(f, observed_segment, exposed, :options) FROM shop s,
    LATERAL (SELECT s.tier, 5 * customer_id AS key, CASE WHEN customer_id % 40 > 0 THEN (customer_id % 90)::text ELSE ' ' END AS spent, 20260101000000 + customer_id AS seen) f)), unnest(warnings) AS warning WHERE warning LIKE 'feature%';
SELECT * FROM failure('SELECT train_intent_model(f, observed_segment) FROM shop s, LATERAL (SELECT customer_id::text AS id, (''2020-01-01''::date + customer_id::int)::text AS since) f');
SELECT * FROM failure('SELECT train_intent_model(f, observed_segment) FROM shop s, LATERAL (SELECT ''-infinity''::numeric AS spent) f');
-- Rows of one model have the same columns.
SELECT * FROM failure('SELECT train_intent_model(CASE WHEN customer_id < 9 THEN ROW(1) ELSE ROW(1, 2) END, observed_segment) FROM shop');
SELECT * FROM failure('SELECT train_intent_model(CASE WHEN customer_id < 9 THEN ROW(1) ELSE ROW(true) END, observed_segment) FROM shop');
-- Untyped arguments are PostgreSQL's own error.
SELECT * FROM failure('SELECT train_intent_model(NULL, observed_segment) FROM shop');
DROP VIEW viewed;
DROP TABLE shop, features;
DROP TYPE pair, channel;
DROP DOMAIN days;
