-- A row's columns are found by name, whatever stands around them.
SET client_min_messages = error;
CREATE TYPE channel AS ENUM ('store', 'web', 'phone');
CREATE TABLE shop AS
SELECT customer_id, recency, app_user, '2026-01-01'::date - days_since_mail::int AS mailed,
    CASE WHEN ch_store THEN 'store' WHEN ch_web THEN 'web' ELSE 'phone' END::channel AS channel,
    CASE WHEN customer_id % 5 > 0 THEN 'band ' || age_band::int END AS band, observed_segment, exposed
FROM customers;
SELECT save_model('shop', train_intent_model(f, observed_segment, exposed, '{"epochs": 10, "hidden_layers": [8]}'))
FROM shop s, LATERAL (SELECT s.recency, s.app_user, s.mailed, s.channel, s.band) f;

CREATE TEMP TABLE expected AS
SELECT s.customer_id, campaign_uplift(f, 'shop') AS uplift FROM shop s, LATERAL (SELECT s.recency, s.app_user, s.mailed, s.channel, s.band) f;
SELECT count(*), count(DISTINCT uplift) > 1000 AS differ FROM expected;
-- Another order, further columns, the whole row, text for an enum, other types of the same kind.
SELECT bool_and(campaign_uplift(f, 'shop') = uplift) AS reordered FROM expected e JOIN shop s USING (customer_id), LATERAL (SELECT s.band, s.channel, s.mailed, s.app_user, s.recency) f;
SELECT bool_and(campaign_uplift(f, 'shop') = uplift) AS further FROM expected e JOIN shop s USING (customer_id), LATERAL (SELECT now(), s.*, '{}'::jsonb AS j) f;
SELECT bool_and(campaign_uplift(s, 'shop') = uplift) AS whole_row FROM expected e JOIN shop s USING (customer_id);
SELECT bool_and(campaign_uplift(f, 'shop') = uplift) AS other_types FROM expected e JOIN shop s USING (customer_id), LATERAL (SELECT s.recency::numeric, s.app_user, s.mailed, s.channel::text, s.band::varchar) f;

-- NULL in each kind of column is imputed, a category never seen is one of the others.
SELECT count(campaign_uplift(f, 'shop')) AS scored FROM shop s, LATERAL (SELECT NULL::float8 AS recency, s.app_user, s.mailed, s.channel, s.band) f;
SELECT count(campaign_uplift(f, 'shop')) AS scored FROM shop s, LATERAL (SELECT s.recency, NULL::boolean AS app_user, s.mailed, s.channel, s.band) f;
SELECT count(campaign_uplift(f, 'shop')) AS scored FROM shop s, LATERAL (SELECT s.recency, s.app_user, NULL::date AS mailed, s.channel, s.band) f;
SELECT count(campaign_uplift(f, 'shop')) AS scored FROM shop s, LATERAL (SELECT s.recency, s.app_user, s.mailed, NULL::channel AS channel, s.band) f;
SELECT count(campaign_uplift(f, 'shop')) AS scored FROM shop s, LATERAL (SELECT s.recency, s.app_user, s.mailed, s.channel, NULL::text AS band) f;
SELECT count(campaign_uplift(f, 'shop')) AS scored, count(DISTINCT campaign_uplift(f, 'shop')) AS scores
FROM shop s, LATERAL (SELECT NULL::float8 AS recency, NULL::boolean AS app_user, NULL::date AS mailed, NULL::channel AS channel, NULL::text AS band) f;
SELECT count(DISTINCT campaign_uplift(f, 'shop')) AS scores
FROM shop s, LATERAL (SELECT 1 AS recency, true AS app_user, '2025-12-24'::date AS mailed, 'never seen ' || s.customer_id AS channel, s.customer_id::text AS band) f;

-- A renamed column and a column of another kind say so.
ALTER TABLE shop RENAME recency TO days_ago;
SELECT * FROM failure($$SELECT campaign_uplift(s, 'shop') FROM shop s$$);
ALTER TABLE shop RENAME days_ago TO recency;
ALTER TABLE shop ALTER channel TYPE int USING 1;
SELECT * FROM failure($$SELECT campaign_uplift(s, 'shop') FROM shop s$$);
ALTER TABLE shop ALTER channel TYPE text USING 'web';
ALTER TABLE shop ALTER mailed TYPE timestamp;
SELECT * FROM failure($$SELECT campaign_uplift(s, 'shop') FROM shop s$$);
ALTER TABLE shop ALTER mailed TYPE date;
ALTER TABLE shop ALTER app_user TYPE int USING app_user::int;
SELECT * FROM failure($$SELECT campaign_uplift(s, 'shop') FROM shop s$$);

-- A key given by mistake is no feature.
SELECT * FROM failure($$SELECT train_intent_model(f, observed_segment) FROM shop s, LATERAL (SELECT s.recency, 'customer ' || s.customer_id AS customer) f$$);
SELECT drop_model('shop');
DROP TABLE shop;
DROP TYPE channel;
