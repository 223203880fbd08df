-- Explanation. By value it is STABLE too, because the session's settings decide how `value` is written.
-- COST: ten to a thousand gradients of the network.

CREATE TYPE feature_contribution AS (feature text, value text, contribution double precision);
COMMENT ON TYPE feature_contribution IS 'the contribution of a feature to the intent of one customer';
COMMENT ON COLUMN feature_contribution.feature IS 'name of the feature';
COMMENT ON COLUMN feature_contribution.value IS 'the customer''s value of the feature';
COMMENT ON COLUMN feature_contribution.contribution IS 'log-odds of the intent that the feature adds, compared with the average customer; where the campaign puts customers off, and in a committee that was not distilled and saw no campaign label, the uplift that it adds';

CREATE FUNCTION explain_customer(features anyelement) RETURNS SETOF feature_contribution
    AS 'MODULE_PATHNAME', 'pg_intent_explain_customer' LANGUAGE c STABLE STRICT PARALLEL SAFE COST 100000 ROWS 30;
COMMENT ON FUNCTION explain_customer(anyelement) IS
    'the contribution of each feature to the log-odds of a customer''s intent (to the uplift where the campaign puts customers off), by the default model';

CREATE FUNCTION explain_customer(features anyelement, model text) RETURNS SETOF feature_contribution
    AS 'MODULE_PATHNAME', 'pg_intent_explain_customer' LANGUAGE c STABLE STRICT PARALLEL SAFE COST 100000 ROWS 30;
COMMENT ON FUNCTION explain_customer(anyelement, text) IS
    'the contribution of each feature to the log-odds of a customer''s intent (to the uplift where the campaign puts customers off), by the active model of a name';

CREATE FUNCTION explain_customer(features anyelement, model intent_model) RETURNS SETOF feature_contribution
    AS 'MODULE_PATHNAME', 'pg_intent_explain_customer' LANGUAGE c STABLE STRICT PARALLEL SAFE COST 100000 ROWS 30;
COMMENT ON FUNCTION explain_customer(anyelement, intent_model) IS
    'the contribution of each feature to the log-odds of a customer''s intent (to the uplift where the campaign puts customers off), by a model';

CREATE TYPE feature_share AS (feature text, importance double precision);
COMMENT ON TYPE feature_share IS 'the importance of a feature for all customers';
COMMENT ON COLUMN feature_share.feature IS 'name of the feature';
COMMENT ON COLUMN feature_share.importance IS 'share of the feature in the differences of intent between customers';

CREATE FUNCTION feature_importance(model text) RETURNS SETOF feature_share
    AS 'MODULE_PATHNAME', 'pg_intent_feature_importance' LANGUAGE c STABLE STRICT PARALLEL SAFE ROWS 30;
COMMENT ON FUNCTION feature_importance(text) IS 'the importance of each feature, of the active model of a name';

CREATE FUNCTION feature_importance(model intent_model) RETURNS SETOF feature_share
    AS 'MODULE_PATHNAME', 'pg_intent_feature_importance' LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE ROWS 30;
COMMENT ON FUNCTION feature_importance(intent_model) IS 'the importance of each feature, of a model';

CREATE FUNCTION feature_importance(name text, version integer) RETURNS SETOF feature_share
    AS 'MODULE_PATHNAME', 'pg_intent_feature_importance' LANGUAGE c STABLE STRICT PARALLEL SAFE ROWS 30;
COMMENT ON FUNCTION feature_importance(text, integer) IS 'the importance of each feature, of a version of a name';
