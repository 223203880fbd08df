-- A campaign that puts some customers off: their uplift is negative, and so they rank last.
SET pg_intent.progress = off;
SET client_min_messages = error;
-- Sending app users anything keeps them away: their exposure is turned round. No label is known.
CREATE VIEW dogs AS
SELECT customer_id, recency, frequency, tier, app_user, exposed <> app_user AS exposed,
    CASE observed_segment WHEN 'low_engagement' THEN observed_segment ELSE 'organic' END AS observed_segment
FROM simulate_customers(40000);
SELECT regexp_replace(warning, '-?[0-9]+(\.[0-9]+)?', '#', 'g') AS warning
FROM train_model('dogs', 'SELECT recency, frequency, tier, app_user, observed_segment, exposed FROM dogs'), unnest(warnings) AS warning;
-- All of the last fifth are app users; hardly anybody else's uplift is negative.
CREATE TABLE ranked AS
SELECT d.*, s.*, campaign_uplift(d, 'dogs') AS uplift, rank() OVER (ORDER BY campaign_uplift(d, 'dogs')) AS place FROM dogs d, score_customer(d, 'dogs') s;
SELECT bool_and(app_user) AS last_are_app_users FROM ranked WHERE place <= 8000;
SELECT app_user, avg(uplift) < -0.15 AS lost, avg(uplift) > 0.15 AS gained, avg((uplift < 0)::int) > 0.95 AS negative, avg((uplift > 0)::int) > 0.95 AS positive FROM ranked GROUP BY app_user ORDER BY app_user;
-- One score in its parts.
SELECT count(*) FILTER (WHERE uplift = campaign_uplift AND campaign_uplift = p_campaign_driven - put_off) AS uplift,
    count(*) FILTER (WHERE abs(p_campaign_driven + p_organic + p_low_engagement - 1) < 1e-12) AS add_up,
    count(*) FILTER (WHERE put_off BETWEEN 0 AND p_low_engagement AND p_campaign_driven >= 0 AND p_campaign_driven * put_off = 0) AS parts
FROM ranked;
SELECT attname FROM pg_attribute WHERE attrelid = 'customer_score'::regclass ORDER BY attnum;
-- The findings of the training count them.
SELECT abs(rows_put_off::float8 / (SELECT count(*) FROM dogs WHERE app_user) - 1) < 0.1 AS rows_put_off, put_off_ratio < -3 AS established, uplift_slope > 0.5 AS slope, uplift_slope_ratio > 10 AS ratio,
    abs(campaign_share) < 2 * campaign_share_error AS no_effect_on_average
FROM model_info('dogs');
SELECT item, regexp_replace(value, '[0-9][0-9,]*', '#', 'g') AS value FROM model_summary('dogs') WHERE topic = 'campaign';
-- The reasons add up to the uplift.
SELECT max(off) - min(off) < 1e-3 AS adds_up, max(biggest) AS first
FROM (SELECT uplift - sum(contribution) AS off, min(feature) FILTER (WHERE ordinality = 1) AS biggest
    FROM (SELECT * FROM ranked WHERE customer_id <= 100) r, explain_customer((SELECT d FROM dogs d WHERE d.customer_id = r.customer_id), 'dogs') WITH ORDINALITY GROUP BY customer_id, uplift) c;
SELECT feature FROM feature_importance('dogs') LIMIT 1;

-- Networks that are not distilled, and one network, rank alike.
SELECT name, regexp_count AS warned, users < -0.15 AS lost, others > 0.15 AS gained
FROM (VALUES ('committee', '{"ensemble": 3, "distil": false, "epochs": 15}'), ('one', '{"ensemble": 1}')) o (name, options),
    LATERAL (SELECT train_intent_model(f, observed_segment, exposed, options::jsonb) AS model FROM dogs d, LATERAL (SELECT d.recency, d.frequency, d.tier, d.app_user) f) t,
    LATERAL (SELECT count(*) AS regexp_count FROM model_info(model), unnest(warnings) AS warning WHERE warning ~ 'put off') w,
    LATERAL (SELECT avg(u) FILTER (WHERE app_user) AS users, avg(u) FILTER (WHERE NOT app_user) AS others FROM (SELECT app_user, campaign_uplift(d, model) AS u FROM dogs d WHERE customer_id <= 2000) s) means;

-- A campaign that puts nobody off: no uplift is negative.
SELECT put_off_ratio > -3 AS tested, rows_put_off, min(campaign_uplift(c, model)) >= 0 AS gained, max((score_customer(c, model)).put_off) AS put_off
FROM (SELECT train_intent_model(f, observed_segment, exposed, '{"ensemble": 2, "epochs": 10, "hidden_layers": [4]}') AS model FROM customers c, LATERAL (SELECT c.recency, c.frequency, c.discount_share) f) t, model_info(model), customers c
GROUP BY 1, 2;
-- In simple mode nothing of the sort is learned.
SELECT uplift_slope, put_off_ratio, rows_put_off, (SELECT bool_and((s).campaign_uplift = (s).p_campaign_driven AND (s).put_off = 0) FROM (SELECT score_customer(c, model) AS s FROM customers c) s) AS same
FROM (SELECT train_intent_model(f, observed_segment, '{"ensemble": 1, "epochs": 10, "hidden_layers": [4]}') AS model FROM customers c, LATERAL (SELECT c.recency, c.frequency, c.discount_share) f) t, model_info(model);
-- Exposure that is turned round for everybody.
SELECT regexp_replace(warning, '-?[0-9]+(\.[0-9]+)?', '#', 'g') AS warning
FROM (SELECT train_intent_model(f, observed_segment, NOT exposed, '{"ensemble": 2, "epochs": 10, "hidden_layers": [4]}') AS model FROM simulate_customers(4000) c, LATERAL (SELECT c.recency, c.frequency, c.discount_share) f) t, model_info(model), unnest(warnings) AS warning;
SELECT topic, item, regexp_replace(value, '[0-9]+', '#', 'g') AS value
FROM (SELECT train_intent_model(f, observed_segment, NOT exposed, '{"ensemble": 2, "epochs": 10, "hidden_layers": [4]}') AS model FROM simulate_customers(4000) c, LATERAL (SELECT c.recency, c.frequency, c.discount_share) f) t,
    model_summary(model) WHERE item IN ('does it work', 'caused', 'then');

SELECT drop_model('dogs');
DROP TABLE ranked;
DROP VIEW dogs;
