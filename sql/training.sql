-- Training. The aggregate's parallel plans need an internal state with its own serialisation,
-- which is why its functions are declared one by one.

CREATE FUNCTION intent_sample_add(internal, anyarray, text) RETURNS internal
    AS 'MODULE_PATHNAME', 'pg_intent_sample_add' LANGUAGE c IMMUTABLE PARALLEL SAFE COST 10;
COMMENT ON FUNCTION intent_sample_add(internal, anyarray, text) IS
    'adds a row to the sample that train_intent_model gathers';

CREATE FUNCTION intent_sample_add(internal, anyarray, text, jsonb) RETURNS internal
    AS 'MODULE_PATHNAME', 'pg_intent_sample_add' LANGUAGE c IMMUTABLE PARALLEL SAFE COST 10;
COMMENT ON FUNCTION intent_sample_add(internal, anyarray, text, jsonb) IS
    'adds a row to the sample that train_intent_model gathers';

CREATE FUNCTION intent_sample_add(internal, anyarray, text, boolean, jsonb) RETURNS internal
    AS 'MODULE_PATHNAME', 'pg_intent_sample_add' LANGUAGE c IMMUTABLE PARALLEL SAFE COST 10;
COMMENT ON FUNCTION intent_sample_add(internal, anyarray, text, boolean, jsonb) IS
    'adds a row to the sample that train_intent_model gathers';

CREATE FUNCTION intent_sample_add(internal, anyarray, text, boolean, double precision, double precision, jsonb) RETURNS internal
    AS 'MODULE_PATHNAME', 'pg_intent_sample_add' LANGUAGE c IMMUTABLE PARALLEL SAFE COST 10;
COMMENT ON FUNCTION intent_sample_add(internal, anyarray, text, boolean, double precision, double precision, jsonb) IS
    'adds a row to the sample that train_intent_model gathers';

CREATE FUNCTION intent_sample_add(internal, record, text) RETURNS internal
    AS 'MODULE_PATHNAME', 'pg_intent_sample_add' LANGUAGE c IMMUTABLE PARALLEL SAFE COST 10;
COMMENT ON FUNCTION intent_sample_add(internal, record, text) IS
    'adds a row to the sample that train_intent_model gathers';

CREATE FUNCTION intent_sample_add(internal, record, text, jsonb) RETURNS internal
    AS 'MODULE_PATHNAME', 'pg_intent_sample_add' LANGUAGE c IMMUTABLE PARALLEL SAFE COST 10;
COMMENT ON FUNCTION intent_sample_add(internal, record, text, jsonb) IS
    'adds a row to the sample that train_intent_model gathers';

CREATE FUNCTION intent_sample_add(internal, record, text, boolean, jsonb) RETURNS internal
    AS 'MODULE_PATHNAME', 'pg_intent_sample_add' LANGUAGE c IMMUTABLE PARALLEL SAFE COST 10;
COMMENT ON FUNCTION intent_sample_add(internal, record, text, boolean, jsonb) IS
    'adds a row to the sample that train_intent_model gathers';

CREATE FUNCTION intent_sample_add(internal, record, text, boolean, double precision, double precision, jsonb) RETURNS internal
    AS 'MODULE_PATHNAME', 'pg_intent_sample_add' LANGUAGE c IMMUTABLE PARALLEL SAFE COST 10;
COMMENT ON FUNCTION intent_sample_add(internal, record, text, boolean, double precision, double precision, jsonb) IS
    'adds a row to the sample that train_intent_model gathers';

CREATE FUNCTION intent_sample_merge(internal, internal) RETURNS internal
    AS 'MODULE_PATHNAME', 'pg_intent_sample_merge' LANGUAGE c IMMUTABLE PARALLEL SAFE COST 1000;
COMMENT ON FUNCTION intent_sample_merge(internal, internal) IS
    'merges two samples that train_intent_model gathered';

CREATE FUNCTION intent_sample_serialize(internal) RETURNS bytea
    AS 'MODULE_PATHNAME', 'pg_intent_sample_serialize' LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST 1000;
COMMENT ON FUNCTION intent_sample_serialize(internal) IS
    'writes a sample of train_intent_model for another process';

CREATE FUNCTION intent_sample_deserialize(bytea, internal) RETURNS internal
    AS 'MODULE_PATHNAME', 'pg_intent_sample_deserialize' LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST 1000;
COMMENT ON FUNCTION intent_sample_deserialize(bytea, internal) IS
    'reads a sample of train_intent_model from another process';

CREATE FUNCTION intent_sample_train(internal) RETURNS intent_model
    AS 'MODULE_PATHNAME', 'pg_intent_sample_train' LANGUAGE c IMMUTABLE PARALLEL SAFE COST 1000000;
COMMENT ON FUNCTION intent_sample_train(internal) IS
    'trains on the sample that train_intent_model gathered';

-- SSPACE: a state holds its rows. At this size the planner groups by sorting, which trains and
-- frees one group after the other, instead of holding the rows of all groups in a hash table.

CREATE AGGREGATE train_intent_model(features anyarray, observed_segment text) (
    SFUNC = intent_sample_add,
    STYPE = internal,
    SSPACE = 16777216,
    COMBINEFUNC = intent_sample_merge,
    SERIALFUNC = intent_sample_serialize,
    DESERIALFUNC = intent_sample_deserialize,
    FINALFUNC = intent_sample_train,
    FINALFUNC_MODIFY = READ_ONLY,
    PARALLEL = SAFE
);
COMMENT ON AGGREGATE train_intent_model(anyarray, text) IS
    'trains a model on features and observed segments';

CREATE AGGREGATE train_intent_model(features anyarray, observed_segment text, options jsonb) (
    SFUNC = intent_sample_add,
    STYPE = internal,
    SSPACE = 16777216,
    COMBINEFUNC = intent_sample_merge,
    SERIALFUNC = intent_sample_serialize,
    DESERIALFUNC = intent_sample_deserialize,
    FINALFUNC = intent_sample_train,
    FINALFUNC_MODIFY = READ_ONLY,
    PARALLEL = SAFE
);
COMMENT ON AGGREGATE train_intent_model(anyarray, text, jsonb) IS
    'trains a model on features and observed segments; train_options() lists the options';

CREATE AGGREGATE train_intent_model(features anyarray, observed_segment text, exposed boolean, options jsonb) (
    SFUNC = intent_sample_add,
    STYPE = internal,
    SSPACE = 16777216,
    COMBINEFUNC = intent_sample_merge,
    SERIALFUNC = intent_sample_serialize,
    DESERIALFUNC = intent_sample_deserialize,
    FINALFUNC = intent_sample_train,
    FINALFUNC_MODIFY = READ_ONLY,
    PARALLEL = SAFE
);
COMMENT ON AGGREGATE train_intent_model(anyarray, text, boolean, jsonb) IS
    'trains a model on customers of whom some were exposed to the campaign; exposed from 0/1 needs a cast (= 1)';

CREATE AGGREGATE train_intent_model(features anyarray, observed_segment text, exposed boolean, propensity double precision, weight double precision, options jsonb) (
    SFUNC = intent_sample_add,
    STYPE = internal,
    SSPACE = 16777216,
    COMBINEFUNC = intent_sample_merge,
    SERIALFUNC = intent_sample_serialize,
    DESERIALFUNC = intent_sample_deserialize,
    FINALFUNC = intent_sample_train,
    FINALFUNC_MODIFY = READ_ONLY,
    PARALLEL = SAFE
);
COMMENT ON AGGREGATE train_intent_model(anyarray, text, boolean, double precision, double precision, jsonb) IS
    'trains a model on exposed and unexposed customers, with the chance of exposure and a weight for each';

CREATE AGGREGATE train_intent_model(features record, observed_segment text) (
    SFUNC = intent_sample_add,
    STYPE = internal,
    SSPACE = 16777216,
    COMBINEFUNC = intent_sample_merge,
    SERIALFUNC = intent_sample_serialize,
    DESERIALFUNC = intent_sample_deserialize,
    FINALFUNC = intent_sample_train,
    FINALFUNC_MODIFY = READ_ONLY,
    PARALLEL = SAFE
);
COMMENT ON AGGREGATE train_intent_model(record, text) IS
    'trains a model on features and observed segments';

CREATE AGGREGATE train_intent_model(features record, observed_segment text, options jsonb) (
    SFUNC = intent_sample_add,
    STYPE = internal,
    SSPACE = 16777216,
    COMBINEFUNC = intent_sample_merge,
    SERIALFUNC = intent_sample_serialize,
    DESERIALFUNC = intent_sample_deserialize,
    FINALFUNC = intent_sample_train,
    FINALFUNC_MODIFY = READ_ONLY,
    PARALLEL = SAFE
);
COMMENT ON AGGREGATE train_intent_model(record, text, jsonb) IS
    'trains a model on features and observed segments; train_options() lists the options';

CREATE AGGREGATE train_intent_model(features record, observed_segment text, exposed boolean, options jsonb) (
    SFUNC = intent_sample_add,
    STYPE = internal,
    SSPACE = 16777216,
    COMBINEFUNC = intent_sample_merge,
    SERIALFUNC = intent_sample_serialize,
    DESERIALFUNC = intent_sample_deserialize,
    FINALFUNC = intent_sample_train,
    FINALFUNC_MODIFY = READ_ONLY,
    PARALLEL = SAFE
);
COMMENT ON AGGREGATE train_intent_model(record, text, boolean, jsonb) IS
    'trains a model on customers of whom some were exposed to the campaign; exposed from 0/1 needs a cast (= 1)';

CREATE AGGREGATE train_intent_model(features record, observed_segment text, exposed boolean, propensity double precision, weight double precision, options jsonb) (
    SFUNC = intent_sample_add,
    STYPE = internal,
    SSPACE = 16777216,
    COMBINEFUNC = intent_sample_merge,
    SERIALFUNC = intent_sample_serialize,
    DESERIALFUNC = intent_sample_deserialize,
    FINALFUNC = intent_sample_train,
    FINALFUNC_MODIFY = READ_ONLY,
    PARALLEL = SAFE
);
COMMENT ON AGGREGATE train_intent_model(record, text, boolean, double precision, double precision, jsonb) IS
    'trains a model on exposed and unexposed customers, with the chance of exposure and a weight for each';

CREATE FUNCTION train_model(name text, training_query text, options jsonb DEFAULT '{}')
    RETURNS TABLE (version integer, rows bigint, mode text, label_frequency double precision,
        campaign_share double precision, corrected bigint, warnings text[])
    AS 'MODULE_PATHNAME', 'pg_intent_train_model' LANGUAGE c VOLATILE PARALLEL UNSAFE COST 1000000 ROWS 1;
COMMENT ON FUNCTION train_model(text, text, jsonb) IS
    'trains on the rows of a query, saves the model as the next version of a name, and activates it';

CREATE FUNCTION train_options()
    RETURNS TABLE (name text, default_value text, range text, meaning text)
    AS 'MODULE_PATHNAME', 'pg_intent_train_options' LANGUAGE c IMMUTABLE PARALLEL SAFE ROWS 20;
COMMENT ON FUNCTION train_options() IS 'the options of train_intent_model and train_model';
