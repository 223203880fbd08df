-- From the file of an e-mail test to the list of customers that fits a budget.
--
--     psql -v file=hillstrom.csv -f examples/hillstrom.sql
--
-- The file is Hillstrom's e-mail test of 2008 (64,000 rows; it may be gzipped): by chance, a third of the customers were
-- sent an e-mail for men, a third one for women, and a third nothing. The tables are temporary; the models mens and
-- womens stay.
\set ON_ERROR_STOP on
\set QUIET on
\pset footer off
SET client_min_messages = warning;
SET pg_intent.progress = off;
CREATE EXTENSION IF NOT EXISTS pg_intent;

CREATE TEMPORARY TABLE email_test (
    recency int, history_segment text, history numeric, mens int, womens int, zip_code text, newbie int, channel text,
    segment text, visit int, conversion int, spend float8, id int GENERATED ALWAYS AS IDENTITY);
\set load '\\copy email_test (recency, history_segment, history, mens, womens, zip_code, newbie, channel, segment, visit, conversion, spend) FROM PROGRAM ''zcat -f ' :file ''' WITH (FORMAT csv, HEADER)'
:load

-- One half is the test that we learn from. The other half are the customers of the next e-mail.
CREATE TEMPORARY TABLE test AS
SELECT *, CASE segment WHEN 'Mens E-Mail' THEN 'mens' WHEN 'Womens E-Mail' THEN 'womens' END AS sent
FROM email_test WHERE hashint4(id) & 1 = 0;
CREATE TEMPORARY TABLE customers AS
SELECT id, recency, history, mens, womens, zip_code, newbie, channel FROM email_test WHERE hashint4(id) & 1 = 1;
CREATE TEMPORARY TABLE outcomes AS
SELECT id, CASE segment WHEN 'Mens E-Mail' THEN 'mens' WHEN 'Womens E-Mail' THEN 'womens' END AS sent, visit::float8, spend
FROM email_test WHERE hashint4(id) & 1 = 1;

\echo
\echo 'A model for each e-mail: those who got it beside those who got nothing'
SELECT campaign, t.rows
FROM unnest(ARRAY['mens', 'womens']) campaign,
    LATERAL train_model(campaign, format($$
        SELECT recency, history, mens, womens, zip_code, newbie, channel, visit = 1 AS engaged, sent IS NOT NULL AS exposed
        FROM test WHERE sent IS NULL OR sent = %L$$, campaign)) t;

\echo 'Does it work? Additional visits per 1,000 customers of the other half; +- is the standard error'
SELECT campaign, (e).rows, round(1000 * (e).uplift) AS uplift, round(1000 * (e).uplift_se) AS "+-",
       round(1000 * (e).uplift_top_30) AS "top 30 %", round(1000 * (e).uplift_top_30_se) AS "+- ",
       round(10000 * (e).qini) AS "Qini x 10,000", round(10000 * (e).qini_se) AS " +-"
FROM (SELECT campaign, evaluate_uplift(campaign_uplift(c, campaign), sent IS NOT NULL, visit) AS e
      FROM customers c JOIN outcomes USING (id), unnest(ARRAY['mens', 'womens']) campaign
      WHERE sent IS NULL OR sent = campaign GROUP BY campaign) s
ORDER BY campaign;

-- The value of a visit that the e-mail caused is not that of an average visit: it follows from the test, as the uplift of
-- the spend over the uplift of the visits. Its error is that of spend - value x visit.
WITH tested AS (
    SELECT (evaluate_uplift(0, sent IS NOT NULL, spend)).uplift / (evaluate_uplift(0, sent IS NOT NULL, visit)).uplift AS value,
           (evaluate_uplift(0, sent IS NOT NULL, visit)).uplift AS visits, avg(spend) FILTER (WHERE visit = 1) AS average
    FROM test)
SELECT value, value_se, average
FROM tested, LATERAL (SELECT (evaluate_uplift(0, sent IS NOT NULL, spend - value * visit)).uplift_se / visits AS value_se FROM test) e
\gset
\echo 'Spend for each visit that the e-mail caused, and for an average visit'
SELECT round(:value::numeric, 2) AS "caused", round(:value_se::numeric, 2) AS "+-", round(:average::numeric, 2) AS "average";

-- Whom to send what: the margin is 40 %, an e-mail costs 10 cents, and there are 1,000 dollars. The e-mail for men goes
-- to 6,000 customers at most, and no kind of area gets e-mails for less than a quarter of its customers.
CREATE TEMPORARY TABLE offers AS
SELECT id, zip_code, ARRAY[0.1, 0.1] AS costs,
       ARRAY[campaign_uplift(c, 'mens') * :value * 0.4 - 0.1, campaign_uplift(c, 'womens') * :value * 0.4 - 0.1] AS benefits
FROM customers c;
CREATE TEMPORARY TABLE plan AS
SELECT plan_campaigns(benefits, costs, '{"campaigns": ["mens", "womens"], "budget": 1000, "caps": {"mens": 6000},
    "floors": {"Rural": 0.25, "Surburban": 0.25, "Urban": 0.25}}', zip_code) AS plan
FROM offers;
CREATE TEMPORARY TABLE contacts AS
SELECT id, zip_code, (choice).campaign, (choice).cost, (choice).benefit
FROM (SELECT id, zip_code, choose_campaign(benefits, costs, plan, zip_code) AS choice FROM offers, plan) c
WHERE (choice).campaign IS NOT NULL;

\echo 'The list of contacts: e-mails, their cost and the net benefit that the models expect'
SELECT coalesce(campaign, 'all') AS campaign, count(*) AS contacts, round(sum(cost)::numeric) AS cost, round(sum(benefit)::numeric) AS benefit
FROM contacts GROUP BY ROLLUP (campaign) ORDER BY GROUPING(campaign), 1;
\echo 'The share of the customers of each kind of area that is on it'
SELECT zip_code, count(*) AS customers, round(100 * avg((campaign IS NOT NULL)::int)) AS "% contacted"
FROM offers LEFT JOIN contacts USING (id, zip_code) GROUP BY 1 ORDER BY 1;

-- Chance decided who was sent what. A list is worth what the customers brought who happened to be sent what it names.
CREATE TEMPORARY TABLE lists AS
SELECT 1 AS place, 'the plan' AS list, id, campaign FROM offers LEFT JOIN contacts USING (id)
UNION ALL
SELECT 2, 'as many e-mails for men, by chance', id, CASE WHEN row_number() OVER (ORDER BY hashint4(id)) <= (SELECT count(*) FROM contacts) THEN 'mens' END FROM offers
UNION ALL
SELECT 3, 'the e-mail for men to all', id, 'mens' FROM offers;
\echo 'What each list is worth: visits that it causes, less the cost, in dollars, and for each dollar that it costs'
SELECT list, round((p).contacted_share * (p).rows) AS contacts, round((p).gain * (p).rows) AS "net benefit", round((p).gain_se * (p).rows) AS "+-",
       round((10 * (p).gain / (p).contacted_share)::numeric, 2) AS "for each dollar"
FROM (SELECT place, list, evaluate_policy(campaign, sent, visit * :value * 0.4 - CASE WHEN sent IS NULL THEN 0 ELSE 0.1 END, NULL) AS p
      FROM lists JOIN outcomes USING (id) GROUP BY place, list) l
ORDER BY place;

\echo 'A page on a model for those who decide: psql -At -c "SELECT model_report(''womens'')" > womens.html'
