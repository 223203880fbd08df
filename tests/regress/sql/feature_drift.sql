-- feature_drift: customers beside those that a model was trained on.
SET client_min_messages = error;
SET pg_intent.progress = off;
CREATE TABLE trained AS
SELECT recency, frequency, discount_share, app_user, CASE WHEN ch_store THEN 'store' WHEN ch_web THEN 'web' END AS channel, observed_segment, exposed
FROM simulate_customers(6000);
CREATE TABLE new AS
SELECT recency, frequency, discount_share, app_user, CASE WHEN ch_store THEN 'store' WHEN ch_web THEN 'web' END AS channel
FROM simulate_customers(6000, seed => 2);
SELECT rows FROM train_model('autumn', 'SELECT * FROM trained', '{"ensemble": 1, "epochs": 10, "hidden_layers": [4]}');

-- The training rows themselves, and others of the same kind, have no drift.
SELECT feature, rows, abs(mean_new - mean_trained) < 1e-4 AS same_mean, psi < 1e-3 AS small, round(psi_by_chance::numeric, 5) AS psi_by_chance,
    p_value > 0.001 AS by_chance, round(missing_trained::numeric, 2) AS missing_trained, missing_new = missing_trained::real AS same_missing, unseen_share, outside_share, drifted
FROM unnest((SELECT feature_drift(t, 'autumn') FROM trained t));
SELECT feature, drifted FROM unnest((SELECT feature_drift(n, 'autumn') FROM new n));
-- Changes.
SELECT feature, round(shift_in_deviations::numeric, 1) AS shift, psi > 0.05 AS psi, p_value < 0.001 AS p_value, missing_new > 0.1 AS missing, round(unseen_share::numeric, 2) AS unseen, round(outside_share::numeric, 2) AS outside, drifted
FROM unnest((SELECT feature_drift(c, 'autumn') FROM (SELECT recency + 30 AS recency, frequency, discount_share * 100 AS discount_share,
    CASE WHEN frequency::int % 3 > 0 THEN app_user END AS app_user, CASE WHEN recency::int % 10 = 0 THEN 'kiosk' ELSE channel END AS channel FROM new) c));
-- By value as by name, and groups.
SELECT (SELECT feature_drift(n, 'autumn') FROM new n) = (SELECT feature_drift(n, active_model('autumn')) FROM new n) AS by_value;
SELECT channel, cardinality(d) AS features, d[1].rows = (SELECT count(*) FROM new o WHERE o.channel IS NOT DISTINCT FROM g.channel) AS rows, d[5].drifted AS channel_drifted
FROM (SELECT channel, feature_drift(n, 'autumn') AS d FROM new n GROUP BY channel) g ORDER BY 1;
SELECT d[1].rows < 6000 AS filtered FROM (SELECT feature_drift(n, 'autumn') FILTER (WHERE app_user) AS d FROM new n) f;
-- Arrays.
SELECT (d).feature, (d).drifted FROM (SELECT unnest(feature_drift(ARRAY[recency, frequency, discount_share], (SELECT model FROM models WHERE kind = 'array'))) AS d FROM new) a;
SELECT (d).feature, (d).drifted FROM (SELECT unnest(feature_drift(ARRAY[recency, frequency, discount_share]::real[], (SELECT model FROM models WHERE kind = 'array'))) AS d FROM new) a;
-- Workers find the same.
CREATE TABLE serial AS SELECT feature_drift(n, 'autumn') AS d FROM new n;
SET parallel_setup_cost = 0;
SET parallel_tuple_cost = 0;
SET min_parallel_table_scan_size = 0;
SELECT * FROM plan_nodes($$SELECT feature_drift(n, 'autumn') FROM new n$$);
SELECT d = (SELECT feature_drift(n, 'autumn') FROM new n) AS same FROM serial;
RESET parallel_setup_cost;
RESET parallel_tuple_cost;
RESET min_parallel_table_scan_size;
-- Nobody, and NULLs.
SELECT feature_drift(n, 'autumn') IS NULL AS nobody FROM new n WHERE false;
SELECT feature_drift(NULL::new, 'autumn') IS NULL AS no_features, feature_drift(n, NULL::text) IS NULL AS no_name, feature_drift(n, NULL::intent_model) IS NULL AS no_model FROM new n;
SELECT d[1].missing_new, d[1].psi, d[1].mean_new, d[1].drifted FROM (SELECT feature_drift(f, 'autumn') AS d FROM (SELECT NULL::int AS recency, frequency, discount_share, app_user, channel FROM new) f) m;
-- Errors.
SELECT * FROM failure($$SELECT feature_drift(n, 'no such model') FROM new n$$);
SELECT * FROM failure($$SELECT feature_drift(f, 'autumn') FROM (SELECT recency FROM new) f$$);
SELECT save_model('winter', model) FROM models WHERE kind = 'row';
SELECT * FROM failure($$SELECT feature_drift(n, CASE WHEN frequency > 3 THEN 'autumn' ELSE 'winter' END) FROM new n$$);
SELECT * FROM failure($$SELECT feature_drift(ARRAY['Infinity', 1, 2]::float8[], (SELECT model FROM models WHERE kind = 'array'))$$);
SELECT * FROM failure($$SET LOCAL pg_intent.training_memory = '1MB'; SET LOCAL enable_sort = off; SELECT count(d) FROM (SELECT feature_drift(n, 'autumn') AS d FROM new n GROUP BY frequency, recency) g$$);
DROP TABLE trained, new, serial;
SELECT drop_model('autumn') AS versions, drop_model('winter') AS versions;
