-- Every overload of the functions for decisions, called with untyped literals and with parameters whose type PostgreSQL infers.
SET client_min_messages = error;
SELECT save_model('offer', model) FROM models WHERE kind = 'array';
SELECT model AS literal FROM models WHERE kind = 'array' \gset

SELECT assign_holdout('17', '0.5', 'spring') AS text, assign_holdout(17, '0.5', 'spring') AS number;
SELECT (assign_campaign('17', NULL, '{mail}', '0.1', '0.05', 'spring')).probability AS text, (assign_campaign(17, 'mail', '{mail}', '0.1', '0.05', 'spring')).probability AS number;
SELECT campaign_propensity('mail', 'mail', '{mail}', '0.1', '0.05') AS recommended, campaign_propensity(NULL, 'mail', '{mail}', '0.1', '0.05') AS nobody;
SELECT sample_size('0.1', '0.02') AS two, sample_size('0.1', '0.02', '0.5', '0.9', '0.01') AS five,
    round(detectable_uplift('7682', '0.1')::numeric, 4) AS two, round(detectable_uplift('7682', '0.1', '0.5', '0.9', '0.01')::numeric, 4) AS five;
SELECT (recommend_campaign(ARRAY[1, 2, 3], ARRAY['offer'], '{1}', '{0}')).campaign AS name, (recommend_campaign(ARRAY[1, 2, 3], ARRAY[:'literal'::intent_model], '{1}', '{0}')).campaign AS value,
    (recommend_campaign(ROW(1, 2, 3), ARRAY['offer'], '{1}', '{0}')).campaign AS row;
SELECT * FROM failure($$SELECT recommend_campaign(ARRAY[1, 2, 3], '{offer}', '{1}', '{0}')$$);
SELECT length(model_report('offer')) > 1000 AS name, length(model_report(:'literal'::intent_model)) > 1000 AS value, length(model_report('offer', '1')) > 1000 AS version;

-- Aggregates over one row.
SELECT (evaluate_uplift('1', 'true', '1')).rows AS three, (evaluate_uplift('1', 'true', '1', NULL, NULL)).rows AS five,
    cardinality(uplift_curve('1', 'true', '1')) AS curve, cardinality(uplift_curve('1', 'true', '1', '5')) AS points, cardinality(uplift_curve('1', 'true', '1', NULL, NULL, '5')) AS six,
    cardinality(uplift_bins('1', 'true', '1')) AS bins, cardinality(uplift_bins('1', 'true', '1', '5')) AS four, cardinality(uplift_bins('1', 'true', '1', NULL, NULL, '5')) AS six;
SELECT (evaluate_intent('true', '0.5')).rows AS two, (evaluate_intent('true', '0.5', '2')).rows AS three,
    cardinality(calibration_curve('true', '0.5')) AS curve, cardinality(calibration_curve('true', '0.5', '5')) AS bins, cardinality(calibration_curve('true', '0.5', '2', '5')) AS four;
SELECT (evaluate_segments('organic', 'organic')).rows AS two, (evaluate_segments('organic', 'organic', '2')).rows AS three,
    (evaluate_policy('mail', NULL, '1', 'mail')).rows AS four, (evaluate_policy('mail', NULL, '1', '0.5', NULL, 'mail')).rows AS six;
SELECT cardinality(feature_drift(ARRAY[recency, frequency, monetary], 'offer')) AS array_by_name, cardinality(feature_drift(ARRAY[recency, frequency, monetary], :'literal'::intent_model)) AS by_value,
    cardinality(feature_drift(ROW(recency, frequency, monetary), 'offer')) AS row_by_name, cardinality(feature_drift(ROW(recency, frequency, monetary), :'literal'::intent_model)) AS by_value
FROM customers;
SELECT (compare_uplift('1', '2', 'true', '1')).rows AS four, (compare_uplift('1', '2', 'true', '1', NULL, NULL)).rows AS six,
    budget_cutoff('1', '2', '3') AS cutoff, (plan_campaigns('{1}', '{2}', '{"budget": 3}')).contacts AS three, (plan_campaigns('{1}', '{2}', '{}', 'north')).contacts AS four;
SELECT (choose_campaign('{1}', '{2}', '({mail},0,{0},{},{},1,1,{1},2,1,1)')).campaign AS three, (choose_campaign('{1}', '{2}', '({mail},0,{0},{},{},1,1,{1},2,1,1)', 'north')).campaign AS four;

-- Parameters without a type, where PostgreSQL can infer it.
PREPARE assigned AS SELECT assign_campaign($1, $2, $3, $4, $5, $6), campaign_propensity($2, $7, $3, $4, $5), sample_size($8, $9), detectable_uplift($10, $8);
SELECT parameter_types FROM pg_prepared_statements WHERE name = 'assigned';
PREPARE recommended AS SELECT (recommend_campaign(ARRAY[$1, 2, 3], $2::text[], $3, $4)).campaign;
SELECT parameter_types FROM pg_prepared_statements WHERE name = 'recommended';
EXECUTE recommended (1, '{offer}', '{1}', '{0}');
PREPARE evaluated AS SELECT (evaluate_uplift($1, $2, $3)).rows, (evaluate_uplift($1, $2, $3, $4, $5)).rows, cardinality(uplift_bins($1, $2, $3, $6)), (evaluate_intent($2, $4, $5)).rows,
    (evaluate_segments($7, $8, $5)).rows, (evaluate_policy($7, $8, $3, $4, $5, $9)).rows;
SELECT parameter_types FROM pg_prepared_statements WHERE name = 'evaluated';
EXECUTE evaluated (1, true, 1, 0.5, 2, 3, 'organic', 'organic', NULL);
PREPARE planned AS SELECT (plan_campaigns($1, $2, $3, $4)).contacts, (choose_campaign($1, $2, $5, $4)).campaign, budget_cutoff($6, $7, $8);
SELECT parameter_types FROM pg_prepared_statements WHERE name = 'planned';
DEALLOCATE ALL;
SELECT drop_model('offer');
