-- What a model says of its training: by name and by value, in the same fixed columns.
SELECT save_model('looked at', model) FROM models WHERE kind = 'row';
SELECT rows_read, rows_used, rows_without_features, rows_without_segment, rows_of_zero_weight, rows_of_unknown_exposure, rows_engaged > 0 AS engaged, rows_labelled > 0 AS labelled, mode, features, constant_features, warnings IS NOT NULL AS warnings
FROM model_info('looked at');
SELECT label_frequency BETWEEN 0.4 AND 0.8 AS frequency, attribution_by, attribution_values, attribution_label_frequencies, campaign_share BETWEEN 0.3 AND 0.6 AS share, campaign_share_error BETWEEN 0.01 AND 0.1 AS error, labels_corrected >= 0 AS corrected, labels_corrected_total > 0 AS total, intent_slope, intent_slope_ratio
FROM model_info('looked at');
SELECT label_correction_epochs, label_correction_kept_epoch, label_correction_validation_loss > 0 AS loss, label_correction_stopped_by, segmentation_epochs, segmentation_kept_epoch > 0 AS kept, segmentation_validation_loss > 0 AS loss, segmentation_stopped_by
FROM model_info('looked at');
-- Beside the standard models, on the rows that were held out.
SELECT validation_auc > 0.5 AS auc, one_stage_auc > 0.5 AS one_stage, logistic_auc > 0.5 AS logistic, validation_macro_f1 > 0.3 AS f1, one_stage_macro_f1 > 0.3 AS one_stage, logistic_macro_f1 > 0.3 AS logistic, validation_qini IS NOT NULL AS qini, one_stage_qini IS NOT NULL AS one_stage, logistic_qini IS NOT NULL AS logistic
FROM model_info('looked at');
SELECT options FROM model_info('looked at');
SELECT abs(exposed_share - share) < 1e-6 AS exposed_share FROM model_info('looked at'), (SELECT avg(exposed::int) AS share FROM customers) c;
SELECT extension_version = extversion AS same FROM model_info('looked at'), pg_extension WHERE extname = 'pg_intent';
SELECT by_name = by_value AS same FROM model_info('looked at') by_name, models, model_info(model) by_value WHERE kind = 'row';

SELECT "position", feature, kind, transformation, inputs, mean IS NOT NULL AS mean, deviation > 0 AS deviation, levels, has_missing, type
FROM model_features('looked at');
SELECT f.feature, f.kind, f.type FROM models m, model_features(m.model) f WHERE m.kind = 'array';

SELECT stage, count(*) AS epochs, count(validation_loss) AS validated, count(labels_corrected) AS corrected, count(*) FILTER (WHERE kept) AS kept, min(epoch) AS first, bool_and(training_loss IS NOT NULL) AS losses
FROM training_history('looked at') GROUP BY stage ORDER BY stage;

-- Every kind of feature, groups of attribution, and a committee.
SET client_min_messages = error;
CREATE TEMP TABLE shop AS
SELECT CASE WHEN ch_store THEN 'store' WHEN ch_web THEN 'web' ELSE 'phone' END AS channel, '2026-01-01'::date - days_since_mail::int AS mailed, monetary, CASE WHEN customer_id % 3 = 0 THEN app_user END AS app_user, 1 AS always, observed_segment, exposed
FROM simulate_customers(6000, exposed_share => 1.0);
CREATE TEMP TABLE trained AS
SELECT train_intent_model(f, observed_segment, '{"attribution_by": "channel", "epochs": 10, "hidden_layers": [4]}') AS simple
FROM shop s, LATERAL (SELECT s.channel, s.mailed, s.monetary, s.app_user, s.always) f;
SELECT m.feature, m.kind, m.transformation, m.inputs, m.levels, m.has_missing, m.type FROM trained, model_features(simple) m;
SELECT mode, attribution_by, attribution_values, array_length(attribution_label_frequencies, 1), campaign_share, validation_qini, constant_features FROM trained, model_info(simple);
SELECT stage, count(DISTINCT member) AS members, intent_slope IS NOT NULL AS slope
FROM (SELECT train_intent_model(ARRAY[recency, discount_share], observed_segment, exposed, '{"ensemble": 3, "epochs": 10, "hidden_layers": [4]}') AS model FROM customers) m, training_history(model), model_info(model)
GROUP BY stage, slope ORDER BY stage;

SELECT * FROM model_info(NULL::intent_model);
SELECT * FROM failure($$SELECT * FROM model_info('nobody')$$);
SELECT * FROM failure($$SELECT * FROM model_features('nobody')$$);
SELECT * FROM failure($$SELECT * FROM training_history('nobody')$$);
SELECT drop_model('looked at');
