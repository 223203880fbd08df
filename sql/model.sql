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

-- External, because weights do not compress and a model is read as a whole.
CREATE TYPE intent_model (
    INPUT = intent_model_in,
    OUTPUT = intent_model_out,
    RECEIVE = intent_model_recv,
    SEND = intent_model_send,
    STORAGE = external
);
COMMENT ON TYPE intent_model IS 'a trained two-stage model: a versioned, checksummed value';

CREATE CAST (intent_model AS bytea) WITHOUT FUNCTION;
COMMENT ON CAST (intent_model AS bytea) IS 'the bytes of a model';

CREATE FUNCTION intent_model_from_bytea(bytea) RETURNS intent_model
    AS 'MODULE_PATHNAME', 'pg_intent_model_from_bytea' LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION intent_model_from_bytea(bytea) IS 'the model of some bytes, or an error if they are not a model';

CREATE CAST (bytea AS intent_model) WITH FUNCTION intent_model_from_bytea(bytea);
COMMENT ON CAST (bytea AS intent_model) IS 'the model of some bytes, or an error if they are not a model';

-- Models compare as their bytes do, by the functions of bytea.

CREATE FUNCTION intent_model_eq(intent_model, intent_model) RETURNS boolean
    AS 'byteaeq' LANGUAGE internal IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION intent_model_eq(intent_model, intent_model) IS 'implementation of the = operator';

CREATE FUNCTION intent_model_ne(intent_model, intent_model) RETURNS boolean
    AS 'byteane' LANGUAGE internal IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION intent_model_ne(intent_model, intent_model) IS 'implementation of the <> operator';

CREATE FUNCTION intent_model_lt(intent_model, intent_model) RETURNS boolean
    AS 'bytealt' LANGUAGE internal IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION intent_model_lt(intent_model, intent_model) IS 'implementation of the < operator';

CREATE FUNCTION intent_model_le(intent_model, intent_model) RETURNS boolean
    AS 'byteale' LANGUAGE internal IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION intent_model_le(intent_model, intent_model) IS 'implementation of the <= operator';

CREATE FUNCTION intent_model_gt(intent_model, intent_model) RETURNS boolean
    AS 'byteagt' LANGUAGE internal IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION intent_model_gt(intent_model, intent_model) IS 'implementation of the > operator';

CREATE FUNCTION intent_model_ge(intent_model, intent_model) RETURNS boolean
    AS 'byteage' LANGUAGE internal IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION intent_model_ge(intent_model, intent_model) IS 'implementation of the >= operator';

CREATE FUNCTION intent_model_cmp(intent_model, intent_model) RETURNS integer
    AS 'byteacmp' LANGUAGE internal IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION intent_model_cmp(intent_model, intent_model) IS 'less, equal or greater, for a btree index';

CREATE FUNCTION intent_model_hash(intent_model) RETURNS integer
    AS 'hashvarlena' LANGUAGE internal IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION intent_model_hash(intent_model) IS 'the hash of a model, for a hash join';

CREATE FUNCTION intent_model_hash_extended(intent_model, bigint) RETURNS bigint
    AS 'hashvarlenaextended' LANGUAGE internal IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION intent_model_hash_extended(intent_model, bigint) IS 'the hash of a model, for hash partitions';

CREATE OPERATOR = (
    LEFTARG = intent_model, RIGHTARG = intent_model, FUNCTION = intent_model_eq,
    COMMUTATOR = =, NEGATOR = <>, RESTRICT = eqsel, JOIN = eqjoinsel, HASHES, MERGES
);
COMMENT ON OPERATOR = (intent_model, intent_model) IS 'equal';

CREATE OPERATOR <> (
    LEFTARG = intent_model, RIGHTARG = intent_model, FUNCTION = intent_model_ne,
    COMMUTATOR = <>, NEGATOR = =, RESTRICT = neqsel, JOIN = neqjoinsel
);
COMMENT ON OPERATOR <> (intent_model, intent_model) IS 'not equal';

CREATE OPERATOR < (
    LEFTARG = intent_model, RIGHTARG = intent_model, FUNCTION = intent_model_lt,
    COMMUTATOR = >, NEGATOR = >=, RESTRICT = scalarltsel, JOIN = scalarltjoinsel
);
COMMENT ON OPERATOR < (intent_model, intent_model) IS 'less than';

CREATE OPERATOR <= (
    LEFTARG = intent_model, RIGHTARG = intent_model, FUNCTION = intent_model_le,
    COMMUTATOR = >=, NEGATOR = >, RESTRICT = scalarlesel, JOIN = scalarlejoinsel
);
COMMENT ON OPERATOR <= (intent_model, intent_model) IS 'less than or equal';

CREATE OPERATOR > (
    LEFTARG = intent_model, RIGHTARG = intent_model, FUNCTION = intent_model_gt,
    COMMUTATOR = <, NEGATOR = <=, RESTRICT = scalargtsel, JOIN = scalargtjoinsel
);
COMMENT ON OPERATOR > (intent_model, intent_model) IS 'greater than';

CREATE OPERATOR >= (
    LEFTARG = intent_model, RIGHTARG = intent_model, FUNCTION = intent_model_ge,
    COMMUTATOR = <=, NEGATOR = <, RESTRICT = scalargesel, JOIN = scalargejoinsel
);
COMMENT ON OPERATOR >= (intent_model, intent_model) IS 'greater than or equal';

CREATE OPERATOR CLASS intent_model_ops DEFAULT FOR TYPE intent_model USING btree AS
    OPERATOR 1 <, OPERATOR 2 <=, OPERATOR 3 =, OPERATOR 4 >=, OPERATOR 5 >,
    FUNCTION 1 intent_model_cmp(intent_model, intent_model);
COMMENT ON OPERATOR CLASS intent_model_ops USING btree IS 'orders models by their bytes';
COMMENT ON OPERATOR FAMILY intent_model_ops USING btree IS 'orders models by their bytes';

CREATE OPERATOR CLASS intent_model_ops DEFAULT FOR TYPE intent_model USING hash AS
    OPERATOR 1 =,
    FUNCTION 1 intent_model_hash(intent_model),
    FUNCTION 2 intent_model_hash_extended(intent_model, bigint);
COMMENT ON OPERATOR CLASS intent_model_ops USING hash IS 'hashes models by their bytes';
COMMENT ON OPERATOR FAMILY intent_model_ops USING hash IS 'hashes models by their bytes';
