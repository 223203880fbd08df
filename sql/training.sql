-- Training. Parallel plans of the aggregate need an internal state with its own serialisation.
--
-- The aggregate and its transition functions take record beside anyarray. One anyelement would do for
-- PostgreSQL, but Citus compares the types that an aggregate declares with those that are passed, by OID,
-- and record is the one that passes; nor does Citus tell a transition function the types that were passed.

CREATE FUNCTION intent_sample_add(internal, anyarray, text) RETURNS internal
    AS 'MODULE_PATHNAME', 'pg_intent_sample_add' LANGUAGE c IMMUTABLE PARALLEL SAFE COST 10;
COMMENT ON FUNCTION intent_sample_add(internal, anyarray, text) IS
    'internal: adds a row to the sample of train_intent_model';

CREATE FUNCTION intent_sample_add(internal, anyarray, text, jsonb) RETURNS internal
    AS 'MODULE_PATHNAME', 'pg_intent_sample_add' LANGUAGE c IMMUTABLE PARALLEL SAFE COST 10;
COMMENT ON FUNCTION intent_sample_add(internal, anyarray, text, jsonb) IS
    'internal: adds a row to the sample of train_intent_model';

CREATE FUNCTION intent_sample_add(internal, anyarray, text, boolean, jsonb) RETURNS internal
    AS 'MODULE_PATHNAME', 'pg_intent_sample_add' LANGUAGE c IMMUTABLE PARALLEL SAFE COST 10;
COMMENT ON FUNCTION intent_sample_add(internal, anyarray, text, boolean, jsonb) IS
    'internal: adds a row to the sample of train_intent_model';

CREATE FUNCTION intent_sample_add(internal, anyarray, text, boolean, double precision, double precision, jsonb) RETURNS internal
    AS 'MODULE_PATHNAME', 'pg_intent_sample_add' LANGUAGE c IMMUTABLE PARALLEL SAFE COST 10;
COMMENT ON FUNCTION intent_sample_add(internal, anyarray, text, boolean, double precision, double precision, jsonb) IS
    'internal: adds a row to the sample of train_intent_model';

CREATE FUNCTION intent_sample_add(internal, record, text) RETURNS internal
    AS 'MODULE_PATHNAME', 'pg_intent_sample_add' LANGUAGE c IMMUTABLE PARALLEL SAFE COST 10;
COMMENT ON FUNCTION intent_sample_add(internal, record, text) IS
    'internal: adds a row to the sample of train_intent_model';

CREATE FUNCTION intent_sample_add(internal, record, text, jsonb) RETURNS internal
    AS 'MODULE_PATHNAME', 'pg_intent_sample_add' LANGUAGE c IMMUTABLE PARALLEL SAFE COST 10;
COMMENT ON FUNCTION intent_sample_add(internal, record, text, jsonb) IS
    'internal: adds a row to the sample of train_intent_model';

CREATE FUNCTION intent_sample_add(internal, record, text, boolean, jsonb) RETURNS internal
    AS 'MODULE_PATHNAME', 'pg_intent_sample_add' LANGUAGE c IMMUTABLE PARALLEL SAFE COST 10;
COMMENT ON FUNCTION intent_sample_add(internal, record, text, boolean, jsonb) IS
    'internal: adds a row to the sample of train_intent_model';

CREATE FUNCTION intent_sample_add(internal, record, text, boolean, double precision, double precision, jsonb) RETURNS internal
    AS 'MODULE_PATHNAME', 'pg_intent_sample_add' LANGUAGE c IMMUTABLE PARALLEL SAFE COST 10;
COMMENT ON FUNCTION intent_sample_add(internal, record, text, boolean, double precision, double precision, jsonb) IS
    'internal: adds a row to the sample of train_intent_model';

CREATE FUNCTION intent_sample_merge(internal, internal) RETURNS internal
    AS 'MODULE_PATHNAME', 'pg_intent_sample_merge' LANGUAGE c IMMUTABLE PARALLEL SAFE COST 1000;
COMMENT ON FUNCTION intent_sample_merge(internal, internal) IS
    'internal: merges two samples of train_intent_model';

CREATE FUNCTION intent_sample_serialize(internal) RETURNS bytea
    AS 'MODULE_PATHNAME', 'pg_intent_sample_serialize' LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST 1000;
COMMENT ON FUNCTION intent_sample_serialize(internal) IS
    'internal: writes a sample of train_intent_model for another process';

CREATE FUNCTION intent_sample_deserialize(bytea, internal) RETURNS internal
    AS 'MODULE_PATHNAME', 'pg_intent_sample_deserialize' LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST 1000;
COMMENT ON FUNCTION intent_sample_deserialize(bytea, internal) IS
    'internal: reads a sample of train_intent_model from another process';

CREATE FUNCTION intent_sample_train(internal) RETURNS intent_model
    AS 'MODULE_PATHNAME', 'pg_intent_sample_train' LANGUAGE c IMMUTABLE PARALLEL SAFE COST 1000000;
COMMENT ON FUNCTION intent_sample_train(internal) IS
    'internal: trains on a sample of train_intent_model';

-- SSPACE: a state holds its rows. This size makes the planner group by sorting, which trains and frees one
-- group after the other, instead of holding the rows of all groups in a hash table.

CREATE AGGREGATE train_intent_model(features anyarray, observed_segment text) (
    SFUNC = intent_sample_add, STYPE = internal, SSPACE = 16777216, COMBINEFUNC = intent_sample_merge,
    SERIALFUNC = intent_sample_serialize, DESERIALFUNC = intent_sample_deserialize,
    FINALFUNC = intent_sample_train, FINALFUNC_MODIFY = READ_ONLY, PARALLEL = SAFE
);
COMMENT ON AGGREGATE train_intent_model(anyarray, text) IS
    'trains a model on features and observed segments';

CREATE AGGREGATE train_intent_model(features anyarray, observed_segment text, options jsonb) (
    SFUNC = intent_sample_add, STYPE = internal, SSPACE = 16777216, COMBINEFUNC = intent_sample_merge,
    SERIALFUNC = intent_sample_serialize, DESERIALFUNC = intent_sample_deserialize,
    FINALFUNC = intent_sample_train, FINALFUNC_MODIFY = READ_ONLY, PARALLEL = SAFE
);
COMMENT ON AGGREGATE train_intent_model(anyarray, text, jsonb) IS
    'trains a model on features and observed segments; train_options() lists the options';

CREATE AGGREGATE train_intent_model(features anyarray, observed_segment text, exposed boolean, options jsonb) (
    SFUNC = intent_sample_add, STYPE = internal, SSPACE = 16777216, COMBINEFUNC = intent_sample_merge,
    SERIALFUNC = intent_sample_serialize, DESERIALFUNC = intent_sample_deserialize,
    FINALFUNC = intent_sample_train, FINALFUNC_MODIFY = READ_ONLY, PARALLEL = SAFE
);
COMMENT ON AGGREGATE train_intent_model(anyarray, text, boolean, jsonb) IS
    'trains a model on exposed and unexposed customers; write exposed = 1 if the column is an integer';

CREATE AGGREGATE train_intent_model(features anyarray, observed_segment text, exposed boolean, propensity double precision, weight double precision, options jsonb) (
    SFUNC = intent_sample_add, STYPE = internal, SSPACE = 16777216, COMBINEFUNC = intent_sample_merge,
    SERIALFUNC = intent_sample_serialize, DESERIALFUNC = intent_sample_deserialize,
    FINALFUNC = intent_sample_train, FINALFUNC_MODIFY = READ_ONLY, PARALLEL = SAFE
);
COMMENT ON AGGREGATE train_intent_model(anyarray, text, boolean, double precision, double precision, jsonb) IS
    'trains a model on exposed and unexposed customers, with the chance of exposure and a weight for each';

CREATE AGGREGATE train_intent_model(features record, observed_segment text) (
    SFUNC = intent_sample_add, STYPE = internal, SSPACE = 16777216, COMBINEFUNC = intent_sample_merge,
    SERIALFUNC = intent_sample_serialize, DESERIALFUNC = intent_sample_deserialize,
    FINALFUNC = intent_sample_train, FINALFUNC_MODIFY = READ_ONLY, PARALLEL = SAFE
);
COMMENT ON AGGREGATE train_intent_model(record, text) IS
    'trains a model on features and observed segments';

CREATE AGGREGATE train_intent_model(features record, observed_segment text, options jsonb) (
    SFUNC = intent_sample_add, STYPE = internal, SSPACE = 16777216, COMBINEFUNC = intent_sample_merge,
    SERIALFUNC = intent_sample_serialize, DESERIALFUNC = intent_sample_deserialize,
    FINALFUNC = intent_sample_train, FINALFUNC_MODIFY = READ_ONLY, PARALLEL = SAFE
);
COMMENT ON AGGREGATE train_intent_model(record, text, jsonb) IS
    'trains a model on features and observed segments; train_options() lists the options';

CREATE AGGREGATE train_intent_model(features record, observed_segment text, exposed boolean, options jsonb) (
    SFUNC = intent_sample_add, STYPE = internal, SSPACE = 16777216, COMBINEFUNC = intent_sample_merge,
    SERIALFUNC = intent_sample_serialize, DESERIALFUNC = intent_sample_deserialize,
    FINALFUNC = intent_sample_train, FINALFUNC_MODIFY = READ_ONLY, PARALLEL = SAFE
);
COMMENT ON AGGREGATE train_intent_model(record, text, boolean, jsonb) IS
    'trains a model on exposed and unexposed customers; write exposed = 1 if the column is an integer';

CREATE AGGREGATE train_intent_model(features record, observed_segment text, exposed boolean, propensity double precision, weight double precision, options jsonb) (
    SFUNC = intent_sample_add, STYPE = internal, SSPACE = 16777216, COMBINEFUNC = intent_sample_merge,
    SERIALFUNC = intent_sample_serialize, DESERIALFUNC = intent_sample_deserialize,
    FINALFUNC = intent_sample_train, FINALFUNC_MODIFY = READ_ONLY, PARALLEL = SAFE
);
COMMENT ON AGGREGATE train_intent_model(record, text, boolean, double precision, double precision, jsonb) IS
    'trains a model on exposed and unexposed customers, with the chance of exposure and a weight for each';

CREATE TYPE training_result AS (
    version integer,
    rows bigint,
    mode text,
    label_frequency double precision,
    campaign_share double precision,
    corrected bigint,
    warnings text[],
    activated boolean
);
COMMENT ON TYPE training_result IS 'the version that train_model saved, and a summary of its training';
COMMENT ON COLUMN training_result.version IS 'number of the version within its name';
COMMENT ON COLUMN training_result.rows IS 'rows that the training used';
COMMENT ON COLUMN training_result.mode IS 'simple or exposure';
COMMENT ON COLUMN training_result.label_frequency IS 'share of truly campaign-driven customers that have the campaign label';
COMMENT ON COLUMN training_result.campaign_share IS 'share of the engagement of exposed customers that the campaign caused';
COMMENT ON COLUMN training_result.corrected IS 'rows recorded organic whose corrected label is above 0.5';
COMMENT ON COLUMN training_result.warnings IS 'warnings of the training';
COMMENT ON COLUMN training_result.activated IS 'true if the version is now the active one of its name';

CREATE FUNCTION intent_role(column_name text, value double precision) RETURNS boolean
    AS 'MODULE_PATHNAME', 'pg_intent_role' LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION intent_role(text, double precision) IS
    'internal: reads 0 or 1 in a column of a training query that is a condition';

CREATE FUNCTION train_model(name text, training_query text, options jsonb DEFAULT '{}', activate boolean DEFAULT true) RETURNS SETOF training_result
    AS 'MODULE_PATHNAME', 'pg_intent_train_model' LANGUAGE c VOLATILE PARALLEL UNSAFE COST 1000000 ROWS 1;
COMMENT ON FUNCTION train_model(text, text, jsonb, boolean) IS
    'trains on the rows of a query, saves the model as the next version of a name, and activates it unless it would replace a better one';

CREATE TYPE training_option AS (name text, default_value text, range text, meaning text);
COMMENT ON TYPE training_option IS 'an option of train_intent_model or train_model';
COMMENT ON COLUMN training_option.name IS 'key in the jsonb of options';
COMMENT ON COLUMN training_option.default_value IS 'value if the option is not given';
COMMENT ON COLUMN training_option.range IS 'valid values';
COMMENT ON COLUMN training_option.meaning IS 'effect of the option';

CREATE FUNCTION train_options() RETURNS SETOF training_option
    AS 'MODULE_PATHNAME', 'pg_intent_train_options' LANGUAGE c IMMUTABLE PARALLEL SAFE ROWS 20;
COMMENT ON FUNCTION train_options() IS 'the options of train_intent_model and train_model';
