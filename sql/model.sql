\echo Use "CREATE EXTENSION pg_intent" to load this file. \quit

-- The type of a trained model.

CREATE TYPE intent_model;

CREATE FUNCTION intent_model_in(cstring) RETURNS intent_model
    AS 'MODULE_PATHNAME', 'pg_intent_model_in' LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION intent_model_in(cstring) IS 'reads a model from \x and hexadecimal digits';

CREATE FUNCTION intent_model_out(intent_model) RETURNS cstring
    AS 'MODULE_PATHNAME', 'pg_intent_model_out' LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION intent_model_out(intent_model) IS 'writes a model as \x and hexadecimal digits';

CREATE FUNCTION intent_model_recv(internal) RETURNS intent_model
    AS 'MODULE_PATHNAME', 'pg_intent_model_recv' LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION intent_model_recv(internal) IS 'reads a model from its bytes';

CREATE FUNCTION intent_model_send(intent_model) RETURNS bytea
    AS 'MODULE_PATHNAME', 'pg_intent_model_send' LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION intent_model_send(intent_model) IS 'sends a model as its bytes';

-- External: weights do not compress, and a model is read as a whole.
CREATE TYPE intent_model (
    INPUT = intent_model_in,
    OUTPUT = intent_model_out,
    RECEIVE = intent_model_recv,
    SEND = intent_model_send,
    STORAGE = external
);
COMMENT ON TYPE intent_model IS 'a trained two-stage model: a versioned, checksummed value';

-- One way only: a model comes in through its input functions, which check it.
CREATE CAST (intent_model AS bytea) WITHOUT FUNCTION;
COMMENT ON CAST (intent_model AS bytea) IS 'the bytes of a model';
