-- Every overload of every function, called with untyped literals and with parameters whose type PostgreSQL infers.
SET client_min_messages = error;
SET pg_intent.progress = off;
SELECT save_model('spring', model) FROM models WHERE kind = 'array';
SET pg_intent.default_model = 'spring';
SELECT model AS literal FROM models WHERE kind = 'array' \gset
CREATE TABLE few AS SELECT ARRAY[recency, frequency] AS features, observed_segment, exposed FROM customers;
\set options '''{"epochs": 1, "ensemble": 1, "hidden_layers": [], "correction": "none"}'''

-- Features need a type; anything else may be an untyped literal. A model is then a name.
SELECT segment_customer(ARRAY['1', 2, '3']) IS NOT NULL AS default_model, segment_customer(ARRAY['1', 2, '3'], 'spring') IS NOT NULL AS name,
    segment_customer(ARRAY['1', 2, '3'], :'literal'::intent_model) IS NOT NULL AS value;
SELECT campaign_intent(ROW(1, 2, 3)) IS NOT NULL AS default_model, campaign_intent(ROW(1, 2, 3), 'spring') IS NOT NULL AS name,
    campaign_intent(ROW(1, 2, 3), :'literal'::intent_model) IS NOT NULL AS value;
SELECT campaign_uplift(ARRAY[1, 2, 3]) IS NOT NULL AS default_model, campaign_uplift(ARRAY[1, 2, 3], 'spring') IS NOT NULL AS name,
    campaign_uplift(ARRAY[1, 2, 3], :'literal'::intent_model) IS NOT NULL AS value;
SELECT score_customer(ARRAY[1, 2, 3]) IS NOT NULL AS default_model, score_customer(ARRAY[1, 2, 3], 'spring') IS NOT NULL AS name,
    score_customer(ARRAY[1, 2, 3], :'literal'::intent_model) IS NOT NULL AS value;
SELECT correct_label(ARRAY[1, 2, 3], 'organic', 'true') IS NOT NULL AS default_model, correct_label(ARRAY[1, 2, 3], 'organic', 'true', 'spring') IS NOT NULL AS name,
    correct_label(ARRAY[1, 2, 3], 'organic', 'true', :'literal'::intent_model) IS NOT NULL AS value;
SELECT (SELECT count(*) FROM explain_customer(ARRAY[1, 2, 3])) AS default_model, (SELECT count(*) FROM explain_customer(ARRAY[1, 2, 3], 'spring')) AS name,
    (SELECT count(*) FROM explain_customer(ARRAY[1, 2, 3], :'literal'::intent_model)) AS value;
SELECT (SELECT count(*) FROM feature_importance('spring')) AS name, (SELECT count(*) FROM feature_importance(:'literal'::intent_model)) AS value;
SELECT (SELECT count(*) FROM model_info('spring')) AS name, (SELECT count(*) FROM model_info(:'literal'::intent_model)) AS value;
SELECT (SELECT count(*) FROM model_features('spring')) AS name, (SELECT count(*) FROM model_features(:'literal'::intent_model)) AS value;
SELECT (SELECT count(*) > 0 FROM training_history('spring')) AS name, (SELECT count(*) > 0 FROM training_history(:'literal'::intent_model)) AS value;
SELECT active_model() = active_model('spring') AS same, count(*) > 0 AS options FROM train_options();
SELECT save_model('literal', :'literal') AS two, save_model('literal', :'literal', 'false') AS three, save_model('literal', :'literal', 'no', 'by literals') AS four;
SELECT activate_model('literal', '2') AS before, drop_model('literal', '3') AS one, drop_model('literal') AS rest;
SELECT (SELECT count(*) FROM simulate_customers('2')) AS n, (SELECT count(*) FROM simulate_customers('2', '0.5')) AS rate,
    (SELECT count(*) FROM simulate_customers('2', '0.5', '0.5')) AS share, (SELECT count(*) FROM simulate_customers('2', '0.5', '0.5', '7')) AS seed;
SELECT version FROM train_model('literal', 'SELECT features[1] AS f, observed_segment FROM few', :options);
SELECT version FROM train_model('literal', 'SELECT features[1] AS f, observed_segment, exposed FROM few');
SELECT drop_model('literal');
-- All overloads of the aggregate: by array, by row.
SELECT train_intent_model(features, 'organic', '{"on_failure": "null"}') IS NULL AS array, train_intent_model(ROW(features[1]), 'organic', '{"on_failure": "null"}') IS NULL AS row FROM few;
SELECT train_intent_model(features, observed_segment, 'true', :options) IS NOT NULL AS array, train_intent_model(ROW(features[1]), observed_segment, 'true', :options) IS NOT NULL AS row FROM few;
SELECT train_intent_model(features, observed_segment, exposed, '0.6', '1', :options) IS NOT NULL AS array,
    train_intent_model(ROW(features[1]), observed_segment, exposed, '0.6', '1', :options) IS NOT NULL AS row FROM few;
SELECT * FROM failure($$SELECT train_intent_model(features, 'organic') FROM few$$);
SELECT * FROM failure($$SELECT train_intent_model(ROW(features[1]), 'organic') FROM few$$);

-- Features without a type: PostgreSQL's own errors.
SELECT * FROM failure($$SELECT segment_customer('{1,2,3}')$$);
SELECT * FROM failure($$SELECT campaign_intent('{1,2,3}', 'spring')$$);
SELECT * FROM failure($$SELECT campaign_uplift(NULL)$$);
SELECT * FROM failure($$SELECT score_customer('(1,2,3)', 'spring')$$);
SELECT * FROM failure($$SELECT correct_label('{1,2,3}', 'organic', true, 'spring')$$);
SELECT * FROM failure($$SELECT explain_customer(NULL, 'spring')$$);
SELECT * FROM failure($$SELECT train_intent_model('{1,2}', 'organic')$$);
SELECT * FROM failure($$SELECT train_intent_model(NULL, 'organic')$$);
SELECT * FROM failure($$PREPARE untyped AS SELECT campaign_intent($1)$$);
SELECT * FROM failure($$PREPARE untyped AS SELECT campaign_intent($1, 'spring')$$);
SELECT * FROM failure($$PREPARE untyped AS SELECT train_intent_model($1, 'organic')$$);

-- Parameters without a type, where PostgreSQL can infer it.
PREPARE scored AS SELECT num_nulls(segment_customer(ARRAY[$1, 2, 3], $2), campaign_intent(ARRAY[$1, 2, 3], $2), campaign_uplift(ARRAY[$1, 2, 3], $2),
    score_customer(ARRAY[$1, 2, 3], $2), correct_label(ARRAY[$1, 2, 3], $3, $4, $2)) AS nulls;
SELECT parameter_types FROM pg_prepared_statements WHERE name = 'scored';
EXECUTE scored (1, 'spring', 'organic', true);
PREPARE by_default AS SELECT num_nulls(segment_customer(ARRAY[$1, 2, 3]), campaign_intent(ROW($1, 2, 3)), campaign_uplift(ARRAY[$1, 2, 3]), score_customer(ARRAY[$1, 2, 3]),
    correct_label(ARRAY[$1, 2, 3], $2, $3)) AS nulls;
SELECT parameter_types FROM pg_prepared_statements WHERE name = 'by_default';
EXECUTE by_default (1, 'organic', true);
PREPARE explained AS SELECT count(*) FROM explain_customer(ARRAY[$1, 2, 3], $2), feature_importance($2);
SELECT parameter_types FROM pg_prepared_statements WHERE name = 'explained';
EXECUTE explained (1, 'spring');
PREPARE inspected AS SELECT (SELECT count(*) FROM model_info($1)), (SELECT count(*) FROM model_features($1)), (SELECT count(*) > 0 FROM training_history($1)), active_model($1) = active_model() AS active;
EXECUTE inspected ('spring');
PREPARE saved AS SELECT save_model($1, $2, $3, $4);
EXECUTE saved ('parameter', :'literal', true, NULL);
PREPARE activated AS SELECT activate_model($1, $2), drop_model($1, $3);
EXECUTE activated ('parameter', 1, 2);
PREPARE dropped AS SELECT drop_model($1);
EXECUTE dropped ('parameter');
PREPARE simulated AS SELECT count(*) FROM simulate_customers($1, $2, $3, $4);
EXECUTE simulated (2, 0.5, 0.5, 7);
PREPARE trained AS SELECT rows > 0 AS rows FROM train_model($1, $2, $3);
EXECUTE trained ('parameter', 'SELECT features[1] AS f, observed_segment FROM few', :options);
PREPARE gathered AS SELECT train_intent_model(features, observed_segment, $1) IS NOT NULL AS three, train_intent_model(features, observed_segment, $2, $1) IS NOT NULL AS four,
    train_intent_model(ROW(features[1]), observed_segment, exposed, $3, $4, $1) IS NOT NULL AS six FROM few;
EXECUTE gathered (:options, true, 0.6, 1);
SELECT drop_model('parameter'), drop_model('spring');
DEALLOCATE ALL;
RESET pg_intent.default_model;
DROP TABLE few;
