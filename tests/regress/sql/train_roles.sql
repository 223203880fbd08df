-- Roles of columns, said aloud: what each may hold, what is warned of, and what is never a feature.
SET pg_intent.progress = off;
\set options '''{"ensemble": 1, "epochs": 10, "hidden_layers": [4]}'''
-- Without a guard of the correction, whose numbers differ between kinds of CPU.
\set plain '''{"ensemble": 1, "epochs": 10, "hidden_layers": [4], "correction": "none"}'''
CREATE TEMP VIEW outcomes AS
SELECT recency, app_user, observed_segment, exposed, observed_segment <> 'low_engagement' AS engaged,
    observed_segment = 'campaign_driven' AS attributed FROM customers;

-- One NOTICE says which column is taken for what.
SELECT warnings FROM train_model('roles', 'SELECT recency, app_user, observed_segment, exposed FROM outcomes', :plain);
SELECT mode FROM train_model('roles', 'SELECT recency, observed_segment, exposed, 0.6 AS propensity, 1 AS weight FROM outcomes', :plain);

-- engaged and attributed say the same as observed_segment; NULL is an unknown outcome.
CREATE TEMP TABLE trained AS
SELECT 'segment' AS form, version FROM train_model('roles', 'SELECT recency, app_user, observed_segment, exposed FROM outcomes', :options)
UNION ALL
SELECT 'booleans', version FROM train_model('roles', 'SELECT recency, app_user, engaged, attributed, exposed FROM outcomes', :options)
UNION ALL
SELECT 'numbers', version FROM train_model('roles', 'SELECT recency, app_user, engaged::int, attributed::int::numeric(2, 1), exposed::int::float8 FROM outcomes', :options)
UNION ALL
SELECT 'engaged', version FROM train_model('roles', 'SELECT recency, app_user, engaged, exposed FROM outcomes', :options)
UNION ALL
SELECT 'unknown', version FROM train_model('roles', 'SELECT recency, app_user, CASE WHEN recency > 30 THEN engaged END AS engaged, NULL::boolean AS attributed, exposed FROM outcomes', :options);
SELECT form, learned(m.model) = learned(first.model) AS same, rows_labelled > 0 AS labelled, label_frequency IS NOT NULL AS frequency, rows_without_segment > 0 AS without
FROM trained JOIN intent_models m USING (version), intent_models first, model_info(m.model)
WHERE m.name = 'roles' AND first.name = 'roles' AND first.version = 3 ORDER BY m.version;
SELECT label_frequency FROM train_model('roles', 'SELECT recency, engaged, exposed FROM outcomes', :options);

-- An exposure that is partly unknown, or never false.
SELECT mode, warnings FROM train_model('roles', 'SELECT recency, observed_segment, CASE WHEN recency > 30 THEN exposed END AS exposed FROM outcomes', :plain);
SELECT mode, warnings FROM train_model('roles', 'SELECT recency, observed_segment, 1 AS exposed, 2 AS weight FROM outcomes', :plain);
SELECT array_length(warnings, 1) AS stored FROM model_info('roles');
SELECT mode, warnings FROM train_model('roles', 'SELECT recency, observed_segment, 2 AS weight FROM outcomes', :plain);

-- What no role may be.
SET client_min_messages = error;
SELECT replace(query, E'\uFEFF', '<BOM>') AS query, line FROM unnest(ARRAY[
    'SELECT recency, observed_segment, 2 AS exposed FROM outcomes',
    'SELECT recency, observed_segment, CASE WHEN recency > 30 THEN 1 ELSE -1 END AS exposed FROM outcomes',
    'SELECT recency, observed_segment, 0.5 AS exposed FROM outcomes',
    'SELECT recency, observed_segment, ''yes'' AS exposed FROM outcomes',
    'SELECT recency, engaged::int * 3 AS engaged FROM outcomes',
    'SELECT recency, engaged, engaged::int - 1 AS attributed FROM outcomes',
    'SELECT recency, engaged, observed_segment FROM outcomes',
    'SELECT recency, attributed, observed_segment FROM outcomes',
    'SELECT recency, attributed FROM outcomes',
    'SELECT recency, observed_segment, exposed AS "Exposed" FROM outcomes',
    'SELECT recency, observed_segment, exposed, 1 AS " weight" FROM outcomes',
    E'SELECT recency, observed_segment, exposed AS "\uFEFFexposed" FROM outcomes',
    'SELECT recency, observed_segment AS "Observed Segment" FROM outcomes',
    'customers', ' "customers" ', 'public.customers']) AS query,
    failure(format('SELECT train_model(''roles'', %L)', query)) AS line;
-- The same columns under other names, or excluded.
SELECT mode FROM train_model('roles', 'SELECT recency, observed_segment, exposed, 1 AS weights, 2 AS "Weight", app_user AS attributed FROM outcomes',
    '{"ensemble": 1, "epochs": 10, "hidden_layers": [4], "exclude": ["Weight", "attributed"]}');
SELECT feature FROM model_features('roles') ORDER BY feature;
RESET client_min_messages;

-- Columns of a row with the names of roles are no features of the aggregate either.
SELECT array_agg(feature) AS features
FROM (SELECT train_intent_model(o, observed_segment, exposed, :plain) AS model FROM outcomes o) m, model_features(model);
SELECT array_agg(feature) AS features
FROM (SELECT train_intent_model(f, observed_segment, exposed, :plain) AS model FROM outcomes o, LATERAL (SELECT o.recency, 1 AS weight) f) m, model_features(model);
SELECT array_agg(feature) AS features
FROM (SELECT train_intent_model(f, observed_segment, exposed, :plain) AS model FROM outcomes o, LATERAL (SELECT o.recency, 1 AS weights, 1 AS "Weight") f) m, model_features(model);
SELECT * FROM failure($$SELECT train_intent_model(f, observed_segment) FROM outcomes o, LATERAL (SELECT 1 AS weight) f$$);
-- Once for a training in a parallel plan.
BEGIN;
SET LOCAL min_parallel_table_scan_size = 0;
SET LOCAL parallel_setup_cost = 0;
SET LOCAL parallel_tuple_cost = 0;
SELECT mode FROM (SELECT train_intent_model(f, c.observed_segment, c.exposed, :plain) AS model FROM customers c, LATERAL (SELECT c.recency, c.exposed, c.observed_segment) f) m, model_info(model);
COMMIT;

-- Rows that teach nothing: in a GROUP BY the hint names the option.
SET client_min_messages = error;
SELECT * FROM failure($$SELECT train_intent_model(ARRAY[recency], observed_segment) FROM (SELECT * FROM outcomes LIMIT 5) o$$);
SELECT * FROM failure($$SELECT app_user, train_intent_model(ARRAY[recency], observed_segment) FROM (SELECT * FROM outcomes LIMIT 5) o GROUP BY app_user$$);
SELECT drop_model('roles') > 0 AS dropped;
