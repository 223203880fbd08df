-- Sends by chance: assign_holdout, assign_campaign, campaign_propensity; and the size of a test.

-- The numbers stay the same for ever: here, the smallest share, in hundredths, that holds an id out.
SELECT string_agg(coalesce(least::text, '-'), ' ' ORDER BY id) AS golden FROM (
    SELECT id, (SELECT min(s) FROM generate_series(2, 50) s WHERE assign_holdout(id, s / 100.0, 'spring-2027')) AS least
    FROM generate_series(1, 40) id) g;
SELECT string_agg(coalesce((assign_campaign(id, 'a', ARRAY['a', 'b', 'c'], 0.1, 0.2, 'spring-2027')).campaign, '-'), ' ' ORDER BY id) AS golden
FROM generate_series(1, 20) id;
-- An id may be a number or its text, and any text.
SELECT count(*) FILTER (WHERE assign_holdout(id, 0.3, 's') <> assign_holdout(id::text, 0.3, 's')) AS differ,
    count(*) FILTER (WHERE assign_campaign(id, 'a', ARRAY['a', 'b'], 0.3, 0.1, 's') <> assign_campaign(id::text, 'a', ARRAY['a', 'b'], 0.3, 0.1, 's')) AS differ
FROM generate_series(-5, 1000) id;
SELECT assign_holdout('Müller', 0.5, 'größe'), assign_holdout('', 0.5, '');
-- The holdout of assign_campaign is that of assign_holdout, and a larger share only adds ids.
SELECT count(*) FILTER (WHERE assign_holdout(id, 0.1, 's')) BETWEEN 870 AND 1130 AS held_out,
    bool_and(assign_holdout(id, 0.2, 's')) FILTER (WHERE assign_holdout(id, 0.1, 's')) AS only_added,
    bool_and((assign_campaign(id, 'a', ARRAY['b', 'a'], 0.1, 0.1, 's')).campaign IS NULL) FILTER (WHERE assign_holdout(id, 0.1, 's')) AS same_holdout,
    count(*) FILTER (WHERE assign_holdout(id, 0.1, 's') AND assign_holdout(id, 0.1, 't')) BETWEEN 60 AND 140 AS independent
FROM generate_series(1, 10000) id;
-- Shares, chances and propensities.
SELECT campaign, exposed, round(count(*) / 20000.0, 2) AS share, round(probability::numeric, 4) AS probability, round(propensity::numeric, 4) AS propensity
FROM (SELECT (assign_campaign(id, 'b', ARRAY['c', 'b', 'a', NULL], 0.1, 0.05, 's')).* FROM generate_series(1, 20000) id) a
GROUP BY 1, 2, 4, 5 ORDER BY 1;
SELECT campaign, exposed, round(count(*) / 20000.0, 2) AS share, round(probability::numeric, 4) AS probability, round(propensity::numeric, 4) AS propensity
FROM (SELECT (assign_campaign(id, NULL, ARRAY['b', 'a'], 0.1, 0.05, 's')).* FROM generate_series(1, 20000) id) a
GROUP BY 1, 2, 4, 5 ORDER BY 1;
SELECT DISTINCT campaign, exposed, round(probability::numeric, 4) AS probability, round(propensity::numeric, 4) AS propensity
FROM (SELECT (assign_campaign(id, 'a', ARRAY['a', NULL], 0.1, 0.05, 's')).* FROM generate_series(1, 100) id) a ORDER BY 1;
SELECT assign_campaign(1, NULL, '{}', 0.1, 0.05, 's'), assign_campaign(1, NULL, ARRAY[NULL, NULL], 0.1, 0.05, 's');
SELECT campaign_propensity('b', 'b', ARRAY['a', 'b', 'c'], 0.1, 0.05) AS recommended, campaign_propensity('b', 'c', ARRAY['a', 'b', 'c'], 0.1, 0.05) AS other,
    campaign_propensity(NULL, 'c', ARRAY['a', 'b', 'c'], 0.1, 0.05) AS nobody, campaign_propensity('b', 'x', ARRAY['a', 'b', NULL], 0.1, 0.05) AS not_eligible;
-- NULL arguments.
SELECT num_nulls(assign_holdout(NULL::text, 0.1, 's'), assign_holdout(1, NULL, 's'), assign_holdout(1, 0.1, NULL), assign_campaign(NULL::bigint, 'a', ARRAY['a'], 0.1, 0.1, 's'),
    assign_campaign(1, 'a', NULL, 0.1, 0.1, 's'), assign_campaign(1, 'a', ARRAY['a'], NULL, 0.1, 's'), assign_campaign(1, 'a', ARRAY['a'], 0.1, NULL, 's'),
    assign_campaign(1, 'a', ARRAY['a'], 0.1, 0.1, NULL), campaign_propensity('a', NULL, ARRAY['a'], 0.1, 0.1), campaign_propensity('a', 'a', NULL, 0.1, 0.1)) AS nulls;
-- Errors.
SELECT * FROM failure($$SELECT assign_holdout(1, 0.01, 's')$$);
SELECT * FROM failure($$SELECT assign_holdout(1, 'NaN', 's')$$);
SELECT * FROM failure($$SELECT assign_campaign(1, 'x', ARRAY['a'], 0.1, 0.05, 's')$$);
SELECT * FROM failure($$SELECT assign_campaign(1, 'a', ARRAY['a', 'a'], 0.1, 0.05, 's')$$);
SELECT * FROM failure($$SELECT assign_campaign(1, 'a', ARRAY['a'], 0.6, 0.05, 's')$$);
SELECT * FROM failure($$SELECT assign_campaign(1, 'a', ARRAY['a', 'b', 'c', 'd'], 0.2, 0.15, 's')$$);
SELECT * FROM failure($$SELECT assign_campaign(1, NULL, ARRAY['a', 'b', 'c'], 0.2, 0.4, 's')$$);
SELECT assign_campaign(1, 'c1', array_agg('c' || k), 0.02, 0.02, 's') IS NOT NULL AS campaigns_25 FROM generate_series(1, 25) k;
SELECT * FROM failure($$SELECT assign_campaign(1, 'c1', (SELECT array_agg('c' || k) FROM generate_series(1, 26) k), 0.02, 0.02, 's')$$);
SELECT * FROM failure($$SELECT campaign_propensity('a', 'x', ARRAY['a', 'b'], 0.1, 0.05)$$);
-- The size of a test.
SELECT sample_size(0.106, 0.061), sample_size(0.106, 0.02, 0.9), sample_size(0.02, 0.004, exposed_share => 0.8), sample_size(0.1, -0.02, 0.5, 0.9, 0.01);
SELECT rows, round(detectable_uplift(rows, 0.1, 0.9)::numeric, 4) AS uplift FROM unnest(ARRAY[0, 10000, 100000, 1000000]) rows;
SELECT sample_size(0.1, detectable_uplift(50000, 0.1)) AS rows;
SELECT num_nulls(sample_size(NULL, 0.1), detectable_uplift(NULL, 0.1), sample_size(0.1, 0.1, power => NULL)) AS nulls;
SELECT * FROM failure('SELECT sample_size(0, 0.1)');
SELECT * FROM failure('SELECT sample_size(0.1, 0)');
SELECT * FROM failure('SELECT sample_size(0.95, 0.1)');
SELECT * FROM failure('SELECT sample_size(0.1, 0.1, power => 0.01)');
SELECT * FROM failure('SELECT sample_size(0.1, 1e-11)');
SELECT * FROM failure('SELECT detectable_uplift(-1, 0.1)');
