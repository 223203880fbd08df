-- plan_campaigns and choose_campaign: one campaign a customer, within a budget, caps and floors.
CREATE TABLE targets AS
SELECT i AS id, CASE WHEN i % 3 = 0 THEN 'north' WHEN i % 3 = 1 THEN 'south' END AS region,
    ARRAY[((i * 37) % 1009) / 200.0 - 1, CASE WHEN i % 5 > 0 THEN ((i * 91) % 1009) / 400.0 - 1 END,
        ((i * 53) % 1009) / 150.0 - 1]::float8[] AS benefits,
    ARRAY[0.5, 0.125, 1.5]::float8[] AS costs
FROM generate_series(1, 1000) i;
ANALYZE targets;
CREATE TABLE plans (name text PRIMARY KEY, plan campaign_plan);
INSERT INTO plans SELECT 'free', plan_campaigns(benefits, costs, '{}') FROM targets;
INSERT INTO plans SELECT 'budget', plan_campaigns(benefits, costs, '{"budget": 200}') FROM targets;
INSERT INTO plans SELECT 'caps', plan_campaigns(benefits, costs,
    '{"campaigns": ["discount", "push", "catalogue"], "caps": {"catalogue": 100, "push": 50}}') FROM targets;
INSERT INTO plans SELECT 'all', plan_campaigns(benefits, costs,
    '{"budget": 120, "caps": {"1": 150}, "floors": {"north": 0.5, "south": 0.2}}', region) FROM targets;
INSERT INTO plans SELECT 'nothing', plan_campaigns(benefits, costs, '{"budget": 0, "caps": null}') FROM targets;
SELECT name, (plan).campaigns, (plan).groups, (plan).rows, (plan).rows_used, (plan).contacts, (plan).cost,
    round((plan).value::numeric, 3) AS value, round((plan).value_bound::numeric, 3) AS value_bound
FROM plans ORDER BY name;

-- The numbers of a plan are those of choose_campaign on the planned rows.
SELECT name, contacts = (plan).contacts AS contacts, abs(spent - (plan).cost) < 1e-9 AS cost,
    abs(value - (plan).value) < 1e-9 AS value, spent <= coalesce(budget, spent) AS within_budget
FROM (VALUES ('free', NULL), ('budget', 200), ('caps', NULL), ('all', 120), ('nothing', 0)) AS b(name, budget)
JOIN plans USING (name), LATERAL (
    SELECT array_agg(n ORDER BY place) AS contacts, sum(spent) AS spent, sum(value) AS value
    FROM unnest((plan).campaigns) WITH ORDINALITY AS k(campaign, place), LATERAL (
        SELECT count(*) AS n, coalesce(sum(c.cost), 0) AS spent, coalesce(sum(c.benefit), 0) AS value
        FROM targets, LATERAL (SELECT * FROM choose_campaign(benefits, costs, plan, region) OFFSET 0) c
        WHERE c.campaign = k.campaign) n) a
ORDER BY name;
SELECT region, count(c.campaign) >= CASE region WHEN 'north' THEN 0.5 ELSE 0.2 END * count(*) AS floor_is_met
FROM targets, plans, LATERAL choose_campaign(benefits, costs, plan, region) c
WHERE name = 'all' AND region IS NOT NULL GROUP BY region ORDER BY region;

-- To the cent: the customers with the least advantage are left out.
SELECT sum(cost) <= 199.9 AS within FROM (
    SELECT c.cost, sum(c.cost) OVER (ORDER BY c.advantage DESC, id) AS spent
    FROM targets, plans, LATERAL choose_campaign(benefits, costs, plan) c WHERE name = 'budget' AND c.campaign IS NOT NULL) s
WHERE spent <= 199.9;
SELECT campaign, count(*) FROM (
    SELECT c.campaign, row_number() OVER (PARTITION BY c.campaign ORDER BY c.advantage DESC, id) AS place
    FROM targets, plans, LATERAL choose_campaign(benefits, costs, plan) c WHERE name = 'free' AND c.campaign IS NOT NULL) s
WHERE place <= 40 GROUP BY campaign ORDER BY campaign;

-- Other customers, drawn alike, get about the planned contacts.
SELECT k.campaign, abs(count(*) FILTER (WHERE c.campaign = k.campaign) - planned) <= 3 * sqrt(2.0 * planned) AS about_as_planned
FROM plans, unnest((plan).campaigns, (plan).contacts) AS k(campaign, planned), generate_series(5001, 6000) i, LATERAL (
    SELECT * FROM choose_campaign(ARRAY[((i * 37) % 1009) / 200.0 - 1, CASE WHEN i % 5 > 0 THEN ((i * 91) % 1009) / 400.0 - 1 END,
        ((i * 53) % 1009) / 150.0 - 1], '{0.5,0.125,1.5}', plan) OFFSET 0) c
WHERE name = 'budget' GROUP BY k.campaign, planned ORDER BY k.campaign;

-- One call: the best campaign, the first of equals, none.
SELECT c.* FROM plans, LATERAL choose_campaign(ARRAY[1, 2, 3], ARRAY[1, 1, 1], plan) c WHERE name = 'free';
SELECT c.* FROM plans, LATERAL choose_campaign(ARRAY[2, 2, NULL], ARRAY[1, 1, 1], plan) c WHERE name = 'free';
SELECT c.* FROM plans, LATERAL choose_campaign(ARRAY[2, 1, 3], ARRAY[NULL, 1, NULL], plan) c WHERE name = 'free';
SELECT c.* FROM plans, LATERAL choose_campaign(ARRAY[-1, 0, NULL], ARRAY[1, 1, 1], plan) c WHERE name = 'free';
SELECT choose_campaign(ARRAY[1, 2], '{1,1}', NULL) IS NULL AS without_plan;
SELECT choose_campaign(NULL, costs, plan), choose_campaign(benefits, NULL, plan) FROM targets, plans WHERE id = 1 AND name = 'free';
SELECT choose_campaign(NULL, costs, plan, 'north'), choose_campaign(benefits, costs, plan, NULL) = choose_campaign(benefits, costs, plan)
    AS no_group FROM targets, plans WHERE id = 1 AND name = 'all';
SELECT choose_campaign(benefits, costs, plan, 'unknown') = choose_campaign(benefits, costs, plan) AS unknown_group
FROM targets, plans WHERE id = 1 AND name = 'all';

-- Two plans in turn at one call site, and plans that change within a function.
SELECT name, count(c.campaign) FROM targets, plans, LATERAL choose_campaign(benefits, costs, plan) c GROUP BY name ORDER BY name;
DO $$
DECLARE p campaign_plan; n int; counts int[];
BEGIN
    FOR p IN SELECT (plan).* FROM plans ORDER BY name LOOP
        SELECT count((choose_campaign(benefits, costs, p)).campaign) INTO n FROM targets;
        counts := counts || n;
    END LOOP;
    RAISE NOTICE '%', counts;
END $$;

-- A plan is stored and read back as text; a plan of many groups is stored out of line.
SELECT plan = plan::text::campaign_plan AS same FROM plans ORDER BY name;
INSERT INTO plans SELECT 'groups', plan_campaigns(benefits, costs, (SELECT jsonb_build_object('budget', 200, 'floors',
    jsonb_object_agg('g' || g, 0.1)) FROM generate_series(0, 999) g), 'g' || id % 1000) FROM targets;
SELECT cardinality((plan).groups), (plan).cost <= 200 AS within_budget FROM plans WHERE name = 'groups';
SELECT count(c.campaign) = (SELECT sum(n) FROM plans, unnest((plan).contacts) n WHERE name = 'groups') AS planned
FROM targets, plans, LATERAL choose_campaign(benefits, costs, plan, 'g' || id % 1000) c WHERE name = 'groups';

-- No rows; NULL arrays do not count; nothing eligible; NULL options; a group without customers; parameters.
SELECT plan_campaigns(benefits, costs, '{}') FROM targets WHERE false;
SELECT plan_campaigns(NULL, costs, '{}'), plan_campaigns(benefits, NULL, '{}', region) FROM targets;
SELECT (plan_campaigns(ARRAY[NULL, NULL]::float8[], '{1,1}', '{"budget": 1}')).* FROM targets;
SELECT (plan_campaigns(benefits, costs, NULL)).contacts, (plan_campaigns(benefits, costs, NULL, NULL)).contacts FROM targets;
SELECT (plan_campaigns(benefits, costs, '{"floors": {"nroth": 0.2}}', region)).groups FROM targets;
PREPARE planned AS SELECT (plan_campaigns($1, $2, $3)).contacts, (plan_campaigns($1, $2, $3, $4)).contacts FROM generate_series(1, 3);
EXECUTE planned('{1,2}', '{1,1}', '{"budget": 3}', 'x');

-- Groups, and the same bytes by every plan and order.
SELECT id % 2 AS half, (plan_campaigns(benefits, costs, '{"budget": 50}')).contacts FROM targets GROUP BY 1 ORDER BY 1;
SELECT plan AS serial FROM plans WHERE name = 'all' \gset
SET parallel_setup_cost = 0; SET parallel_tuple_cost = 0; SET min_parallel_table_scan_size = 0;
SELECT plan_nodes($$SELECT plan_campaigns(benefits, costs, '{}') FROM targets$$);
SELECT plan_campaigns(benefits, costs, '{"budget": 120, "caps": {"1": 150}, "floors": {"north": 0.5, "south": 0.2}}', region)::text
    = :'serial' AS parallel_is_serial FROM targets;
RESET parallel_setup_cost; RESET parallel_tuple_cost; RESET min_parallel_table_scan_size;
SELECT plan_campaigns(benefits, costs, '{"budget": 120, "caps": {"1": 150}, "floors": {"north": 0.5, "south": 0.2}}', region
    ORDER BY benefits)::text = :'serial' AS any_order_is_the_same FROM targets;

-- Hostile names and 64 campaigns.
SELECT c.campaign FROM (SELECT plan_campaigns('{1,2}', '{1,1}', '{"campaigns": ["a", "\"; DROP TABLE x; -- <b>&\\ \u00e9"]}') AS plan) p,
    LATERAL choose_campaign('{1,2}', '{1,1}', plan) c;
SELECT cardinality((p.plan).campaigns), (p.plan).contacts[64] AS of_last, (p.plan).cost
FROM (SELECT plan_campaigns((SELECT array_agg(k + (id * 7919 % (1000 + k)) / 100.0) FROM generate_series(1, 64) k), array_fill(1::float8, ARRAY[64]),
    '{"budget": 100, "caps": {"64": 10}}') AS plan FROM targets) p;

-- Past pg_intent.training_memory an even sample is planned, and scaled to all rows.
SET pg_intent.training_memory = '1MB';
SELECT rows, rows_used < rows AS sampled, abs(cost / 4000 - 1) < 0.01 AS spent
FROM (SELECT (plan_campaigns(ARRAY[sqrt(i) - floor(sqrt(i)), i * 0.618 - floor(i * 0.618)], '{1,0.5}', '{"budget": 4000}')).*
    FROM generate_series(1, 20000) i) p;
-- So it is where half of the customers have no consent, or are equal.
CREATE TABLE repeated AS SELECT i % 2 = 0 AS is_repeated, ARRAY[4 * (sqrt(i) - floor(sqrt(i)))] AS benefits FROM generate_series(1, 100000) i;
SELECT name, (plan).rows_used < 20000 AS sampled, abs((plan).cost / budget - 1) < 0.05 AS planned, abs(spent / budget - 1) < 0.05 AS spent
FROM (SELECT 'no consent' AS name, 10000 AS budget, NULL::float8 AS benefit, plan_campaigns(CASE WHEN is_repeated THEN '{NULL}' ELSE benefits END, '{1}', '{"budget": 10000}') AS plan FROM repeated
    UNION ALL SELECT 'equal', 60000, 5, plan_campaigns(CASE WHEN is_repeated THEN '{5}' ELSE benefits END, '{1}', '{"budget": 60000}') FROM repeated) p,
    LATERAL (SELECT sum(c.cost) AS spent FROM repeated,
        LATERAL choose_campaign(CASE WHEN is_repeated THEN ARRAY[p.benefit] ELSE benefits END, '{1}', p.plan) c) s
ORDER BY name;
DROP TABLE repeated;
RESET pg_intent.training_memory;

-- A cancel ends the planning of many campaigns at once.
CREATE TABLE wide AS SELECT array_agg(k * (2000.0 - i)::float8) AS benefits, array_agg(k::float8 * k) AS costs
FROM generate_series(1, 1000) i, generate_series(1, 1000) k GROUP BY i;
SET statement_timeout = '500ms';
SELECT clock_timestamp() AS start \gset
SELECT plan_campaigns(benefits, costs, '{"budget": 1000}') FROM wide;
SELECT clock_timestamp() - :'start' < '1s' AS at_once;
RESET statement_timeout;
DROP TABLE wide;

-- Errors of options.
SELECT failure(format('SELECT plan_campaigns(benefits, costs, %L, region) FROM targets', options)) FROM unnest(ARRAY[
    '[]', '{"buget": 1}', '{"budget": -1}', '{"budget": "many"}', '{"budget": 1e400}', '{"caps": 5}', '{"caps": {"1": 1.5}}', '{"caps": {"1": -1}}',
    '{"caps": {"4": 1}}', '{"caps": {"01": 1}}', '{"campaigns": ["a", "b", "c"], "caps": {"d": 1}}', '{"campaigns": "a"}',
    '{"campaigns": [1, 2, 3]}', '{"campaigns": ["a", "a", "b"]}', '{"campaigns": ["a", "b"]}', '{"floors": []}',
    '{"budget": ' || repeat('[', 200) || repeat(']', 200) || '}', '{"floors": {"north": 2}}', '{"floors": {"north": "all"}}']) WITH ORDINALITY AS o(options, place) ORDER BY place;
SELECT failure($$SELECT plan_campaigns(benefits, costs, '{"floors": {"north": 0.2}}') FROM targets$$);
SELECT failure($$SELECT plan_campaigns(benefits, costs, jsonb_build_object('budget', id)) FROM targets$$);
SELECT failure($$SELECT plan_campaigns(benefits, costs, (SELECT jsonb_build_object('floors', jsonb_object_agg(g, 0.1))
    FROM generate_series(1, 10001) g), region) FROM targets$$);

-- Floors that cannot be met.
SELECT failure($$SELECT plan_campaigns(ARRAY[NULL, 1]::float8[], ARRAY[1, CASE WHEN id < 100 THEN 1 END]::float8[],
    '{"floors": {"north": 0.2}}', region) FROM targets$$);
SELECT failure($$SELECT plan_campaigns(benefits, costs, '{"budget": 10, "floors": {"north": 0.5, "south": 0.1}}', region) FROM targets$$);
SELECT failure($$SELECT plan_campaigns(benefits, costs, '{"caps": {"1": 50, "2": 60, "3": 10}, "floors": {"north": 0.5}}', region) FROM targets$$);
SELECT failure($$SELECT plan_campaigns('{1}', ARRAY[id % 2]::float8[], '{"budget": 0, "floors": {"north": 1}}', 'north') FROM targets$$);
SELECT failure($$SELECT plan_campaigns('{1}', '{1}', '{"budget": 999, "floors": {"north": 0.5}}', 'north') FROM targets$$);

-- Errors of rows.
SELECT failure($$SELECT plan_campaigns('{1,2}', '{1}', '{}')$$);
SELECT failure($$SELECT plan_campaigns('{}', '{}', '{}')$$);
SELECT failure($$SELECT plan_campaigns(array_fill(1, ARRAY[1 + id / 5]), array_fill(1, ARRAY[1 + id / 5]), '{}') FROM targets$$);
SELECT failure($$SELECT plan_campaigns('{NaN}', '{1}', '{}')$$);
SELECT failure($$SELECT plan_campaigns('{Infinity}', '{1}', '{}')$$);
SELECT failure($$SELECT plan_campaigns('{1}', '{-1}', '{}')$$);
SELECT failure($$SELECT plan_campaigns('{1}', '{Infinity}', '{}')$$);
SELECT failure($$SELECT plan_campaigns('{NULL}', '{-1}', '{}')$$);
SELECT failure($$SELECT choose_campaign('{1,2}', '{1}', plan) FROM plans WHERE name = 'free'$$);
SELECT failure($$SELECT choose_campaign('{1,2}', '{1,1}', plan) FROM plans WHERE name = 'free'$$);
SELECT failure($$SELECT choose_campaign('{1,2,NaN}', '{1,1,1}', plan) FROM plans WHERE name = 'free'$$);
SELECT failure($$SELECT choose_campaign('{1,2,3}', '{1,1,-1}', plan) FROM plans WHERE name = 'free'$$);
SELECT failure($$SELECT choose_campaign('{1}', '{1}', ROW('{a}', -1, '{0}', '{}', '{}', 1, 1, '{1}', 1, 1, 1)::campaign_plan)$$);
SELECT failure($$SELECT choose_campaign('{1}', '{1}', ROW('{a}', 0, '{NULL}', '{}', '{}', 1, 1, '{1}', 1, 1, 1)::campaign_plan)$$);
SELECT failure($$SELECT choose_campaign('{1}', '{1}', ROW('{a}', 0, '{0,1}', '{}', '{}', 1, 1, '{1}', 1, 1, 1)::campaign_plan)$$);
SELECT failure($$SELECT choose_campaign('{1}', '{1}', ROW('{NULL}', 0, '{0}', '{}', '{}', 1, 1, '{1}', 1, 1, 1)::campaign_plan)$$);
SELECT failure($$SELECT choose_campaign('{1}', '{1}', ROW('{a}', NULL, '{0}', '{}', '{}', 1, 1, '{1}', 1, 1, 1)::campaign_plan)$$);
SELECT failure($$SELECT choose_campaign('{1}', '{1}', ROW(NULL, 0, '{0}', '{}', '{}', 1, 1, '{1}', 1, 1, 1)::campaign_plan)$$);

DROP TABLE targets, plans;
