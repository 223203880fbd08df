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
