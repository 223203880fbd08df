-- train_model: a query's text, its special columns, and what it must not be.
SET pg_intent.progress = off;
SET client_min_messages = error;
\set options '''{"ensemble": 1, "epochs": 10, "hidden_layers": [4]}'''
\set shown 'version, rows, mode, label_frequency BETWEEN 0 AND 1 AS label_frequency, campaign_share IS NOT NULL AS campaign_share, corrected >= 0 AS corrected, warnings'

SELECT :shown FROM train_model('tm', 'SELECT recency, app_user, observed_segment FROM customers WHERE exposed', '{"epochs": 10, "hidden_layers": [4], "missing_rate": 0.4}');
SELECT :shown FROM train_model('tm', 'SELECT recency, app_user, observed_segment, exposed FROM customers', :options);
SELECT :shown FROM train_model('tm', 'SELECT recency, app_user, observed_segment, exposed, 0.6 AS propensity, 1 AS weight FROM customers', :options);
SELECT version, active, comment FROM intent_models WHERE name = 'tm' ORDER BY version;
SELECT segment_customer(c, 'tm') IS NOT NULL AS scored FROM customers c LIMIT 1;

-- It learns the same as the aggregate, and knows its columns.
SELECT learned(active_model('tm')) = learned(train_intent_model(f, observed_segment, exposed, 0.6, 1, :options)) AS same
FROM customers c, LATERAL (SELECT c.recency, c.app_user) f;
SELECT extension_version = extversion AS version FROM model_info('tm'), pg_extension WHERE extname = 'pg_intent';
SELECT feature, type FROM model_features('tm');
SELECT role, position(convert_to(role, 'UTF8') IN active_model('tm')::bytea) > 0 AS known,
    position(convert_to(role, 'UTF8') IN model::bytea) > 0 AS known_by_place
FROM unnest(ARRAY['observed_segment', 'engaged']) AS role, models WHERE kind = 'row';

-- Enum segments, integer exposure; odd names; a semicolon; comments; a CTE; a set operation.
CREATE TYPE segment AS ENUM ('low_engagement', 'organic', 'campaign_driven');
SELECT version FROM train_model('tm', $$SELECT recency AS "re""cency", tier AS features, app_user AS "q",
    observed_segment::segment, exposed::int FROM customers;$$, :options);
DROP TYPE segment;
SELECT version FROM train_model('tm', $$SELECT recency, observed_segment, exposed FROM customers -- all of them$$, :options);
SELECT version FROM train_model('tm', $$WITH c AS (SELECT * FROM customers) SELECT recency, observed_segment, exposed FROM c; -- done$$, :options);
SELECT version FROM train_model('tm', $$(SELECT recency, observed_segment, exposed FROM customers) UNION ALL SELECT recency, observed_segment, exposed FROM customers ORDER BY 1 LIMIT 3000$$, :options);

-- Columns that are no features.
SELECT version FROM train_model('tm', 'SELECT * FROM customers', '{"epochs": 10, "hidden_layers": [4], "exclude": ["customer_id", "true_segment"]}');
SELECT * FROM failure($$SELECT train_model('tm', 'SELECT * FROM customers', '{"exclude": ["customer"]}')$$);
SELECT * FROM failure($$SELECT train_model('tm', 'SELECT * FROM customers', '{"exclude": "customer_id"}')$$);
SELECT * FROM failure($$SELECT train_model('tm', 'SELECT recency, observed_segment FROM customers', '{"exclude": ["recency"]}')$$);
SELECT * FROM failure($$SELECT train_model('tm', 'SELECT recency, observed_segment FROM customers', '{"exclude": ["observed_segment"]}')$$);

-- One SELECT and nothing else.
CREATE TABLE precious AS SELECT 1 AS x;
SELECT query, line FROM unnest(ARRAY[
    '', ';', '-- nothing', 'DROP TABLE precious', 'SELECT 1; DROP TABLE precious', 'SELECT 1) q; DROP TABLE precious; SELECT 1 FROM (SELECT 1',
    'SELECT 1) q --', 'SELECT recency, observed_segment FROM customers) /*',
    'WITH d AS (DELETE FROM precious RETURNING x) SELECT x, ''organic''::text AS observed_segment FROM d',
    'SELECT recency, observed_segment INTO copied FROM customers', 'INSERT INTO precious VALUES (2)',
    'EXPLAIN SELECT 1', 'SELECT $1 AS x, ''organic'' AS observed_segment', 'SELECT recency FROM nowhere', 'COPY customers TO STDOUT']) AS query,
    failure(format('SELECT train_model(''tm'', %L)', query)) AS line;
TABLE precious;
DROP TABLE precious;

-- Columns that are missing, or of a type that does not fit.
SELECT * FROM failure($$SELECT train_model('tm', 'SELECT recency FROM customers')$$);
SELECT * FROM failure($$SELECT train_model('tm', 'SELECT observed_segment FROM customers')$$);
SELECT * FROM failure($$SELECT train_model('tm', 'SELECT recency, 1 AS observed_segment FROM customers')$$);
SELECT * FROM failure($$SELECT train_model('tm', 'SELECT recency, observed_segment, 0.5 AS exposed FROM customers')$$);
SELECT * FROM failure($$SELECT train_model('tm', 'SELECT recency, observed_segment, exposed, true AS propensity FROM customers')$$);
SELECT * FROM failure($$SELECT train_model('tm', 'SELECT recency, observed_segment, 0.5 AS propensity FROM customers')$$);
SELECT * FROM failure($$SELECT train_model('tm', 'SELECT recency, recency, observed_segment FROM customers')$$);
SELECT * FROM failure($$SELECT train_model('tm', 'SELECT recency, observed_segment, now() AS seen FROM customers')$$);
SELECT * FROM failure($$SELECT train_model('tm', 'SELECT recency, observed_segment FROM customers WHERE false')$$);
SELECT * FROM failure($$SELECT train_model('tm', 'SELECT recency, observed_segment FROM customers', '{"sed": 1}')$$);
SELECT * FROM failure($$SELECT train_model('tm', 'SELECT recency, observed_segment FROM customers', '1')$$);
SELECT * FROM failure($$SELECT train_model(NULL, 'SELECT 1')$$);
SELECT * FROM failure($$SELECT train_model('tm', NULL)$$);
SELECT * FROM failure($$SELECT train_model('', 'SELECT recency, observed_segment, exposed FROM customers', '{"epochs": 10, "hidden_layers": [4]}')$$);
-- Before the training, not after it.
BEGIN READ ONLY;
SELECT * FROM failure($$SELECT train_model('tm', 'SELECT recency, observed_segment, exposed FROM customers')$$);
COMMIT;
-- Nothing was saved by what failed.
SELECT count(*) FROM intent_models WHERE name = 'tm';
SELECT drop_model('tm');
SELECT count(*) > 10 AS listed, count(*) FILTER (WHERE meaning = '' OR range = '' OR default_value = '') AS empty FROM train_options();
