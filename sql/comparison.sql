-- Comparison of two scores on the same customers, with paired standard errors and a bounded state.

CREATE FUNCTION intent_comparison_add(internal, double precision, double precision, boolean, double precision) RETURNS internal
    AS 'MODULE_PATHNAME', 'pg_intent_comparison_add' LANGUAGE c IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION intent_comparison_add(internal, double precision, double precision, boolean, double precision) IS
    'internal: adds a row to the state of compare_uplift';

CREATE FUNCTION intent_comparison_add(internal, double precision, double precision, boolean, double precision, double precision, double precision) RETURNS internal
    AS 'MODULE_PATHNAME', 'pg_intent_comparison_add' LANGUAGE c IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION intent_comparison_add(internal, double precision, double precision, boolean, double precision, double precision, double precision) IS
    'internal: adds a row to the state of compare_uplift';

CREATE FUNCTION intent_comparison_merge(internal, internal) RETURNS internal
    AS 'MODULE_PATHNAME', 'pg_intent_comparison_merge' LANGUAGE c IMMUTABLE PARALLEL SAFE COST 1000;
COMMENT ON FUNCTION intent_comparison_merge(internal, internal) IS
    'internal: merges two states of compare_uplift';

CREATE FUNCTION intent_comparison_serialize(internal) RETURNS bytea
    AS 'MODULE_PATHNAME', 'pg_intent_comparison_serialize' LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST 1000;
COMMENT ON FUNCTION intent_comparison_serialize(internal) IS
    'internal: writes a state for another process of compare_uplift';

CREATE FUNCTION intent_comparison_deserialize(bytea, internal) RETURNS internal
    AS 'MODULE_PATHNAME', 'pg_intent_comparison_deserialize' LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST 1000;
COMMENT ON FUNCTION intent_comparison_deserialize(bytea, internal) IS
    'internal: reads a state from another process of compare_uplift';

CREATE TYPE uplift_comparison AS (
    rows bigint,
    qini_a double precision,
    qini_b double precision,
    qini_difference double precision,
    difference_se double precision,
    top_30_difference double precision,
    top_30_difference_se double precision
);
COMMENT ON TYPE uplift_comparison IS 'the difference of two scores; standard errors take rows as independent, one row a customer';
COMMENT ON COLUMN uplift_comparison.rows IS 'rows that were used';
COMMENT ON COLUMN uplift_comparison.qini_a IS 'Qini of the first score';
COMMENT ON COLUMN uplift_comparison.qini_b IS 'Qini of the second score';
COMMENT ON COLUMN uplift_comparison.qini_difference IS 'first less second: above 0 where the first score ranks better';
COMMENT ON COLUMN uplift_comparison.difference_se IS 'standard error of qini_difference, paired';
COMMENT ON COLUMN uplift_comparison.top_30_difference IS 'uplift among the 30 % with the highest first score, less that with the highest second score';
COMMENT ON COLUMN uplift_comparison.top_30_difference_se IS 'standard error of top_30_difference, paired';

CREATE FUNCTION intent_comparison_compare(internal) RETURNS uplift_comparison
    AS 'MODULE_PATHNAME', 'pg_intent_comparison_compare' LANGUAGE c IMMUTABLE PARALLEL SAFE COST 100000;
COMMENT ON FUNCTION intent_comparison_compare(internal) IS
    'internal: computes the figures of compare_uplift';

CREATE AGGREGATE compare_uplift(score_a double precision, score_b double precision, exposed boolean, outcome double precision) (
    SFUNC = intent_comparison_add, STYPE = internal, SSPACE = 4194304, COMBINEFUNC = intent_comparison_merge,
    SERIALFUNC = intent_comparison_serialize, DESERIALFUNC = intent_comparison_deserialize,
    FINALFUNC = intent_comparison_compare, FINALFUNC_MODIFY = READ_ONLY, PARALLEL = SAFE
);
COMMENT ON AGGREGATE compare_uplift(double precision, double precision, boolean, double precision) IS
    'how much better a score ranks the same customers than another, with paired standard errors; rows are taken as independent, one row a customer';

CREATE AGGREGATE compare_uplift(score_a double precision, score_b double precision, exposed boolean, outcome double precision, propensity double precision, weight double precision) (
    SFUNC = intent_comparison_add, STYPE = internal, SSPACE = 4194304, COMBINEFUNC = intent_comparison_merge,
    SERIALFUNC = intent_comparison_serialize, DESERIALFUNC = intent_comparison_deserialize,
    FINALFUNC = intent_comparison_compare, FINALFUNC_MODIFY = READ_ONLY, PARALLEL = SAFE
);
COMMENT ON AGGREGATE compare_uplift(double precision, double precision, boolean, double precision, double precision, double precision) IS
    'how much better a score ranks the same customers than another, with paired standard errors, with the chance of exposure and a weight for each; rows are taken as independent, one row a customer';
