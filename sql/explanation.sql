-- What an intent rests on. By value, too, `value` is written as the session's settings say: hence STABLE.
-- COST: some ten to a thousand gradients of the network.

CREATE FUNCTION explain_customer(features anyarray)
    RETURNS TABLE (feature text, value text, contribution double precision)
    AS 'MODULE_PATHNAME', 'pg_intent_explain_customer' LANGUAGE c STABLE STRICT PARALLEL SAFE COST 100000 ROWS 30;
COMMENT ON FUNCTION explain_customer(anyarray) IS
    'what each feature adds to the log-odds of a customer''s intent beyond the average customer''s, by the default model';

CREATE FUNCTION explain_customer(features anyarray, model text)
    RETURNS TABLE (feature text, value text, contribution double precision)
    AS 'MODULE_PATHNAME', 'pg_intent_explain_customer' LANGUAGE c STABLE STRICT PARALLEL SAFE COST 100000 ROWS 30;
COMMENT ON FUNCTION explain_customer(anyarray, text) IS
    'what each feature adds to the log-odds of a customer''s intent beyond the average customer''s, by the active model of a name';

CREATE FUNCTION explain_customer(features anyarray, model intent_model)
    RETURNS TABLE (feature text, value text, contribution double precision)
    AS 'MODULE_PATHNAME', 'pg_intent_explain_customer' LANGUAGE c STABLE STRICT PARALLEL SAFE COST 100000 ROWS 30;
COMMENT ON FUNCTION explain_customer(anyarray, intent_model) IS
    'what each feature adds to the log-odds of a customer''s intent beyond the average customer''s, by a model';

CREATE FUNCTION explain_customer(features record)
    RETURNS TABLE (feature text, value text, contribution double precision)
    AS 'MODULE_PATHNAME', 'pg_intent_explain_customer' LANGUAGE c STABLE STRICT PARALLEL SAFE COST 100000 ROWS 30;
COMMENT ON FUNCTION explain_customer(record) IS
    'what each feature adds to the log-odds of a customer''s intent beyond the average customer''s, by the default model';

CREATE FUNCTION explain_customer(features record, model text)
    RETURNS TABLE (feature text, value text, contribution double precision)
    AS 'MODULE_PATHNAME', 'pg_intent_explain_customer' LANGUAGE c STABLE STRICT PARALLEL SAFE COST 100000 ROWS 30;
COMMENT ON FUNCTION explain_customer(record, text) IS
    'what each feature adds to the log-odds of a customer''s intent beyond the average customer''s, by the active model of a name';

CREATE FUNCTION explain_customer(features record, model intent_model)
    RETURNS TABLE (feature text, value text, contribution double precision)
    AS 'MODULE_PATHNAME', 'pg_intent_explain_customer' LANGUAGE c STABLE STRICT PARALLEL SAFE COST 100000 ROWS 30;
COMMENT ON FUNCTION explain_customer(record, intent_model) IS
    'what each feature adds to the log-odds of a customer''s intent beyond the average customer''s, by a model';

CREATE FUNCTION feature_importance(model text)
    RETURNS TABLE (feature text, importance double precision)
    AS 'MODULE_PATHNAME', 'pg_intent_feature_importance' LANGUAGE c STABLE STRICT PARALLEL SAFE ROWS 30;
COMMENT ON FUNCTION feature_importance(text) IS
    'each feature''s share of what moves the intent between customers, of the active model of a name';

CREATE FUNCTION feature_importance(model intent_model)
    RETURNS TABLE (feature text, importance double precision)
    AS 'MODULE_PATHNAME', 'pg_intent_feature_importance' LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE ROWS 30;
COMMENT ON FUNCTION feature_importance(intent_model) IS
    'each feature''s share of what moves the intent between customers, of a model';
