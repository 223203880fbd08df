-- Looking into a model, by name (of its active version) or by value. Columns are never removed.

CREATE FUNCTION model_info(model text)
    RETURNS TABLE (
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
        options jsonb
    )
    AS 'MODULE_PATHNAME', 'pg_intent_model_info' LANGUAGE c STABLE STRICT PARALLEL SAFE ROWS 1;
COMMENT ON FUNCTION model_info(text) IS
    'what the training counted and found, beside the standard models on the same rows, of the active model of a name';

CREATE FUNCTION model_info(model intent_model)
    RETURNS TABLE (
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
        options jsonb
    )
    AS 'MODULE_PATHNAME', 'pg_intent_model_info' LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE ROWS 1;
COMMENT ON FUNCTION model_info(intent_model) IS
    'what the training counted and found, beside the standard models on the same rows, of a model';

CREATE FUNCTION model_features(model text)
    RETURNS TABLE (
        "position" integer,
        feature text,
        kind text,
        transformation text,
        inputs integer,
        mean double precision,
        deviation double precision,
        levels text[],
        has_missing boolean
    )
    AS 'MODULE_PATHNAME', 'pg_intent_model_features' LANGUAGE c STABLE STRICT PARALLEL SAFE ROWS 30;
COMMENT ON FUNCTION model_features(text) IS
    'the features, and how each becomes inputs of the networks, of the active model of a name';

CREATE FUNCTION model_features(model intent_model)
    RETURNS TABLE (
        "position" integer,
        feature text,
        kind text,
        transformation text,
        inputs integer,
        mean double precision,
        deviation double precision,
        levels text[],
        has_missing boolean
    )
    AS 'MODULE_PATHNAME', 'pg_intent_model_features' LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE ROWS 30;
COMMENT ON FUNCTION model_features(intent_model) IS
    'the features, and how each becomes inputs of the networks, of a model';

CREATE FUNCTION training_history(model text)
    RETURNS TABLE (
        stage text,
        member integer,
        epoch integer,
        training_loss double precision,
        validation_loss double precision,
        labels_corrected bigint,
        kept boolean
    )
    AS 'MODULE_PATHNAME', 'pg_intent_training_history' LANGUAGE c STABLE STRICT PARALLEL SAFE ROWS 30;
COMMENT ON FUNCTION training_history(text) IS
    'each epoch of each stage, its losses and the labels it corrected, of the active model of a name';

CREATE FUNCTION training_history(model intent_model)
    RETURNS TABLE (
        stage text,
        member integer,
        epoch integer,
        training_loss double precision,
        validation_loss double precision,
        labels_corrected bigint,
        kept boolean
    )
    AS 'MODULE_PATHNAME', 'pg_intent_training_history' LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE ROWS 30;
COMMENT ON FUNCTION training_history(intent_model) IS
    'each epoch of each stage, its losses and the labels it corrected, of a model';
