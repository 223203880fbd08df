-- A model as one page to read.

CREATE FUNCTION model_report(model text) RETURNS text
    AS 'MODULE_PATHNAME', 'pg_intent_model_report' LANGUAGE c STABLE STRICT PARALLEL SAFE COST 100000;
COMMENT ON FUNCTION model_report(text) IS 'the active model of a name as one HTML page: verdict, uplift curve, calibration, features, segments and labels';

CREATE FUNCTION model_report(model intent_model) RETURNS text
    AS 'MODULE_PATHNAME', 'pg_intent_model_report' LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST 100000;
COMMENT ON FUNCTION model_report(intent_model) IS 'a model as one HTML page: verdict, uplift curve, calibration, features, segments and labels';

CREATE FUNCTION model_report(name text, version integer) RETURNS text
    AS 'MODULE_PATHNAME', 'pg_intent_model_report' LANGUAGE c STABLE STRICT PARALLEL SAFE COST 100000;
COMMENT ON FUNCTION model_report(text, integer) IS 'a version of a name as one HTML page: verdict, uplift curve, calibration, features, segments and labels';
