-- The loop of a campaign on simulated customers: plan, assign, send, train with the recorded propensity, evaluate.
--
--     psql -f examples/loop.sql
--
-- It takes half a minute, and leaves nothing behind: all of it is one transaction, which is rolled back at the end.
\set ON_ERROR_STOP on
\set QUIET on
\pset footer off
\set campaigns 'ARRAY[''mail'', ''push'']'
BEGIN;
SET LOCAL client_min_messages = error;
CREATE EXTENSION IF NOT EXISTS pg_intent;
SET LOCAL pg_intent.progress = off;

\echo '1. A shop of 40,000 customers: their features, and what an order of theirs brings.'
CREATE TEMPORARY TABLE simulated ON COMMIT DROP AS SELECT * FROM simulate_customers(40000, exposed_share => 1, seed => 7);
CREATE TEMPORARY TABLE customers ON COMMIT DROP AS
SELECT customer_id, recency, frequency, tenure, discount_share, coupons, email_opens, email_clicks, app_sessions, web_visits,
    app_user, ch_store, tier, push_optin, night_share, cat1, age_band FROM simulated;
CREATE TEMPORARY TABLE margins ON COMMIT DROP AS SELECT customer_id, 0.3 * aov AS margin FROM simulated;

-- The truth, which only a simulation knows: who engages anyway, and which campaigns move whom.
CREATE TEMPORARY TABLE truth ON COMMIT DROP AS
SELECT customer_id, true_segment = 'organic' AS engages_anyway, array_remove(ARRAY[
    CASE WHEN true_segment = 'campaign_driven' THEN 'mail' END,
    CASE WHEN app_user AND assign_holdout(customer_id, CASE WHEN push_optin THEN 0.4 ELSE 0.1 END, 'moved by push') THEN 'push' END], NULL) AS moved_by
FROM simulated;

-- The function returns the segment that attribution records; 40 % of the engagement that a campaign drives counts as organic.
CREATE FUNCTION pg_temp.recorded(customer truth, campaign text, salt text) RETURNS text LANGUAGE sql AS $$
SELECT CASE
    WHEN customer.engages_anyway THEN 'organic'
    WHEN campaign IS NULL OR campaign <> ALL (customer.moved_by) THEN 'low_engagement'
    WHEN assign_holdout(customer.customer_id, 0.4, salt || ', not attributed') THEN 'organic'
    ELSE 'campaign_driven'
END $$;

\echo '2. Round 1, half of the customers: nothing is known, so chance decides. 40 % get nothing, 30 % each campaign.'
CREATE TEMPORARY TABLE round_1 ON COMMIT DROP AS
SELECT customer_id, a.campaign, pg_temp.recorded(t, a.campaign, 'round 1') AS observed_segment
FROM truth t, assign_campaign(customer_id, NULL, :campaigns, 0.4, 0.3, 'round 1') a
WHERE customer_id <= 20000;

\echo '3. Train a model of each campaign on those who got it and those who got nothing.'
SELECT save_model(name, model, true, 'round 1') FROM (
    SELECT name, train_intent_model(c, observed_segment, campaign IS NOT NULL, campaign_propensity(NULL, name, :campaigns, 0.4, 0.3),
        NULL, '{"ensemble": 1, "customer": "customer_id"}') AS model
    FROM unnest(:campaigns) name JOIN round_1 ON campaign IS NULL OR campaign = name JOIN customers c USING (customer_id)
    GROUP BY name) trained \g /dev/null

\echo '4. Round 2, the other half. Plan within a budget of 1,500: a mail costs 0.40 and takes a quarter off the margin, a push message costs 0.08.'
CREATE TEMPORARY TABLE offers ON COMMIT DROP AS
SELECT customer_id, ARRAY[campaign_uplift(c, 'mail') * 0.75 * margin - 0.40, campaign_uplift(c, 'push') * margin - 0.08] AS benefits,
    ARRAY[0.40, 0.08]::float8[] AS costs
FROM customers c JOIN margins USING (customer_id) WHERE customer_id > 20000;
CREATE TEMPORARY TABLE plan ON COMMIT DROP AS
SELECT plan_campaigns(benefits, costs, '{"budget": 1500, "campaigns": ["mail", "push"]}') AS prices FROM offers;
SELECT (prices).campaigns, (prices).contacts, round((prices).cost::numeric, 2) AS cost, (prices).value::int AS expected_value, round((prices).budget_price::numeric, 1) AS price_of_money FROM plan;

\echo '5. Assign and send: 10 % of the customers get nothing and 5 % the campaign that is not planned, so that the next training can tell.'
CREATE TEMPORARY TABLE round_2 ON COMMIT DROP AS
SELECT customer_id, planned.campaign AS recommended, a.campaign, a.probability, pg_temp.recorded(t, a.campaign, 'round 2') AS observed_segment
FROM offers JOIN truth t USING (customer_id), plan, choose_campaign(benefits, costs, prices) planned,
    assign_campaign(customer_id, planned.campaign, :campaigns, 0.1, 0.05, 'round 2') a;
SELECT recommended, count(*) FILTER (WHERE campaign = 'mail') AS sent_mail, count(*) FILTER (WHERE campaign = 'push') AS sent_push,
    count(*) FILTER (WHERE campaign IS NULL) AS sent_nothing FROM round_2 GROUP BY 1 ORDER BY 1;

\echo '6. Evaluate the plan: margins minus costs for each customer, against sending nothing.'
SELECT round(value::numeric, 3) AS planned, round(baseline_value::numeric, 3) AS nothing, round(gain::numeric, 3) AS gain, round(gain_se::numeric, 3) AS "+-"
FROM (SELECT (evaluate_policy(recommended, campaign, CASE campaign
        WHEN 'mail' THEN engaged * 0.75 * margin - 0.40 WHEN 'push' THEN engaged * margin - 0.08 ELSE engaged * margin END, probability, NULL, NULL)).*
    FROM (SELECT *, (observed_segment <> 'low_engagement')::int AS engaged FROM round_2 JOIN margins USING (customer_id)) sent) evaluated;

\echo '7. Evaluate the models of round 1 on the sends of round 2, with the recorded propensity.'
CREATE TEMPORARY TABLE sends ON COMMIT DROP AS
SELECT name, customer_id, observed_segment, campaign IS NOT NULL AS exposed, campaign_propensity(recommended, name, :campaigns, 0.1, 0.05) AS propensity
FROM unnest(:campaigns) name JOIN round_2 ON campaign IS NULL OR campaign = name;
SELECT name, (e).rows, round((e).uplift::numeric, 3) AS uplift, round((e).uplift_se::numeric, 3) AS "+-", round((e).uplift_top_30::numeric, 3) AS uplift_top_30,
    round((e).uplift_top_30_se::numeric, 3) AS "+-", round((e).qini::numeric, 4) AS qini, round((e).qini_se::numeric, 4) AS "+-"
FROM (SELECT name, evaluate_uplift(campaign_uplift(c, name), exposed, (observed_segment <> 'low_engagement')::int, propensity, NULL) AS e
    FROM sends JOIN customers c USING (customer_id) GROUP BY name) evaluated ORDER BY name;

\echo '8. Train on these sends: with the recorded propensity, and, to see the harm, without it. Predicted beside true uplift of all customers:'
CREATE TEMPORARY TABLE retrained ON COMMIT DROP AS
SELECT name, train_intent_model(c, observed_segment, exposed, propensity, NULL, '{"ensemble": 1, "customer": "customer_id"}') AS with_it,
    train_intent_model(c, observed_segment, exposed, '{"ensemble": 1, "customer": "customer_id"}') AS without_it
FROM sends JOIN customers c USING (customer_id) GROUP BY name;
SELECT save_model(name, with_it, true, 'round 2') FROM retrained \g /dev/null
SELECT name, round(avg((name = ANY (moved_by) AND NOT engages_anyway)::int), 3) AS true_uplift,
    round(avg(campaign_uplift(c, with_it))::numeric, 3) AS with_propensity, round(avg(campaign_uplift(c, without_it))::numeric, 3) AS without_propensity
FROM retrained, customers c JOIN truth USING (customer_id) GROUP BY name ORDER BY name;

\echo '9. The warnings of the models that were trained without it:'
SELECT name, regexp_replace(warning, ', and [0-9]+ %.*', ' …') AS warning FROM retrained, unnest((SELECT warnings FROM model_info(without_it))) warning ORDER BY name;

ROLLBACK;
