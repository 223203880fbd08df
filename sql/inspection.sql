-- Inspection of a model by name (its active version) or by value. Columns may be added, never removed.

CREATE TYPE model_information AS (
    rows_read bigint,
    rows_used bigint,
    rows_without_features bigint,
    rows_without_segment bigint,
    rows_of_zero_weight bigint,
    rows_of_unknown_exposure bigint,
    rows_engaged bigint,
    rows_labelled bigint,
    mode text,
    label_frequency double precision,
    attribution_by text,
    attribution_values text[],
    attribution_label_frequencies double precision[],
    campaign_share double precision,
    campaign_share_error double precision,
    labels_corrected bigint,
    labels_corrected_total double precision,
    intent_slope double precision,
    intent_slope_ratio double precision,
    label_correction_epochs integer,
    label_correction_kept_epoch integer,
    label_correction_validation_loss double precision,
    label_correction_stopped_by text,
    segmentation_epochs integer,
    segmentation_kept_epoch integer,
    segmentation_validation_loss double precision,
    segmentation_stopped_by text,
    validation_auc double precision,
    validation_macro_f1 double precision,
    validation_qini double precision,
    one_stage_auc double precision,
    one_stage_macro_f1 double precision,
    one_stage_qini double precision,
    logistic_auc double precision,
    logistic_macro_f1 double precision,
    logistic_qini double precision,
    features integer,
    constant_features text[],
    warnings text[],
    options jsonb,
    segment_rule text,
    expected_low_engagement double precision,
    expected_organic double precision,
    expected_campaign_driven double precision,
    given_low_engagement double precision,
    given_organic double precision,
    given_campaign_driven double precision,
    rows_without_overlap bigint,
    propensity text,
    customers bigint,
    uplift_slope double precision,
    uplift_slope_ratio double precision,
    put_off_ratio double precision,
    rows_put_off bigint,
    validation_qini_se double precision,
    one_stage_qini_se double precision,
    logistic_qini_se double precision,
    exposed_share double precision,
    extension_version text
);
COMMENT ON TYPE model_information IS 'the counts and results of a training, beside the standard models on the same rows';
COMMENT ON COLUMN model_information.rows_read IS 'rows that were read';
COMMENT ON COLUMN model_information.rows_used IS 'rows that the training used';
COMMENT ON COLUMN model_information.rows_without_features IS 'rows left out because their features are NULL';
COMMENT ON COLUMN model_information.rows_without_segment IS 'rows left out because their segment is NULL';
COMMENT ON COLUMN model_information.rows_of_zero_weight IS 'rows left out because their weight is 0';
COMMENT ON COLUMN model_information.rows_of_unknown_exposure IS 'rows whose exposure is NULL';
COMMENT ON COLUMN model_information.rows_engaged IS 'rows of customers who engaged';
COMMENT ON COLUMN model_information.rows_labelled IS 'exposed rows recorded as campaign-driven';
COMMENT ON COLUMN model_information.mode IS 'simple or exposure';
COMMENT ON COLUMN model_information.label_frequency IS 'share of truly campaign-driven customers that have the campaign label';
COMMENT ON COLUMN model_information.attribution_by IS 'feature by whose values the label frequency differs';
COMMENT ON COLUMN model_information.attribution_values IS 'values of that feature';
COMMENT ON COLUMN model_information.attribution_label_frequencies IS 'label frequency of each of these values';
COMMENT ON COLUMN model_information.campaign_share IS 'share of the engagement of exposed customers that the campaign caused';
COMMENT ON COLUMN model_information.campaign_share_error IS 'standard error of campaign_share';
COMMENT ON COLUMN model_information.labels_corrected IS 'rows recorded organic whose corrected label is above 0.5';
COMMENT ON COLUMN model_information.labels_corrected_total IS 'sum of the corrected labels of the rows recorded organic';
COMMENT ON COLUMN model_information.intent_slope IS 'factor on the log-odds of the intent, if rescaled';
COMMENT ON COLUMN model_information.intent_slope_ratio IS 'that factor in standard errors';
COMMENT ON COLUMN model_information.label_correction_epochs IS 'epochs of the label correction';
COMMENT ON COLUMN model_information.label_correction_kept_epoch IS 'epoch of the label correction whose weights were kept';
COMMENT ON COLUMN model_information.label_correction_validation_loss IS 'validation loss of that epoch';
COMMENT ON COLUMN model_information.label_correction_stopped_by IS 'reason for the end of the label correction: patience or epochs';
COMMENT ON COLUMN model_information.segmentation_epochs IS 'epochs of the segmentation';
COMMENT ON COLUMN model_information.segmentation_kept_epoch IS 'epoch of the segmentation whose weights were kept';
COMMENT ON COLUMN model_information.segmentation_validation_loss IS 'validation loss of that epoch';
COMMENT ON COLUMN model_information.segmentation_stopped_by IS 'reason for the end of the segmentation: patience or epochs';
COMMENT ON COLUMN model_information.validation_auc IS 'AUC of the model';
COMMENT ON COLUMN model_information.validation_macro_f1 IS 'macro F1 of the model; NULL without campaign labels';
COMMENT ON COLUMN model_information.validation_qini IS 'Qini coefficient of the model';
COMMENT ON COLUMN model_information.one_stage_auc IS 'AUC of a network without label correction';
COMMENT ON COLUMN model_information.one_stage_macro_f1 IS 'macro F1 of a network without label correction; NULL without campaign labels';
COMMENT ON COLUMN model_information.one_stage_qini IS 'Qini coefficient of a network without label correction';
COMMENT ON COLUMN model_information.logistic_auc IS 'AUC of a logistic regression';
COMMENT ON COLUMN model_information.logistic_macro_f1 IS 'macro F1 of a logistic regression; NULL without campaign labels';
COMMENT ON COLUMN model_information.logistic_qini IS 'Qini coefficient of a logistic regression';
COMMENT ON COLUMN model_information.features IS 'number of features';
COMMENT ON COLUMN model_information.constant_features IS 'features with the same value in all rows';
COMMENT ON COLUMN model_information.warnings IS 'warnings of the training';
COMMENT ON COLUMN model_information.options IS 'options of the training';
COMMENT ON COLUMN model_information.segment_rule IS 'rule that names segments: expected_size, expected_engagement (too few distinct scores for expected_size), most_probable or over_represented';
COMMENT ON COLUMN model_information.expected_low_engagement IS 'sum of P(low engagement) over the rows used';
COMMENT ON COLUMN model_information.expected_organic IS 'sum of P(organic) over the rows used';
COMMENT ON COLUMN model_information.expected_campaign_driven IS 'sum of P(campaign-driven) over the rows used';
COMMENT ON COLUMN model_information.given_low_engagement IS 'rows used whose segment is low_engagement';
COMMENT ON COLUMN model_information.given_organic IS 'rows used whose segment is organic';
COMMENT ON COLUMN model_information.given_campaign_driven IS 'rows used whose segment is campaign_driven';
COMMENT ON COLUMN model_information.rows_without_overlap IS 'rows left out because their propensity is too near 0 or 1';
COMMENT ON COLUMN model_information.propensity IS 'source of the chance of exposure: constant, given or estimated';
COMMENT ON COLUMN model_information.customers IS 'customers of the rows used, where option customer names their column';
COMMENT ON COLUMN model_information.uplift_slope IS 'factor on the differences of the uplift between customers; 0 if the rows show none';
COMMENT ON COLUMN model_information.uplift_slope_ratio IS 'that factor in standard errors, before one was subtracted';
COMMENT ON COLUMN model_information.put_off_ratio IS 'mean uplift of the fifth of the held-out rows with the lowest uplift, in standard errors; below -3, customers are put off by the campaign';
COMMENT ON COLUMN model_information.rows_put_off IS 'rows used of customers whom the campaign puts off';
COMMENT ON COLUMN model_information.validation_qini_se IS 'standard error of validation_qini';
COMMENT ON COLUMN model_information.one_stage_qini_se IS 'standard error of one_stage_qini';
COMMENT ON COLUMN model_information.logistic_qini_se IS 'standard error of logistic_qini';
COMMENT ON COLUMN model_information.exposed_share IS 'share of exposed rows among the rows used, by weight';
COMMENT ON COLUMN model_information.extension_version IS 'version of the extension that trained the model';

CREATE FUNCTION model_info(model text) RETURNS SETOF model_information
    AS 'MODULE_PATHNAME', 'pg_intent_model_info' LANGUAGE c STABLE STRICT PARALLEL SAFE ROWS 1;
COMMENT ON FUNCTION model_info(text) IS 'the counts and results of the training of the active model of a name';

CREATE FUNCTION model_info(model intent_model) RETURNS SETOF model_information
    AS 'MODULE_PATHNAME', 'pg_intent_model_info' LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE ROWS 1;
COMMENT ON FUNCTION model_info(intent_model) IS 'the counts and results of the training of a model';

CREATE FUNCTION model_info(name text, version integer) RETURNS SETOF model_information
    AS 'MODULE_PATHNAME', 'pg_intent_model_info' LANGUAGE c STABLE STRICT PARALLEL SAFE ROWS 1;
COMMENT ON FUNCTION model_info(text, integer) IS 'the counts and results of the training of a version of a name';

CREATE TYPE model_feature AS (
    "position" integer,
    feature text,
    kind text,
    transformation text,
    inputs integer,
    mean double precision,
    deviation double precision,
    levels text[],
    has_missing boolean,
    "type" text
);
COMMENT ON TYPE model_feature IS 'a feature of a model, and how it becomes inputs of the networks';
COMMENT ON COLUMN model_feature."position" IS 'place of the feature, from 1';
COMMENT ON COLUMN model_feature.feature IS 'name of the feature';
COMMENT ON COLUMN model_feature.kind IS 'number, boolean, date or category';
COMMENT ON COLUMN model_feature.transformation IS 'conversion of numbers before they are standardised';
COMMENT ON COLUMN model_feature.inputs IS 'number of inputs that the feature becomes';
COMMENT ON COLUMN model_feature.mean IS 'mean that is subtracted';
COMMENT ON COLUMN model_feature.deviation IS 'standard deviation that is divided by';
COMMENT ON COLUMN model_feature.levels IS 'values of a category that have an input of their own';
COMMENT ON COLUMN model_feature.has_missing IS 'true if a missing value has an input of its own';
COMMENT ON COLUMN model_feature."type" IS 'SQL type of the feature in training, with its schema unless it is a type of PostgreSQL''s own';

CREATE FUNCTION model_features(model text) RETURNS SETOF model_feature
    AS 'MODULE_PATHNAME', 'pg_intent_model_features' LANGUAGE c STABLE STRICT PARALLEL SAFE ROWS 30;
COMMENT ON FUNCTION model_features(text) IS 'the features, and how each becomes inputs of the networks, of the active model of a name';

CREATE FUNCTION model_features(model intent_model) RETURNS SETOF model_feature
    AS 'MODULE_PATHNAME', 'pg_intent_model_features' LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE ROWS 30;
COMMENT ON FUNCTION model_features(intent_model) IS 'the features, and how each becomes inputs of the networks, of a model';

CREATE FUNCTION model_features(name text, version integer) RETURNS SETOF model_feature
    AS 'MODULE_PATHNAME', 'pg_intent_model_features' LANGUAGE c STABLE STRICT PARALLEL SAFE ROWS 30;
COMMENT ON FUNCTION model_features(text, integer) IS 'the features, and how each becomes inputs of the networks, of a version of a name';

CREATE TYPE training_epoch AS (
    stage text,
    member integer,
    epoch integer,
    training_loss double precision,
    validation_loss double precision,
    labels_corrected bigint,
    kept boolean
);
COMMENT ON TYPE training_epoch IS 'an epoch of a stage of a training';
COMMENT ON COLUMN training_epoch.stage IS 'uplift, label correction, segmentation or distillation';
COMMENT ON COLUMN training_epoch.member IS 'member of the committee, from 0';
COMMENT ON COLUMN training_epoch.epoch IS 'number of the epoch, from 0';
COMMENT ON COLUMN training_epoch.training_loss IS 'mean loss of the training rows';
COMMENT ON COLUMN training_epoch.validation_loss IS 'mean loss of the rows that were held out';
COMMENT ON COLUMN training_epoch.labels_corrected IS 'rows recorded organic whose corrected label is above 0.5';
COMMENT ON COLUMN training_epoch.kept IS 'true for the epoch whose weights were kept';

CREATE FUNCTION training_history(model text) RETURNS SETOF training_epoch
    AS 'MODULE_PATHNAME', 'pg_intent_training_history' LANGUAGE c STABLE STRICT PARALLEL SAFE ROWS 30;
COMMENT ON FUNCTION training_history(text) IS 'the losses of each epoch of each stage, and the labels that it corrected, of the active model of a name';

CREATE FUNCTION training_history(model intent_model) RETURNS SETOF training_epoch
    AS 'MODULE_PATHNAME', 'pg_intent_training_history' LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE ROWS 30;
COMMENT ON FUNCTION training_history(intent_model) IS 'the losses of each epoch of each stage, and the labels that it corrected, of a model';

CREATE FUNCTION training_history(name text, version integer) RETURNS SETOF training_epoch
    AS 'MODULE_PATHNAME', 'pg_intent_training_history' LANGUAGE c STABLE STRICT PARALLEL SAFE ROWS 30;
COMMENT ON FUNCTION training_history(text, integer) IS 'the losses of each epoch of each stage, and the labels that it corrected, of a version of a name';
