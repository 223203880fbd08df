-- Hillstrom's e-mail test: real customers, e-mails sent at random, and no campaign label at all.

\echo
\echo '=== 6. Real customers: Hillstrom''s e-mail test of 2008 ==='
\echo
\echo 'Two thirds of 64,000 customers, chosen at random, were sent an e-mail. Nobody recorded why a'
\echo 'customer visited: the model learns from who was sent the e-mail alone.'
\echo

-- Customers who were sent no e-mail stand beside both campaigns.
CREATE TABLE email_customers AS
SELECT campaign, id, recency, history, mens, womens, newbie, zip_code, channel,
       visit = 1 AS engaged, segment <> 'No E-Mail' AS exposed, hashint4(id) & 1 AS half
FROM email_test JOIN (VALUES ('both e-mails', NULL), ('women''s e-mail', 'Mens E-Mail')) c (campaign, without)
    ON segment IS DISTINCT FROM without;

SELECT segment AS customers, count(*), round(1000 * avg(visit)) AS "visits per 1,000"
FROM email_test GROUP BY 1 ORDER BY 3 DESC;

-- Each half is scored by a model trained on the other half.
SELECT sum(t.rows) AS rows
FROM (SELECT DISTINCT campaign, half FROM email_customers) c,
    LATERAL train_model(
        format('%s, half %s', campaign, half),
        format('SELECT * FROM email_customers WHERE campaign = %L AND half = %s', campaign, half),
        '{"exclude": ["campaign", "id", "half"]}') t
\gset

CREATE TABLE email_scores AS
SELECT c.campaign, c.exposed, c.engaged::int AS visit, s.campaign_uplift, s.p_campaign_driven + s.p_organic AS engagement
FROM email_customers c, LATERAL score_customer(c, format('%s, half %s', campaign, 1 - half)) s;

\echo
\echo 'Each half is scored by a model that was trained on the other half. Visits that the e-mail adds per'
\echo '1,000 customers contacted; +- is the standard error:'
\echo

SELECT s.campaign, contact, round(1000 * uplift) AS "additional visits", round(1000 * se) AS "+-"
FROM (SELECT campaign, evaluate_uplift(campaign_uplift, exposed, visit) AS by_uplift, evaluate_uplift(engagement, exposed, visit) AS by_engagement
      FROM email_scores GROUP BY campaign) s,
    LATERAL (VALUES
        ('top 30 % by campaign_uplift', (by_uplift).uplift_top_30, (by_uplift).uplift_top_30_se),
        ('top 30 % by engagement', (by_engagement).uplift_top_30, (by_engagement).uplift_top_30_se),
        ('everyone', (by_uplift).uplift, (by_uplift).uplift_se)) c (contact, uplift, se)
ORDER BY 1, uplift DESC;

\echo 'The difference of the two rankings, on the same customers:'
\echo

SELECT campaign, round(1000 * (c).top_30_difference) AS "top 30 %", round(1000 * (c).top_30_difference_se) AS "+-",
       round(10000 * (c).qini_difference) AS "Qini x 10,000", round(10000 * (c).difference_se) AS "+- "
FROM (SELECT campaign, compare_uplift(campaign_uplift, engagement, exposed, visit) AS c FROM email_scores GROUP BY campaign) s
ORDER BY 1;

-- In steps of 1 %, because each step is an estimate.
\echo 'How many e-mails bring the same additional visits as the top 30 % by engagement? About:'
\echo
WITH curves AS (
    SELECT campaign, p.ranking, (unnest(p.curve)).*
    FROM (SELECT campaign, uplift_curve(campaign_uplift, exposed, visit) AS by_uplift, uplift_curve(engagement, exposed, visit) AS by_engagement
          FROM email_scores GROUP BY campaign) s,
        LATERAL (VALUES ('campaign_uplift', by_uplift), ('engagement', by_engagement)) p (ranking, curve))
SELECT g.campaign, round(g.customers) AS "by engagement", round(min(u.customers)) AS "by campaign_uplift",
       round(g.customers - min(u.customers)) AS "exposures saved", round(100.0 * (g.customers - min(u.customers)) / g.customers) AS "%"
FROM curves g JOIN curves u ON u.campaign = g.campaign AND u.ranking = 'campaign_uplift' AND u.gain >= g.gain
WHERE g.ranking = 'engagement' AND round(100 * g.share) = 30
GROUP BY g.campaign, g.customers ORDER BY 1;
