-- Contributions add up to the difference of two customers' log-odds of the intent.
SET client_min_messages = error;
CREATE TABLE reasons AS
SELECT customer_id, recency, app_user, '2026-01-01'::date - days_since_mail::int AS mailed, CASE WHEN ch_store THEN 'store' WHEN ch_web THEN 'web' END AS channel,
    7 AS constant, noise1, observed_segment, exposed
FROM customers;
SELECT save_model('reasons', train_intent_model(f, observed_segment, exposed, '{"epochs": 10, "hidden_layers": [8], "ensemble": 1}'))
FROM reasons r, LATERAL (SELECT r.recency, r.app_user, r.mailed, r.channel, r.constant, r.noise1) f;
CREATE FUNCTION log_odds(intent double precision) RETURNS double precision LANGUAGE sql IMMUTABLE AS 'SELECT ln(intent / (1 - intent))';
CREATE TEMP TABLE explained AS
SELECT customer_id, log_odds(campaign_intent(r, 'reasons')) AS logit, e.* FROM reasons r, explain_customer(r, 'reasons') WITH ORDINALITY e WHERE customer_id <= 100;
SELECT max(off - least_off) < 1e-3 AS adds_up
FROM (SELECT logit - sum(contribution) AS off, min(logit - sum(contribution)) OVER () AS least_off FROM explained GROUP BY customer_id, logit) c;
-- Every feature, the largest first, as it is written; a constant contributes nothing.
SELECT count(*), count(DISTINCT feature) AS features, max(abs(contribution)) FILTER (WHERE feature = 'constant') AS constant FROM explained;
SELECT bool_and(size <= before) AS ordered FROM (SELECT abs(contribution) AS size, lag(abs(contribution)) OVER (PARTITION BY customer_id ORDER BY ordinality) AS before FROM explained) c;
SELECT bool_and(value IS NOT DISTINCT FROM CASE feature WHEN 'recency' THEN recency::text WHEN 'app_user' THEN format('%s', app_user) WHEN 'mailed' THEN mailed::text
    WHEN 'channel' THEN channel WHEN 'constant' THEN '7' ELSE noise1::text END) AS written, count(*) - count(value) AS missing
FROM explained JOIN reasons USING (customer_id);
-- In the list of a SELECT, by value, by an array, by the default model, of NULL.
SELECT count(*), round(sum((e).contribution)::numeric, 9) = (SELECT round(sum(contribution)::numeric, 9) FROM explained WHERE customer_id = 1) AS same
FROM (SELECT explain_customer(r, active_model('reasons')) AS e FROM reasons r WHERE customer_id = 1) c;
SELECT save_model('listed', train_intent_model(ARRAY[recency, tenure, NULLIF(discount_share, 0)], observed_segment, '{"epochs": 10, "hidden_layers": [8]}')) FROM customers;
SET pg_intent.default_model = 'listed';
SELECT feature, value, abs(contribution) < 10 AS finite FROM explain_customer(ARRAY[1.5, NULL, 1e2]) ORDER BY feature;
SELECT feature, value FROM explain_customer('{1,2.50,-3}'::numeric[], active_model()) ORDER BY feature;
SELECT count(*) FROM explain_customer(NULL::real[]);
SELECT * FROM failure($$SELECT * FROM explain_customer(ARRAY[1, 2])$$);
SELECT * FROM failure($$SELECT * FROM explain_customer(ROW(1, 2, 3), 'nobody')$$);
SELECT * FROM failure($$SELECT * FROM explain_customer('{1,infinity,3}'::real[])$$);
RESET pg_intent.default_model;

-- Importance: shares of 1, the largest first, kept in the model.
SELECT count(*), round(sum(importance)::numeric, 9) AS total, min(importance) FILTER (WHERE feature = 'constant') AS constant,
    bool_and(importance <= before) AS ordered
FROM (SELECT *, lag(importance) OVER () AS before FROM feature_importance('reasons')) i;
SELECT (SELECT array_agg(i) FROM feature_importance('reasons') i) = (SELECT array_agg(i) FROM feature_importance(active_model('reasons')) i) AS same;
DROP TABLE reasons;
DROP FUNCTION log_odds;
SELECT drop_model('reasons'), drop_model('listed');
