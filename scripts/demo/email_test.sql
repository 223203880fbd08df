-- Hillstrom's e-mail test: real customers, e-mails sent at random, and no campaign label at all.

\echo
\echo '=== 6. Real customers: Hillstrom''s e-mail test of 2008 ==='
\echo
\echo 'Two thirds of 64,000 customers, chosen at random, were sent an e-mail. Nobody recorded why a'
\echo 'customer visited: the model learns from who was sent the e-mail alone.'
\echo

-- Text columns as booleans; categories come with a later release. Those sent no e-mail stand beside both campaigns.
CREATE TABLE email_customers AS
SELECT campaign, id, recency, history, mens = 1 AS mens, womens = 1 AS womens, mens = 1 AND womens = 1 AS mens_and_womens,
       newbie = 1 AS newbie, zip_code = 'Rural' AS rural, zip_code = 'Surburban' AS suburban, zip_code = 'Urban' AS urban,
       channel = 'Phone' AS phone, channel = 'Web' AS web, channel = 'Multichannel' AS multichannel,
       CASE WHEN visit = 1 THEN 'organic' ELSE 'low_engagement' END AS observed_segment,
       segment <> 'No E-Mail' AS exposed,
       visit = 1 AS visited,
       hashint4(id) & 1 AS half
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
        '{"exclude": ["campaign", "id", "visited", "half"]}') t
\gset

CREATE TABLE email_ranked AS
SELECT c.campaign, r.ranking, c.exposed, c.visited,
       percent_rank() OVER (PARTITION BY c.campaign, r.ranking, c.half ORDER BY r.score DESC, c.id) AS place
FROM email_customers c,
    LATERAL score_customer(c, format('%s, half %s', campaign, 1 - half)) s,
    LATERAL (VALUES
        ('engagement', s.p_campaign_driven + s.p_organic),
        ('campaign_uplift', s.campaign_uplift)) r (ranking, score);

\echo
\echo 'Each half is scored by a model that was trained on the other half. Per 1,000 customers selected:'
\echo 'incremental = visits of those sent an e-mail less of those sent none; +- is its standard error.'
\echo

WITH selected AS (
    SELECT campaign, 'top 30 % by ' || ranking AS contact, exposed, visited FROM email_ranked WHERE place < 0.3
    UNION ALL
    SELECT campaign, 'everyone', exposed, visited FROM email_ranked WHERE ranking = 'engagement'),
counted AS (
    SELECT campaign, contact, count(*) AS customers,
           count(*) FILTER (WHERE exposed) AS n1, avg(visited::int) FILTER (WHERE exposed) AS v1,
           count(*) FILTER (WHERE NOT exposed) AS n0, avg(visited::int) FILTER (WHERE NOT exposed) AS v0
    FROM selected GROUP BY campaign, contact)
SELECT campaign, contact, customers, round(1000 * v1) AS "if sent", round(1000 * v0) AS "if not",
       round(1000 * (v1 - v0)) AS "incremental", round(1000 * sqrt(v1 * (1 - v1) / n1 + v0 * (1 - v0) / n0)) AS "+-"
FROM counted ORDER BY campaign, v1 - v0 DESC;

-- The shortest selection by campaign_uplift with as many additional visits as the one by engagement, in steps of 1 %,
-- because each step is an estimate.
\echo 'How many e-mails bring the same additional visits as the top 30 % by engagement? About:'
\echo
WITH steps AS (
    SELECT campaign, ranking, step, count(*) AS contacts,
           count(*) * (avg(visited::int) FILTER (WHERE exposed) - avg(visited::int) FILTER (WHERE NOT exposed)) AS visits
    FROM generate_series(1, 100) step JOIN email_ranked r ON r.place < step / 100.0
    GROUP BY campaign, ranking, step)
SELECT g.campaign, round(g.visits) AS "additional visits", g.contacts AS "by engagement",
       min(s.contacts) AS "by campaign_uplift", g.contacts - min(s.contacts) AS "exposures saved",
       round(100.0 * (g.contacts - min(s.contacts)) / g.contacts) AS "%"
FROM steps g JOIN steps s ON s.campaign = g.campaign AND s.ranking = 'campaign_uplift' AND s.visits >= g.visits
WHERE g.ranking = 'engagement' AND g.step = 30
GROUP BY g.campaign, g.visits, g.contacts ORDER BY 1;
