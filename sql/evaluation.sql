-- Evaluation of scores against outcomes. The state of an aggregate is bounded: up to 262144 different scores it is exact,
-- beyond that neighbouring scores are not told apart, and error_bound says what that can cost.

CREATE FUNCTION intent_uplift_add(internal, double precision, boolean, double precision) RETURNS internal
    AS 'MODULE_PATHNAME', 'pg_intent_uplift_add' LANGUAGE c IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION intent_uplift_add(internal, double precision, boolean, double precision) IS
    'internal: adds a row to the state of evaluate_uplift, uplift_curve and uplift_bins';

CREATE FUNCTION intent_uplift_add(internal, double precision, boolean, double precision, integer) RETURNS internal
    AS 'MODULE_PATHNAME', 'pg_intent_uplift_add' LANGUAGE c IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION intent_uplift_add(internal, double precision, boolean, double precision, integer) IS
    'internal: adds a row to the state of evaluate_uplift, uplift_curve and uplift_bins';

CREATE FUNCTION intent_uplift_add(internal, double precision, boolean, double precision, double precision, double precision) RETURNS internal
    AS 'MODULE_PATHNAME', 'pg_intent_uplift_add' LANGUAGE c IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION intent_uplift_add(internal, double precision, boolean, double precision, double precision, double precision) IS
    'internal: adds a row to the state of evaluate_uplift, uplift_curve and uplift_bins';

CREATE FUNCTION intent_uplift_add(internal, double precision, boolean, double precision, double precision, double precision, integer) RETURNS internal
    AS 'MODULE_PATHNAME', 'pg_intent_uplift_add' LANGUAGE c IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION intent_uplift_add(internal, double precision, boolean, double precision, double precision, double precision, integer) IS
    'internal: adds a row to the state of evaluate_uplift, uplift_curve and uplift_bins';

CREATE FUNCTION intent_uplift_merge(internal, internal) RETURNS internal
    AS 'MODULE_PATHNAME', 'pg_intent_uplift_merge' LANGUAGE c IMMUTABLE PARALLEL SAFE COST 1000;
COMMENT ON FUNCTION intent_uplift_merge(internal, internal) IS
    'internal: merges two states of evaluate_uplift, uplift_curve and uplift_bins';

CREATE FUNCTION intent_uplift_serialize(internal) RETURNS bytea
    AS 'MODULE_PATHNAME', 'pg_intent_uplift_serialize' LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST 1000;
COMMENT ON FUNCTION intent_uplift_serialize(internal) IS
    'internal: writes a state for another process of evaluate_uplift, uplift_curve and uplift_bins';

CREATE FUNCTION intent_uplift_deserialize(bytea, internal) RETURNS internal
    AS 'MODULE_PATHNAME', 'pg_intent_uplift_deserialize' LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST 1000;
COMMENT ON FUNCTION intent_uplift_deserialize(bytea, internal) IS
    'internal: reads a state from another process of evaluate_uplift, uplift_curve and uplift_bins';

CREATE TYPE uplift_metrics AS (
    rows bigint,
    rows_ignored bigint,
    rows_exposed bigint,
    exposed_share double precision,
    mean_propensity double precision,
    outcome_exposed double precision,
    outcome_unexposed double precision,
    uplift double precision,
    uplift_se double precision,
    auuc double precision,
    auuc_se double precision,
    qini double precision,
    qini_se double precision,
    auuc_normalised double precision,
    qini_normalised double precision,
    uplift_top_10 double precision,
    uplift_top_10_se double precision,
    uplift_top_20 double precision,
    uplift_top_20_se double precision,
    uplift_top_30 double precision,
    uplift_top_30_se double precision,
    uplift_top_50 double precision,
    uplift_top_50_se double precision,
    predicted_uplift double precision,
    calibration_slope double precision,
    calibration_slope_se double precision,
    error_bound double precision
);
COMMENT ON TYPE uplift_metrics IS 'how well a score ranks customers by uplift; standard errors take rows as independent, one row a customer';
COMMENT ON COLUMN uplift_metrics.rows IS 'rows that were used';
COMMENT ON COLUMN uplift_metrics.rows_ignored IS 'rows left out because the score, exposed or outcome is NULL, or the weight 0';
COMMENT ON COLUMN uplift_metrics.rows_exposed IS 'exposed rows that were used';
COMMENT ON COLUMN uplift_metrics.exposed_share IS 'share of exposed customers, by weight';
COMMENT ON COLUMN uplift_metrics.mean_propensity IS 'mean propensity; NULL if none was given';
COMMENT ON COLUMN uplift_metrics.outcome_exposed IS 'mean outcome of exposed customers';
COMMENT ON COLUMN uplift_metrics.outcome_unexposed IS 'mean outcome of unexposed customers';
COMMENT ON COLUMN uplift_metrics.uplift IS 'difference of these means: the gain per customer if all are contacted';
COMMENT ON COLUMN uplift_metrics.uplift_se IS 'standard error of uplift';
COMMENT ON COLUMN uplift_metrics.auuc IS 'area under the gain curve: the gain per customer, averaged over all budgets';
COMMENT ON COLUMN uplift_metrics.auuc_se IS 'standard error of auuc';
COMMENT ON COLUMN uplift_metrics.qini IS 'auuc above that of a random order: 0 for a score that does not work';
COMMENT ON COLUMN uplift_metrics.qini_se IS 'standard error of qini';
COMMENT ON COLUMN uplift_metrics.auuc_normalised IS 'uplift_auc_score of scikit-uplift; NULL unless outcomes are 0 or 1, without weight and propensity';
COMMENT ON COLUMN uplift_metrics.qini_normalised IS 'qini_auc_score of scikit-uplift; NULL unless outcomes are 0 or 1, without weight and propensity';
COMMENT ON COLUMN uplift_metrics.uplift_top_10 IS 'uplift among the 10 % with the highest scores; NULL unless both exposed and unexposed customers are among them';
COMMENT ON COLUMN uplift_metrics.uplift_top_10_se IS 'standard error of uplift_top_10';
COMMENT ON COLUMN uplift_metrics.uplift_top_20 IS 'uplift among the 20 % with the highest scores; NULL unless both exposed and unexposed customers are among them';
COMMENT ON COLUMN uplift_metrics.uplift_top_20_se IS 'standard error of uplift_top_20';
COMMENT ON COLUMN uplift_metrics.uplift_top_30 IS 'uplift among the 30 % with the highest scores; NULL unless both exposed and unexposed customers are among them';
COMMENT ON COLUMN uplift_metrics.uplift_top_30_se IS 'standard error of uplift_top_30';
COMMENT ON COLUMN uplift_metrics.uplift_top_50 IS 'uplift among the 50 % with the highest scores; NULL unless both exposed and unexposed customers are among them';
COMMENT ON COLUMN uplift_metrics.uplift_top_50_se IS 'standard error of uplift_top_50';
COMMENT ON COLUMN uplift_metrics.predicted_uplift IS 'mean score; NULL if scores are infinite';
COMMENT ON COLUMN uplift_metrics.calibration_slope IS 'slope of the uplift over the score: 1 where scores can be taken for the uplift';
COMMENT ON COLUMN uplift_metrics.calibration_slope_se IS 'standard error of calibration_slope';
COMMENT ON COLUMN uplift_metrics.error_bound IS 'most that auuc and qini are off because scores were not told apart; 0 up to 262144 different scores';

CREATE TYPE uplift_point AS (
    share double precision,
    customers double precision,
    score double precision,
    gain double precision,
    gain_se double precision,
    random_gain double precision
);
COMMENT ON TYPE uplift_point IS 'a point of the gain curve; standard errors take rows as independent, one row a customer';
COMMENT ON COLUMN uplift_point.share IS 'share of customers who are contacted, the highest scores first';
COMMENT ON COLUMN uplift_point.customers IS 'their number, by weight';
COMMENT ON COLUMN uplift_point.score IS 'lowest score among them';
COMMENT ON COLUMN uplift_point.gain IS 'gain per customer of all';
COMMENT ON COLUMN uplift_point.gain_se IS 'standard error of gain; NULL unless both exposed and unexposed customers are among them';
COMMENT ON COLUMN uplift_point.random_gain IS 'gain of contacting as many in a random order';

CREATE TYPE uplift_bin AS (
    bin integer,
    customers double precision,
    rows_exposed bigint,
    rows_unexposed bigint,
    score_from double precision,
    score_to double precision,
    predicted double precision,
    observed double precision,
    observed_se double precision
);
COMMENT ON TYPE uplift_bin IS 'customers with similar scores; standard errors take rows as independent, one row a customer';
COMMENT ON COLUMN uplift_bin.bin IS 'number of the bin; 1 has the highest scores';
COMMENT ON COLUMN uplift_bin.customers IS 'customers, by weight';
COMMENT ON COLUMN uplift_bin.rows_exposed IS 'exposed rows';
COMMENT ON COLUMN uplift_bin.rows_unexposed IS 'unexposed rows';
COMMENT ON COLUMN uplift_bin.score_from IS 'lowest score';
COMMENT ON COLUMN uplift_bin.score_to IS 'highest score';
COMMENT ON COLUMN uplift_bin.predicted IS 'mean score; NULL if scores are infinite';
COMMENT ON COLUMN uplift_bin.observed IS 'uplift; NULL unless both exposed and unexposed customers are in the bin';
COMMENT ON COLUMN uplift_bin.observed_se IS 'standard error of observed';

CREATE FUNCTION intent_uplift_evaluate(internal) RETURNS uplift_metrics
    AS 'MODULE_PATHNAME', 'pg_intent_uplift_evaluate' LANGUAGE c IMMUTABLE PARALLEL SAFE COST 100000;
COMMENT ON FUNCTION intent_uplift_evaluate(internal) IS
    'internal: computes the figures of evaluate_uplift';

CREATE FUNCTION intent_uplift_curve(internal) RETURNS uplift_point[]
    AS 'MODULE_PATHNAME', 'pg_intent_uplift_curve' LANGUAGE c IMMUTABLE PARALLEL SAFE COST 100000;
COMMENT ON FUNCTION intent_uplift_curve(internal) IS
    'internal: computes the points of uplift_curve';

CREATE FUNCTION intent_uplift_bins(internal) RETURNS uplift_bin[]
    AS 'MODULE_PATHNAME', 'pg_intent_uplift_bins' LANGUAGE c IMMUTABLE PARALLEL SAFE COST 100000;
COMMENT ON FUNCTION intent_uplift_bins(internal) IS
    'internal: computes the bins of uplift_bins';

-- SSPACE: a state holds up to 40 MB, so that the planner does not hold many groups in a hash table.

CREATE AGGREGATE evaluate_uplift(score double precision, exposed boolean, outcome double precision) (
    SFUNC = intent_uplift_add, STYPE = internal, SSPACE = 4194304, COMBINEFUNC = intent_uplift_merge,
    SERIALFUNC = intent_uplift_serialize, DESERIALFUNC = intent_uplift_deserialize,
    FINALFUNC = intent_uplift_evaluate, FINALFUNC_MODIFY = READ_ONLY, PARALLEL = SAFE
);
COMMENT ON AGGREGATE evaluate_uplift(double precision, boolean, double precision) IS
    'how well a score ranks customers by uplift, with standard errors; rows are taken as independent, one row a customer';

CREATE AGGREGATE evaluate_uplift(score double precision, exposed boolean, outcome double precision, propensity double precision, weight double precision) (
    SFUNC = intent_uplift_add, STYPE = internal, SSPACE = 4194304, COMBINEFUNC = intent_uplift_merge,
    SERIALFUNC = intent_uplift_serialize, DESERIALFUNC = intent_uplift_deserialize,
    FINALFUNC = intent_uplift_evaluate, FINALFUNC_MODIFY = READ_ONLY, PARALLEL = SAFE
);
COMMENT ON AGGREGATE evaluate_uplift(double precision, boolean, double precision, double precision, double precision) IS
    'how well a score ranks customers by uplift, with the chance of exposure and a weight for each; rows are taken as independent, one row a customer';

CREATE AGGREGATE uplift_curve(score double precision, exposed boolean, outcome double precision) (
    SFUNC = intent_uplift_add, STYPE = internal, SSPACE = 4194304, COMBINEFUNC = intent_uplift_merge,
    SERIALFUNC = intent_uplift_serialize, DESERIALFUNC = intent_uplift_deserialize,
    FINALFUNC = intent_uplift_curve, FINALFUNC_MODIFY = READ_ONLY, PARALLEL = SAFE
);
COMMENT ON AGGREGATE uplift_curve(double precision, boolean, double precision) IS
    'the gain of contacting the customers with the highest scores, at 101 shares; rows are taken as independent, one row a customer';

CREATE AGGREGATE uplift_curve(score double precision, exposed boolean, outcome double precision, points integer) (
    SFUNC = intent_uplift_add, STYPE = internal, SSPACE = 4194304, COMBINEFUNC = intent_uplift_merge,
    SERIALFUNC = intent_uplift_serialize, DESERIALFUNC = intent_uplift_deserialize,
    FINALFUNC = intent_uplift_curve, FINALFUNC_MODIFY = READ_ONLY, PARALLEL = SAFE
);
COMMENT ON AGGREGATE uplift_curve(double precision, boolean, double precision, integer) IS
    'the gain of contacting the customers with the highest scores, at points + 1 shares; rows are taken as independent, one row a customer';

CREATE AGGREGATE uplift_curve(score double precision, exposed boolean, outcome double precision, propensity double precision, weight double precision, points integer) (
    SFUNC = intent_uplift_add, STYPE = internal, SSPACE = 4194304, COMBINEFUNC = intent_uplift_merge,
    SERIALFUNC = intent_uplift_serialize, DESERIALFUNC = intent_uplift_deserialize,
    FINALFUNC = intent_uplift_curve, FINALFUNC_MODIFY = READ_ONLY, PARALLEL = SAFE
);
COMMENT ON AGGREGATE uplift_curve(double precision, boolean, double precision, double precision, double precision, integer) IS
    'the gain of contacting the customers with the highest scores, at points + 1 shares, with the chance of exposure and a weight for each; rows are taken as independent, one row a customer';

CREATE AGGREGATE uplift_bins(score double precision, exposed boolean, outcome double precision) (
    SFUNC = intent_uplift_add, STYPE = internal, SSPACE = 4194304, COMBINEFUNC = intent_uplift_merge,
    SERIALFUNC = intent_uplift_serialize, DESERIALFUNC = intent_uplift_deserialize,
    FINALFUNC = intent_uplift_bins, FINALFUNC_MODIFY = READ_ONLY, PARALLEL = SAFE
);
COMMENT ON AGGREGATE uplift_bins(double precision, boolean, double precision) IS
    'predicted and observed uplift in 10 bins of customers with similar scores; rows are taken as independent, one row a customer';

CREATE AGGREGATE uplift_bins(score double precision, exposed boolean, outcome double precision, bins integer) (
    SFUNC = intent_uplift_add, STYPE = internal, SSPACE = 4194304, COMBINEFUNC = intent_uplift_merge,
    SERIALFUNC = intent_uplift_serialize, DESERIALFUNC = intent_uplift_deserialize,
    FINALFUNC = intent_uplift_bins, FINALFUNC_MODIFY = READ_ONLY, PARALLEL = SAFE
);
COMMENT ON AGGREGATE uplift_bins(double precision, boolean, double precision, integer) IS
    'predicted and observed uplift in so many bins of customers with similar scores; rows are taken as independent, one row a customer';

CREATE AGGREGATE uplift_bins(score double precision, exposed boolean, outcome double precision, propensity double precision, weight double precision, bins integer) (
    SFUNC = intent_uplift_add, STYPE = internal, SSPACE = 4194304, COMBINEFUNC = intent_uplift_merge,
    SERIALFUNC = intent_uplift_serialize, DESERIALFUNC = intent_uplift_deserialize,
    FINALFUNC = intent_uplift_bins, FINALFUNC_MODIFY = READ_ONLY, PARALLEL = SAFE
);
COMMENT ON AGGREGATE uplift_bins(double precision, boolean, double precision, double precision, double precision, integer) IS
    'predicted and observed uplift in so many bins of customers with similar scores, with the chance of exposure and a weight for each; rows are taken as independent, one row a customer';
