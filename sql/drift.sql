-- Drift: a comparison of customers with those that a model was trained on.
--
-- The aggregate takes record beside anyarray for the reason that training.sql gives.

CREATE TYPE drifted_feature AS (
    feature text,
    rows bigint,
    mean_trained double precision,
    mean_new double precision,
    shift_in_deviations double precision,
    psi double precision,
    psi_by_chance double precision,
    p_value double precision,
    missing_trained double precision,
    missing_new double precision,
    unseen_share double precision,
    outside_share double precision,
    drifted boolean
);
COMMENT ON TYPE drifted_feature IS 'the drift of a feature, or of campaign_uplift';
COMMENT ON COLUMN drifted_feature.feature IS 'the feature; NULL for campaign_uplift';
COMMENT ON COLUMN drifted_feature.rows IS 'number of new customers';
COMMENT ON COLUMN drifted_feature.mean_trained IS 'mean over the training rows; NULL for a category';
COMMENT ON COLUMN drifted_feature.mean_new IS 'mean over the new customers';
COMMENT ON COLUMN drifted_feature.shift_in_deviations IS 'difference of the means in standard deviations of the training rows';
COMMENT ON COLUMN drifted_feature.psi IS 'population stability index over tenths of the training rows, or over categories';
COMMENT ON COLUMN drifted_feature.psi_by_chance IS 'expected psi if nothing changed';
COMMENT ON COLUMN drifted_feature.p_value IS 'chance of such a psi if nothing changed';
COMMENT ON COLUMN drifted_feature.missing_trained IS 'share of the training rows without a value';
COMMENT ON COLUMN drifted_feature.missing_new IS 'share of the new customers without a value';
COMMENT ON COLUMN drifted_feature.unseen_share IS 'share of the values with a category that training did not see; NULL where rare categories count as one';
COMMENT ON COLUMN drifted_feature.outside_share IS 'share of the values beyond the range of the training rows';
COMMENT ON COLUMN drifted_feature.drifted IS 'true if the change is large and no chance: look at the feature, and train again';

CREATE FUNCTION intent_drift_add(internal, anyarray, text) RETURNS internal
    AS 'MODULE_PATHNAME', 'pg_intent_drift_add' LANGUAGE c STABLE PARALLEL SAFE COST 100;
COMMENT ON FUNCTION intent_drift_add(internal, anyarray, text) IS 'internal: adds a row to feature_drift';

CREATE FUNCTION intent_drift_add(internal, anyarray, intent_model) RETURNS internal
    AS 'MODULE_PATHNAME', 'pg_intent_drift_add' LANGUAGE c IMMUTABLE PARALLEL SAFE COST 100;
COMMENT ON FUNCTION intent_drift_add(internal, anyarray, intent_model) IS 'internal: adds a row to feature_drift';

CREATE FUNCTION intent_drift_add(internal, record, text) RETURNS internal
    AS 'MODULE_PATHNAME', 'pg_intent_drift_add' LANGUAGE c STABLE PARALLEL SAFE COST 100;
COMMENT ON FUNCTION intent_drift_add(internal, record, text) IS 'internal: adds a row to feature_drift';

CREATE FUNCTION intent_drift_add(internal, record, intent_model) RETURNS internal
    AS 'MODULE_PATHNAME', 'pg_intent_drift_add' LANGUAGE c IMMUTABLE PARALLEL SAFE COST 100;
COMMENT ON FUNCTION intent_drift_add(internal, record, intent_model) IS 'internal: adds a row to feature_drift';

CREATE FUNCTION intent_drift_merge(internal, internal) RETURNS internal
    AS 'MODULE_PATHNAME', 'pg_intent_drift_merge' LANGUAGE c IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION intent_drift_merge(internal, internal) IS 'internal: merges two states of feature_drift';

CREATE FUNCTION intent_drift_serialize(internal) RETURNS bytea
    AS 'MODULE_PATHNAME', 'pg_intent_drift_serialize' LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION intent_drift_serialize(internal) IS 'internal: writes a state of feature_drift for another process';

CREATE FUNCTION intent_drift_deserialize(bytea, internal) RETURNS internal
    AS 'MODULE_PATHNAME', 'pg_intent_drift_deserialize' LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION intent_drift_deserialize(bytea, internal) IS 'internal: reads a state of feature_drift from another process';

CREATE FUNCTION intent_drift_findings(internal) RETURNS drifted_feature[]
    AS 'MODULE_PATHNAME', 'pg_intent_drift_findings' LANGUAGE c IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION intent_drift_findings(internal) IS 'internal: the result of feature_drift';

CREATE AGGREGATE feature_drift(features anyarray, model text) (
    SFUNC = intent_drift_add, STYPE = internal, SSPACE = 65536, COMBINEFUNC = intent_drift_merge,
    SERIALFUNC = intent_drift_serialize, DESERIALFUNC = intent_drift_deserialize,
    FINALFUNC = intent_drift_findings, FINALFUNC_MODIFY = READ_ONLY, PARALLEL = SAFE
);
COMMENT ON AGGREGATE feature_drift(anyarray, text) IS 'the drift of each feature since the training, and last that of campaign_uplift; read it by unnest';

CREATE AGGREGATE feature_drift(features anyarray, model intent_model) (
    SFUNC = intent_drift_add, STYPE = internal, SSPACE = 65536, COMBINEFUNC = intent_drift_merge,
    SERIALFUNC = intent_drift_serialize, DESERIALFUNC = intent_drift_deserialize,
    FINALFUNC = intent_drift_findings, FINALFUNC_MODIFY = READ_ONLY, PARALLEL = SAFE
);
COMMENT ON AGGREGATE feature_drift(anyarray, intent_model) IS 'the drift of each feature since the training, and last that of campaign_uplift; read it by unnest';

CREATE AGGREGATE feature_drift(features record, model text) (
    SFUNC = intent_drift_add, STYPE = internal, SSPACE = 65536, COMBINEFUNC = intent_drift_merge,
    SERIALFUNC = intent_drift_serialize, DESERIALFUNC = intent_drift_deserialize,
    FINALFUNC = intent_drift_findings, FINALFUNC_MODIFY = READ_ONLY, PARALLEL = SAFE
);
COMMENT ON AGGREGATE feature_drift(record, text) IS 'the drift of each feature since the training, and last that of campaign_uplift; read it by unnest';

CREATE AGGREGATE feature_drift(features record, model intent_model) (
    SFUNC = intent_drift_add, STYPE = internal, SSPACE = 65536, COMBINEFUNC = intent_drift_merge,
    SERIALFUNC = intent_drift_serialize, DESERIALFUNC = intent_drift_deserialize,
    FINALFUNC = intent_drift_findings, FINALFUNC_MODIFY = READ_ONLY, PARALLEL = SAFE
);
COMMENT ON AGGREGATE feature_drift(record, intent_model) IS 'the drift of each feature since the training, and last that of campaign_uplift; read it by unnest';
