-- Named models and their versions. Nobody but the owner may read or write them until granted.

CREATE TABLE intent_models (
    name text NOT NULL CHECK (pg_catalog.octet_length(name) BETWEEN 1 AND 200),
    version integer NOT NULL CHECK (version > 0),
    model intent_model NOT NULL,
    active boolean NOT NULL DEFAULT false,
    created_at timestamptz NOT NULL DEFAULT pg_catalog.now(),
    created_by text NOT NULL DEFAULT CURRENT_USER,
    comment text,
    PRIMARY KEY (name, version)
);
CREATE UNIQUE INDEX intent_models_active ON intent_models (name) WHERE active;
COMMENT ON TABLE intent_models IS 'named models and their versions';
COMMENT ON COLUMN intent_models.name IS 'name by which scoring functions find the model';
COMMENT ON COLUMN intent_models.version IS 'number within the name, never used again';
COMMENT ON COLUMN intent_models.model IS 'the model itself';
COMMENT ON COLUMN intent_models.active IS 'true for the version that the name stands for';
COMMENT ON COLUMN intent_models.created_at IS 'time at which the version was saved';
COMMENT ON COLUMN intent_models.created_by IS 'user who saved the version';
COMMENT ON COLUMN intent_models.comment IS 'comment given to save_model';
COMMENT ON INDEX intent_models_active IS 'one active version for each name';
SELECT pg_catalog.pg_extension_config_dump('intent_models', '');

-- A table of its own, so that a dropped version's number is not used again.
CREATE TABLE intent_model_versions (
    name text PRIMARY KEY,
    last_version integer NOT NULL
);
COMMENT ON TABLE intent_model_versions IS 'the last version number of each name';
COMMENT ON COLUMN intent_model_versions.name IS 'name of a model, which may be dropped';
COMMENT ON COLUMN intent_model_versions.last_version IS 'last version number of the name';
SELECT pg_catalog.pg_extension_config_dump('intent_model_versions', '');

CREATE FUNCTION save_model(name text, model intent_model, activate boolean DEFAULT true, comment text DEFAULT NULL) RETURNS integer
    AS 'MODULE_PATHNAME', 'pg_intent_save_model' LANGUAGE c VOLATILE PARALLEL UNSAFE;
COMMENT ON FUNCTION save_model(text, intent_model, boolean, text) IS
    'saves a model as the next version of a name, and returns its number';

CREATE FUNCTION activate_model(name text, version integer) RETURNS integer
    AS 'MODULE_PATHNAME', 'pg_intent_activate_model' LANGUAGE c VOLATILE STRICT PARALLEL UNSAFE;
COMMENT ON FUNCTION activate_model(text, integer) IS
    'makes a version the active one of its name, and returns the previous one or NULL';

CREATE FUNCTION active_model() RETURNS intent_model
    AS 'MODULE_PATHNAME', 'pg_intent_active_model' LANGUAGE c STABLE STRICT PARALLEL SAFE COST 1000;
COMMENT ON FUNCTION active_model() IS 'the active model named by pg_intent.default_model';

CREATE FUNCTION active_model(name text) RETURNS intent_model
    AS 'MODULE_PATHNAME', 'pg_intent_active_model' LANGUAGE c STABLE STRICT PARALLEL SAFE COST 1000;
COMMENT ON FUNCTION active_model(text) IS 'the active model of a name';

CREATE FUNCTION drop_model(name text) RETURNS integer
    AS 'MODULE_PATHNAME', 'pg_intent_drop_model' LANGUAGE c VOLATILE STRICT PARALLEL UNSAFE;
COMMENT ON FUNCTION drop_model(text) IS 'drops all versions of a name, and returns how many there were';

CREATE FUNCTION drop_model(name text, version integer) RETURNS integer
    AS 'MODULE_PATHNAME', 'pg_intent_drop_model' LANGUAGE c VOLATILE STRICT PARALLEL UNSAFE;
COMMENT ON FUNCTION drop_model(text, integer) IS
    'drops a version that is not active, and returns how many there were';
