-- Models in plain words and as a list.

CREATE TYPE model_summary_line AS (topic text, item text, value text);
COMMENT ON TYPE model_summary_line IS 'a line of model_summary';
COMMENT ON COLUMN model_summary_line.topic IS 'result, training, campaign, next step or warning';
COMMENT ON COLUMN model_summary_line.item IS 'subject of the line within its topic';
COMMENT ON COLUMN model_summary_line.value IS 'finding in plain words';

CREATE FUNCTION model_summary(model text) RETURNS SETOF model_summary_line
    AS 'MODULE_PATHNAME', 'pg_intent_model_summary' LANGUAGE c STABLE STRICT PARALLEL SAFE ROWS 15;
COMMENT ON FUNCTION model_summary(text) IS 'the training of the active model of a name, in plain words';

CREATE FUNCTION model_summary(model intent_model) RETURNS SETOF model_summary_line
    AS 'MODULE_PATHNAME', 'pg_intent_model_summary' LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE ROWS 15;
COMMENT ON FUNCTION model_summary(intent_model) IS 'the training of a model, in plain words';

CREATE FUNCTION model_summary(name text, version integer) RETURNS SETOF model_summary_line
    AS 'MODULE_PATHNAME', 'pg_intent_model_summary' LANGUAGE c STABLE STRICT PARALLEL SAFE ROWS 15;
COMMENT ON FUNCTION model_summary(text, integer) IS 'the training of a version of a name, in plain words';

CREATE VIEW intent_model_list AS
SELECT m.name, m.version, m.active, m.created_at, i.rows_used AS rows, i.mode, i.validation_qini AS qini,
    i.warnings, pg_catalog.octet_length(m.model::bytea) AS bytes
FROM intent_models AS m CROSS JOIN LATERAL model_info(m.model) AS i;
COMMENT ON VIEW intent_model_list IS 'the versions of all models, without the models themselves';
COMMENT ON COLUMN intent_model_list.name IS 'name of the model';
COMMENT ON COLUMN intent_model_list.version IS 'number of the version within the name';
COMMENT ON COLUMN intent_model_list.active IS 'true for the version that the name stands for';
COMMENT ON COLUMN intent_model_list.created_at IS 'time at which the version was saved';
COMMENT ON COLUMN intent_model_list.rows IS 'rows that the training used';
COMMENT ON COLUMN intent_model_list.mode IS 'simple or exposure';
COMMENT ON COLUMN intent_model_list.qini IS 'Qini coefficient on rows that were held out';
COMMENT ON COLUMN intent_model_list.warnings IS 'warnings of the training';
COMMENT ON COLUMN intent_model_list.bytes IS 'size of the model in bytes';

-- The rights are those of the user who reads the list. PostgreSQL 14 cannot, and there nobody but the owner may.
DO $$
BEGIN
    IF pg_catalog.current_setting('server_version_num')::pg_catalog.int4 OPERATOR(pg_catalog.>=) 150000 THEN
        ALTER VIEW intent_model_list SET (security_invoker = true);
    END IF;
END $$;
