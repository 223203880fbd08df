-- A simulated retailer: what attribution missed, the segments, and whom to contact. The truth is known.

\echo
\echo '=== 1. A retailer: 200,000 simulated customers ==='
\echo
\echo 'The campaign went to 60 % of them, at random. Attribution missed 40 % of the customers whom it'
\echo 'moved: they are recorded as organic. Training sees the records, never the truth.'
\echo

CREATE TABLE customers AS SELECT * FROM simulate_customers(200000, missing_rate => 0.4, exposed_share => 0.6);
CREATE TABLE truth AS SELECT customer_id, true_segment FROM customers;
ALTER TABLE customers DROP COLUMN true_segment;

SELECT observed_segment AS "recorded as", count(*) AS customers,
       count(*) FILTER (WHERE exposed) AS "sent the campaign",
       count(*) FILTER (WHERE true_segment = 'campaign_driven') AS "truly campaign-driven"
FROM customers JOIN truth USING (customer_id)
GROUP BY 1 ORDER BY 1;

\echo '=== 2. Training on one half, 100,000 customers ==='
\echo

SELECT * FROM train_model('spring', $$
    SELECT * FROM customers WHERE customer_id % 2 = 0
$$, '{"exclude": ["customer_id"]}')
\gset training_

-- The campaign's share of engagement follows from exposure; attribution labelled less than that.
SELECT avg((observed_segment = 'campaign_driven')::int) AS labelled,
       1 - avg((observed_segment = 'campaign_driven')::int) / :training_campaign_share AS missing
FROM customers WHERE customer_id % 2 = 0 AND exposed AND observed_segment <> 'low_engagement'
\gset

\echo
\echo 'The campaign caused more of the engagement of those sent it than was recorded: labels are missing.'
\echo

SELECT :training_rows AS "rows", round(100 * :training_campaign_share::numeric) AS "% caused by campaign",
       round(100 * :labelled::numeric) AS "% labelled so", round(100 * :missing::numeric) AS "% labels missing",
       :training_corrected AS "labels corrected";

\echo '=== 3. Scoring the other half, which training has not seen ==='
\echo

SELECT clock_timestamp() AS started
\gset
CREATE TABLE scores AS
SELECT c.customer_id, c.exposed, c.observed_segment, t.true_segment, s.segment, s.campaign_intent,
       s.p_campaign_driven, s.p_organic, campaign_uplift(c, 'spring')
FROM customers c JOIN truth t USING (customer_id), LATERAL score_customer(c, 'spring') s
WHERE c.customer_id % 2 = 1;
SELECT count(*) AS scored, round(extract(epoch FROM clock_timestamp() - :'started')::numeric, 1) AS seconds
FROM scores
\gset
\echo :scored 'customers scored in' :seconds 'seconds. Ten of them. The truth of a customer who was not sent the campaign is without it:'
\echo

SELECT customer_id AS customer, CASE WHEN exposed THEN 'yes' ELSE 'no' END AS sent, observed_segment AS "recorded as", segment AS "segment_customer",
       round(campaign_intent::numeric, 2) AS intent, round(campaign_uplift::numeric, 2) AS uplift, true_segment AS truth
FROM scores ORDER BY customer_id LIMIT 10;

-- From here on: the customers who were sent the campaign, because only theirs is a true segment to compare with.
CREATE VIEW sent AS SELECT * FROM scores WHERE exposed;

\echo 'The three segments, and what those customers truly are (customers sent the campaign):'
\echo

SELECT segment AS "segment_customer", count(*) AS customers,
       round(100 * avg((true_segment = 'campaign_driven')::int)) AS "% campaign-driven",
       round(100 * avg((true_segment = 'organic')::int)) AS "% organic",
       round(100 * avg((true_segment = 'low_engagement')::int)) AS "% low engagement"
FROM sent GROUP BY 1 ORDER BY 1;

\echo '=== 4. What attribution missed ==='
\echo
\echo 'Customers of the training half who were sent the campaign and recorded organic. Training counted'
\echo 'those as campaign-driven whose correct_label is above 0.5:'
\echo

WITH judged AS (
    SELECT true_segment = 'campaign_driven' AS hidden,
           correct_label(c, c.observed_segment, c.exposed, 'spring') > 0.5 AS corrected
    FROM customers c JOIN truth USING (customer_id)
    WHERE customer_id % 2 = 0 AND exposed AND observed_segment = 'organic')
SELECT count(*) AS "recorded organic", count(*) FILTER (WHERE hidden) AS "truly campaign-driven",
       count(*) FILTER (WHERE corrected) AS "labels corrected", count(*) FILTER (WHERE corrected AND hidden) AS "rightly so",
       round(100.0 * count(*) FILTER (WHERE corrected AND hidden) / nullif(count(*) FILTER (WHERE corrected), 0)) AS "precision %",
       round(100.0 * count(*) FILTER (WHERE corrected AND hidden) / nullif(count(*) FILTER (WHERE hidden), 0)) AS "recall %"
FROM judged;

\echo '=== 5. Whom to contact: the top 30 % by engagement, or by campaign_uplift ==='
\echo
\echo 'Responses per 1,000 contacts. Incremental ones happen because of the contact; the others would'
\echo 'have come anyway. Engagement = p_campaign_driven + p_organic, what a response model ranks by.'
\echo

CREATE VIEW ranked AS
SELECT r.ranking, s.true_segment,
       row_number() OVER (PARTITION BY r.ranking ORDER BY r.score DESC, s.customer_id) AS place,
       count(*) OVER (PARTITION BY r.ranking) AS customers
FROM sent s, LATERAL (VALUES
    ('engagement', s.p_campaign_driven + s.p_organic),
    ('campaign_uplift', s.campaign_uplift)) r (ranking, score);

SELECT 'top 30 % by ' || ranking AS "contact", count(*) AS contacts,
       round(1000 * avg((true_segment <> 'low_engagement')::int)) AS responses,
       round(1000 * avg((true_segment = 'organic')::int)) AS "come anyway",
       round(1000 * avg((true_segment = 'campaign_driven')::int)) AS incremental
FROM ranked WHERE place <= 0.3 * customers GROUP BY ranking
UNION ALL
SELECT 'everyone', count(*), round(1000 * avg((true_segment <> 'low_engagement')::int)),
       round(1000 * avg((true_segment = 'organic')::int)), round(1000 * avg((true_segment = 'campaign_driven')::int))
FROM sent
ORDER BY incremental DESC;

-- The shortest selection by campaign_uplift with as many incremental responses as the one by engagement.
WITH reached AS (
    SELECT ranking, place, customers, sum((true_segment = 'campaign_driven')::int) OVER (PARTITION BY ranking ORDER BY place) AS incremental
    FROM ranked),
goal AS (
    SELECT max(incremental) AS incremental, max(place) AS contacts
    FROM reached WHERE ranking = 'engagement' AND place <= 0.3 * customers)
SELECT g.incremental AS same, g.contacts, min(r.place) AS needed, g.contacts - min(r.place) AS saved,
       round(100.0 * (g.contacts - min(r.place)) / g.contacts) AS saved_percent
FROM goal g JOIN reached r ON r.ranking = 'campaign_uplift' AND r.incremental >= g.incremental
GROUP BY g.incremental, g.contacts
\gset
\echo 'The same' :same 'incremental responses need' :needed 'contacts by campaign_uplift instead of' :contacts 'by'
\echo 'engagement:' :saved 'exposures saved,' :saved_percent '%.'
