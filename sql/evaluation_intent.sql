-- Evaluation of segments and of recommendations on customers whose outcome is known. Standard errors take rows as
-- independent: one row a customer. Columns may be added, never removed.

CREATE TYPE segment_metrics AS (
    rows bigint,
    rows_ignored bigint,
    accuracy double precision,
    macro_f1 double precision,
    precision_low_engagement double precision,
    recall_low_engagement double precision,
    f1_low_engagement double precision,
    precision_organic double precision,
    recall_organic double precision,
    f1_organic double precision,
    precision_campaign_driven double precision,
    recall_campaign_driven double precision,
    f1_campaign_driven double precision,
    confusion double precision[]
);
COMMENT ON TYPE segment_metrics IS 'segments as named by a score against the true ones; a figure is NULL where no row has what it needs';
COMMENT ON COLUMN segment_metrics.rows IS 'rows that count';
COMMENT ON COLUMN segment_metrics.rows_ignored IS 'rows left out because a segment is NULL or the weight is 0';
COMMENT ON COLUMN segment_metrics.accuracy IS 'share of rows whose segment is right, by weight as all figures are';
COMMENT ON COLUMN segment_metrics.macro_f1 IS 'mean F1 of the segments that occur among the actual or the predicted ones';
COMMENT ON COLUMN segment_metrics.precision_low_engagement IS 'share of low_engagement among the rows predicted so';
COMMENT ON COLUMN segment_metrics.recall_low_engagement IS 'share of the rows of low_engagement that are predicted so';
COMMENT ON COLUMN segment_metrics.f1_low_engagement IS 'harmonic mean of precision and recall of low_engagement; 0 if it is never right';
COMMENT ON COLUMN segment_metrics.precision_organic IS 'share of organic among the rows predicted so';
COMMENT ON COLUMN segment_metrics.recall_organic IS 'share of the rows of organic that are predicted so';
COMMENT ON COLUMN segment_metrics.f1_organic IS 'harmonic mean of precision and recall of organic; 0 if it is never right';
COMMENT ON COLUMN segment_metrics.precision_campaign_driven IS 'share of campaign_driven among the rows predicted so';
COMMENT ON COLUMN segment_metrics.recall_campaign_driven IS 'share of the rows of campaign_driven that are predicted so';
COMMENT ON COLUMN segment_metrics.f1_campaign_driven IS 'harmonic mean of precision and recall of campaign_driven; 0 if it is never right';
COMMENT ON COLUMN segment_metrics.confusion IS 'weights by actual segment (rows) and predicted segment (columns), in the order low_engagement, organic, campaign_driven';

CREATE FUNCTION intent_segments_add(internal, text, text) RETURNS internal
    AS 'MODULE_PATHNAME', 'pg_intent_segments_add' LANGUAGE c IMMUTABLE PARALLEL SAFE COST 1;
COMMENT ON FUNCTION intent_segments_add(internal, text, text) IS
    'internal: adds a row to the state of evaluate_segments';

CREATE FUNCTION intent_segments_add(internal, text, text, double precision) RETURNS internal
    AS 'MODULE_PATHNAME', 'pg_intent_segments_add' LANGUAGE c IMMUTABLE PARALLEL SAFE COST 1;
COMMENT ON FUNCTION intent_segments_add(internal, text, text, double precision) IS
    'internal: adds a row to the state of evaluate_segments';

CREATE FUNCTION intent_segments_merge(internal, internal) RETURNS internal
    AS 'MODULE_PATHNAME', 'pg_intent_segments_merge' LANGUAGE c IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION intent_segments_merge(internal, internal) IS
    'internal: merges two states of evaluate_segments';

CREATE FUNCTION intent_segments_serialize(internal) RETURNS bytea
    AS 'MODULE_PATHNAME', 'pg_intent_segments_serialize' LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION intent_segments_serialize(internal) IS
    'internal: writes a state of evaluate_segments for another process';

CREATE FUNCTION intent_segments_deserialize(bytea, internal) RETURNS internal
    AS 'MODULE_PATHNAME', 'pg_intent_segments_deserialize' LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION intent_segments_deserialize(bytea, internal) IS
    'internal: reads a state of evaluate_segments from another process';

CREATE FUNCTION intent_segments_metrics(internal) RETURNS segment_metrics
    AS 'MODULE_PATHNAME', 'pg_intent_evaluate_segments' LANGUAGE c IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION intent_segments_metrics(internal) IS
    'internal: the figures of a state of evaluate_segments';

CREATE AGGREGATE evaluate_segments(actual text, predicted text) (
    SFUNC = intent_segments_add, STYPE = internal, SSPACE = 1024, COMBINEFUNC = intent_segments_merge,
    SERIALFUNC = intent_segments_serialize, DESERIALFUNC = intent_segments_deserialize,
    FINALFUNC = intent_segments_metrics, FINALFUNC_MODIFY = READ_ONLY, PARALLEL = SAFE
);
COMMENT ON AGGREGATE evaluate_segments(text, text) IS
    'accuracy, F1 and confusion of predicted segments';

CREATE AGGREGATE evaluate_segments(actual text, predicted text, weight double precision) (
    SFUNC = intent_segments_add, STYPE = internal, SSPACE = 1024, COMBINEFUNC = intent_segments_merge,
    SERIALFUNC = intent_segments_serialize, DESERIALFUNC = intent_segments_deserialize,
    FINALFUNC = intent_segments_metrics, FINALFUNC_MODIFY = READ_ONLY, PARALLEL = SAFE
);
COMMENT ON AGGREGATE evaluate_segments(text, text, double precision) IS
    'accuracy, F1 and confusion of predicted segments; weight NULL counts as 1, 0 leaves a row out';

CREATE TYPE policy_metrics AS (
    rows bigint,
    rows_ignored bigint,
    rows_followed bigint,
    contacted_share double precision,
    value double precision,
    value_se double precision,
    baseline_value double precision,
    gain double precision,
    gain_se double precision
);
COMMENT ON TYPE policy_metrics IS 'the value of recommendations, from customers who were sent something by chance';
COMMENT ON COLUMN policy_metrics.rows IS 'rows that count';
COMMENT ON COLUMN policy_metrics.rows_ignored IS 'rows left out because the outcome is NULL or the weight is 0';
COMMENT ON COLUMN policy_metrics.rows_followed IS 'rows that were sent what is recommended';
COMMENT ON COLUMN policy_metrics.contacted_share IS 'share of customers whom a campaign is recommended to, by weight';
COMMENT ON COLUMN policy_metrics.value IS 'mean outcome per customer if the recommendations are followed; NULL if one of them was sent to nobody whom it is recommended to';
COMMENT ON COLUMN policy_metrics.value_se IS 'standard error of value, for independent rows; NULL if a single row shows what follows from a recommendation';
COMMENT ON COLUMN policy_metrics.baseline_value IS 'mean outcome per customer if all are sent the baseline; NULL if some of the customers who are recommended the same were never sent it';
COMMENT ON COLUMN policy_metrics.gain IS 'value minus baseline_value';
COMMENT ON COLUMN policy_metrics.gain_se IS 'standard error of gain, for independent rows, as value_se';

CREATE FUNCTION intent_policy_add(internal, text, text, double precision, text) RETURNS internal
    AS 'MODULE_PATHNAME', 'pg_intent_policy_add' LANGUAGE c IMMUTABLE PARALLEL SAFE COST 1;
COMMENT ON FUNCTION intent_policy_add(internal, text, text, double precision, text) IS
    'internal: adds a row to the state of evaluate_policy';

CREATE FUNCTION intent_policy_add(internal, text, text, double precision, double precision, double precision, text) RETURNS internal
    AS 'MODULE_PATHNAME', 'pg_intent_policy_add' LANGUAGE c IMMUTABLE PARALLEL SAFE COST 1;
COMMENT ON FUNCTION intent_policy_add(internal, text, text, double precision, double precision, double precision, text) IS
    'internal: adds a row to the state of evaluate_policy';

CREATE FUNCTION intent_policy_merge(internal, internal) RETURNS internal
    AS 'MODULE_PATHNAME', 'pg_intent_policy_merge' LANGUAGE c IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION intent_policy_merge(internal, internal) IS
    'internal: merges two states of evaluate_policy';

CREATE FUNCTION intent_policy_serialize(internal) RETURNS bytea
    AS 'MODULE_PATHNAME', 'pg_intent_policy_serialize' LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION intent_policy_serialize(internal) IS
    'internal: writes a state of evaluate_policy for another process';

CREATE FUNCTION intent_policy_deserialize(bytea, internal) RETURNS internal
    AS 'MODULE_PATHNAME', 'pg_intent_policy_deserialize' LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION intent_policy_deserialize(bytea, internal) IS
    'internal: reads a state of evaluate_policy from another process';

CREATE FUNCTION intent_policy_metrics(internal) RETURNS policy_metrics
    AS 'MODULE_PATHNAME', 'pg_intent_evaluate_policy' LANGUAGE c IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION intent_policy_metrics(internal) IS
    'internal: the figures of a state of evaluate_policy';

CREATE AGGREGATE evaluate_policy(recommended text, sent text, outcome double precision, baseline text) (
    SFUNC = intent_policy_add, STYPE = internal, SSPACE = 16384, COMBINEFUNC = intent_policy_merge,
    SERIALFUNC = intent_policy_serialize, DESERIALFUNC = intent_policy_deserialize,
    FINALFUNC = intent_policy_metrics, FINALFUNC_MODIFY = READ_ONLY, PARALLEL = SAFE
);
COMMENT ON AGGREGATE evaluate_policy(text, text, double precision, text) IS
    'value of recommendations, and the gain over one baseline for all; the campaign NULL is nobody, and what was sent was a matter of chance alone among customers who are recommended the same';

CREATE AGGREGATE evaluate_policy(recommended text, sent text, outcome double precision, probability double precision, weight double precision, baseline text) (
    SFUNC = intent_policy_add, STYPE = internal, SSPACE = 16384, COMBINEFUNC = intent_policy_merge,
    SERIALFUNC = intent_policy_serialize, DESERIALFUNC = intent_policy_deserialize,
    FINALFUNC = intent_policy_metrics, FINALFUNC_MODIFY = READ_ONLY, PARALLEL = SAFE
);
COMMENT ON AGGREGATE evaluate_policy(text, text, double precision, double precision, double precision, text) IS
    'value of recommendations, and the gain over one baseline for all; the campaign NULL is nobody, and probability is the chance of what was sent (that of assign_campaign, not its propensity), in all rows or none';

CREATE TYPE intent_metrics AS (
    rows bigint,
    rows_ignored bigint,
    positives bigint,
    base_rate double precision,
    auc double precision,
    auc_se double precision,
    average_precision double precision,
    log_loss double precision,
    brier double precision,
    calibration_error double precision,
    calibration_slope double precision,
    accuracy double precision,
    "precision" double precision,
    recall double precision,
    f1 double precision,
    error_bound double precision
);
COMMENT ON TYPE intent_metrics IS 'an intent, or another score, against what was so; a figure is NULL where no row has what it needs';
COMMENT ON COLUMN intent_metrics.rows IS 'rows that count';
COMMENT ON COLUMN intent_metrics.rows_ignored IS 'rows left out because actual or the score is NULL or the weight is 0';
COMMENT ON COLUMN intent_metrics.positives IS 'rows that are so';
COMMENT ON COLUMN intent_metrics.base_rate IS 'share of them, by weight as all figures are';
COMMENT ON COLUMN intent_metrics.auc IS 'probability that a row that is so has a higher score than one that is not; ties count half';
COMMENT ON COLUMN intent_metrics.auc_se IS 'standard error of auc (DeLong), for independent rows';
COMMENT ON COLUMN intent_metrics.average_precision IS 'mean precision over the recall';
COMMENT ON COLUMN intent_metrics.log_loss IS 'mean of minus the logarithm of the probability of what was so; this column and the next seven are NULL if a score is outside 0 to 1';
COMMENT ON COLUMN intent_metrics.brier IS 'mean squared difference of probability and truth';
COMMENT ON COLUMN intent_metrics.calibration_error IS 'mean difference of probability and observed share over 15 bins of equal width (ECE)';
COMMENT ON COLUMN intent_metrics.calibration_slope IS 'slope of the truth over the probability, 1 where it can be taken at its word; NULL if all are equal';
COMMENT ON COLUMN intent_metrics.accuracy IS 'share of rows that are right if those above 0.5 are predicted to be so';
COMMENT ON COLUMN intent_metrics."precision" IS 'share of those predicted to be so that are';
COMMENT ON COLUMN intent_metrics.recall IS 'share of those that are so that are predicted';
COMMENT ON COLUMN intent_metrics.f1 IS 'harmonic mean of precision and recall';
COMMENT ON COLUMN intent_metrics.error_bound IS 'bound of the error of auc because scores were not told apart; 0 up to 262,144 different ones';

CREATE TYPE calibration_bin AS (
    bin integer,
    rows bigint,
    predicted double precision,
    observed double precision,
    observed_se double precision
);
COMMENT ON TYPE calibration_bin IS 'rows with similar scores';
COMMENT ON COLUMN calibration_bin.bin IS 'number of the bin; 1 has the highest scores';
COMMENT ON COLUMN calibration_bin.rows IS 'number of rows';
COMMENT ON COLUMN calibration_bin.predicted IS 'mean score, by weight; NULL if scores are infinite';
COMMENT ON COLUMN calibration_bin.observed IS 'share of rows that are so, by weight';
COMMENT ON COLUMN calibration_bin.observed_se IS 'standard error of observed, for independent rows';

CREATE FUNCTION intent_calibration_add(internal, boolean, double precision) RETURNS internal
    AS 'MODULE_PATHNAME', 'pg_intent_intent_add' LANGUAGE c IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION intent_calibration_add(internal, boolean, double precision) IS
    'internal: adds a row to the state of evaluate_intent and calibration_curve';

CREATE FUNCTION intent_calibration_add(internal, boolean, double precision, double precision) RETURNS internal
    AS 'MODULE_PATHNAME', 'pg_intent_intent_add' LANGUAGE c IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION intent_calibration_add(internal, boolean, double precision, double precision) IS
    'internal: adds a row to the state of evaluate_intent and calibration_curve';

CREATE FUNCTION intent_calibration_add(internal, boolean, double precision, integer) RETURNS internal
    AS 'MODULE_PATHNAME', 'pg_intent_intent_add' LANGUAGE c IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION intent_calibration_add(internal, boolean, double precision, integer) IS
    'internal: adds a row to the state of evaluate_intent and calibration_curve';

CREATE FUNCTION intent_calibration_add(internal, boolean, double precision, double precision, integer) RETURNS internal
    AS 'MODULE_PATHNAME', 'pg_intent_intent_add' LANGUAGE c IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION intent_calibration_add(internal, boolean, double precision, double precision, integer) IS
    'internal: adds a row to the state of evaluate_intent and calibration_curve';

CREATE FUNCTION intent_calibration_merge(internal, internal) RETURNS internal
    AS 'MODULE_PATHNAME', 'pg_intent_intent_merge' LANGUAGE c IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION intent_calibration_merge(internal, internal) IS
    'internal: merges two states of evaluate_intent or calibration_curve';

CREATE FUNCTION intent_calibration_serialize(internal) RETURNS bytea
    AS 'MODULE_PATHNAME', 'pg_intent_intent_serialize' LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION intent_calibration_serialize(internal) IS
    'internal: writes a state of evaluate_intent or calibration_curve for another process';

CREATE FUNCTION intent_calibration_deserialize(bytea, internal) RETURNS internal
    AS 'MODULE_PATHNAME', 'pg_intent_intent_deserialize' LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION intent_calibration_deserialize(bytea, internal) IS
    'internal: reads a state of evaluate_intent or calibration_curve from another process';

CREATE FUNCTION intent_calibration_metrics(internal) RETURNS intent_metrics
    AS 'MODULE_PATHNAME', 'pg_intent_intent_evaluate' LANGUAGE c IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION intent_calibration_metrics(internal) IS
    'internal: the figures of a state of evaluate_intent';

CREATE FUNCTION intent_calibration_bins(internal) RETURNS calibration_bin[]
    AS 'MODULE_PATHNAME', 'pg_intent_calibration_curve' LANGUAGE c IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION intent_calibration_bins(internal) IS
    'internal: the bins of a state of calibration_curve';

-- SSPACE: a state holds a block for each distinct score, 14 MB at most.

CREATE AGGREGATE evaluate_intent(actual boolean, intent double precision) (
    SFUNC = intent_calibration_add, STYPE = internal, SSPACE = 4194304, COMBINEFUNC = intent_calibration_merge,
    SERIALFUNC = intent_calibration_serialize, DESERIALFUNC = intent_calibration_deserialize,
    FINALFUNC = intent_calibration_metrics, FINALFUNC_MODIFY = READ_ONLY, PARALLEL = SAFE
);
COMMENT ON AGGREGATE evaluate_intent(boolean, double precision) IS
    'AUC, calibration and accuracy of an intent, or of another score, against what was so';

CREATE AGGREGATE evaluate_intent(actual boolean, intent double precision, weight double precision) (
    SFUNC = intent_calibration_add, STYPE = internal, SSPACE = 4194304, COMBINEFUNC = intent_calibration_merge,
    SERIALFUNC = intent_calibration_serialize, DESERIALFUNC = intent_calibration_deserialize,
    FINALFUNC = intent_calibration_metrics, FINALFUNC_MODIFY = READ_ONLY, PARALLEL = SAFE
);
COMMENT ON AGGREGATE evaluate_intent(boolean, double precision, double precision) IS
    'AUC, calibration and accuracy of an intent, or of another score, against what was so; weight NULL counts as 1, 0 leaves a row out';

CREATE AGGREGATE calibration_curve(actual boolean, predicted double precision) (
    SFUNC = intent_calibration_add, STYPE = internal, SSPACE = 4194304, COMBINEFUNC = intent_calibration_merge,
    SERIALFUNC = intent_calibration_serialize, DESERIALFUNC = intent_calibration_deserialize,
    FINALFUNC = intent_calibration_bins, FINALFUNC_MODIFY = READ_ONLY, PARALLEL = SAFE
);
COMMENT ON AGGREGATE calibration_curve(boolean, double precision) IS
    'predicted probability and observed share in bins of about equal weight, the highest first; read it by unnest';

CREATE AGGREGATE calibration_curve(actual boolean, predicted double precision, bins integer) (
    SFUNC = intent_calibration_add, STYPE = internal, SSPACE = 4194304, COMBINEFUNC = intent_calibration_merge,
    SERIALFUNC = intent_calibration_serialize, DESERIALFUNC = intent_calibration_deserialize,
    FINALFUNC = intent_calibration_bins, FINALFUNC_MODIFY = READ_ONLY, PARALLEL = SAFE
);
COMMENT ON AGGREGATE calibration_curve(boolean, double precision, integer) IS
    'predicted probability and observed share in bins of about equal weight, the highest first; read it by unnest';

CREATE AGGREGATE calibration_curve(actual boolean, predicted double precision, weight double precision, bins integer) (
    SFUNC = intent_calibration_add, STYPE = internal, SSPACE = 4194304, COMBINEFUNC = intent_calibration_merge,
    SERIALFUNC = intent_calibration_serialize, DESERIALFUNC = intent_calibration_deserialize,
    FINALFUNC = intent_calibration_bins, FINALFUNC_MODIFY = READ_ONLY, PARALLEL = SAFE
);
COMMENT ON AGGREGATE calibration_curve(boolean, double precision, double precision, integer) IS
    'predicted probability and observed share in bins of about equal weight, the highest first; read it by unnest';
