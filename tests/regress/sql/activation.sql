-- A bad training never replaces a good model.
SET pg_intent.progress = off;
SET client_min_messages = warning;
\set options '''{"ensemble": 1, "epochs": 10, "hidden_layers": [4]}'''
\set good '''SELECT recency, discount_share, observed_segment, exposed FROM customers'''
-- Exposure that tells nothing, and a training that learns no uplift at all.
\set bad '''SELECT recency, discount_share, replace(observed_segment, $r$campaign_driven$r$, $r$organic$r$) AS observed_segment, customer_id % 2 = 0 AS exposed FROM customers'''
\set none '''SELECT recency, replace(observed_segment, $r$campaign_driven$r$, $r$organic$r$) AS observed_segment FROM customers'''

-- The first one is activated, however bad: there is nothing to replace.
SELECT version, activated FROM train_model('kept', :bad, :options);
SELECT version, activated FROM train_model('kept', :good, :options);
SELECT version, activated FROM train_model('kept', :bad, :options);
SELECT version, activated FROM train_model('kept', :none, :options);
SELECT version, activated FROM train_model('kept', 'SELECT 1 AS always, observed_segment, exposed FROM customers', '{"ensemble": 1, "epochs": 10, "correction": "none"}');
SELECT version, activated FROM train_model('kept', :good, :options, false);
SELECT version, activated FROM train_model('kept', :bad, :options, activate => false);
SELECT version, activated FROM train_model('kept', :good, :options, activate => true);
SELECT version, active FROM intent_models WHERE name = 'kept' ORDER BY version;
SELECT activate_model('kept', 3);
SELECT version, activated FROM train_model('it''s', :good, :options);
SELECT version, activated FROM train_model('it''s', :bad, :options);
SELECT * FROM failure($$SELECT train_model('kept', 'SELECT 1', '{}', NULL)$$);

-- The list of models, without the models.
SELECT name, version, active, created_at IS NOT NULL AS created, rows, mode, qini IS NOT NULL AS qini, array_length(warnings, 1) AS warnings, bytes > 1000 AS bytes
FROM intent_model_list ORDER BY name, version;
SELECT l.bytes = octet_length(m.model::bytea) AS same FROM intent_model_list l JOIN intent_models m USING (name, version) WHERE version = 1 AND name = 'kept';
SELECT reloptions FROM pg_class WHERE relname = 'intent_model_list' AND relkind = 'v' AND current_setting('server_version_num')::int >= 150000;

-- By name and version, as by value.
SELECT version, i = v AS info, s IS NOT NULL AS summary FROM intent_models m, model_info(name, version) i, model_info(model) v, LATERAL (SELECT string_agg(value, '') AS s FROM model_summary(name, version)) s
WHERE name = 'kept' ORDER BY version;
SELECT count(*) AS features FROM model_features('kept', 1);
SELECT count(*) > 0 AS epochs FROM training_history('kept', 1);
SELECT count(*) AS shares FROM feature_importance('kept', 1);
SELECT * FROM failure($$SELECT * FROM model_info('kept', 99)$$);
SELECT * FROM failure($$SELECT * FROM model_summary('nobody', 1)$$);
SELECT * FROM failure($$SELECT * FROM model_summary('nobody')$$);
SELECT count(*) FROM model_info('kept', NULL);

-- In plain words; numbers that differ between kinds of CPU are hidden.
CREATE TEMP VIEW said AS
SELECT l.name, l.version, s.ordinality AS place, topic, item, regexp_replace(regexp_replace(regexp_replace(value, '-?[0-9]+\.[0-9]+', '#', 'g'), '[0-9]+ %', '# %', 'g'), '^it seems so:.*', 'it seems so') AS value
FROM intent_models l, model_summary(l.name, l.version) WITH ORDINALITY s;
SELECT topic, item, value FROM said WHERE name = 'kept' AND version = 2 ORDER BY place;
SELECT topic, item, value FROM said WHERE name = 'kept' AND version = 3 ORDER BY place;
SELECT topic, item, value FROM said WHERE name = 'kept' AND version = 4 ORDER BY place;
SELECT count(*) = (SELECT count(*) FROM model_summary('kept', 3)) AS active FROM model_summary('kept');
SELECT drop_model('kept'), drop_model('it''s');
