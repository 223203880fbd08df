-- Objects of the caller's that look like ours or PostgreSQL's are never taken instead.
SET pg_intent.progress = off;
SET client_min_messages = error;
SELECT save_model('path', model) FROM models WHERE kind = 'array';
CREATE SCHEMA hostile;
CREATE TABLE hostile.intent_models (name text, version int, model text, active boolean, comment text);
CREATE TEMP TABLE intent_models (name text, version int, model text, active boolean, comment text);
CREATE TEMP TABLE intent_model_versions (name text, last_version int);
CREATE FUNCTION hostile.trap(anyelement, anyelement) RETURNS boolean LANGUAGE plpgsql AS $$BEGIN RAISE 'trapped'; END$$;
CREATE FUNCTION hostile.trap_text(text, text) RETURNS boolean LANGUAGE plpgsql AS $$BEGIN RAISE 'trapped'; END$$;
CREATE FUNCTION hostile.trap_int(int, int) RETURNS boolean LANGUAGE plpgsql AS $$BEGIN RAISE 'trapped'; END$$;
CREATE FUNCTION hostile.trap_plus(int, int) RETURNS int LANGUAGE plpgsql AS $$BEGIN RAISE 'trapped'; END$$;
CREATE OPERATOR hostile.= (LEFTARG = text, RIGHTARG = text, FUNCTION = hostile.trap_text);
CREATE OPERATOR hostile.= (LEFTARG = int, RIGHTARG = int, FUNCTION = hostile.trap_int);
CREATE OPERATOR hostile.<> (LEFTARG = int, RIGHTARG = int, FUNCTION = hostile.trap_int);
CREATE OPERATOR hostile.+ (LEFTARG = int, RIGHTARG = int, FUNCTION = hostile.trap_plus);
CREATE FUNCTION hostile.trap_state(int, int) RETURNS int LANGUAGE plpgsql AS $$BEGIN RAISE 'trapped'; END$$;
CREATE AGGREGATE hostile.max(int) (SFUNC = hostile.trap_state, STYPE = int);
CREATE DOMAIN hostile.text AS pg_catalog.text CHECK (false);
CREATE DOMAIN hostile.jsonb AS pg_catalog.jsonb CHECK (false);
CREATE DOMAIN hostile.float8 AS pg_catalog.float8 CHECK (false);

SET search_path = hostile, pg_catalog;
SELECT public.save_model('path', model) FROM public.models WHERE kind OPERATOR(pg_catalog.=) 'array';
SELECT public.activate_model('path', 1);
SELECT public.segment_customer(ARRAY[1, 2, 3], 'path') IS NOT NULL AS scored;
SELECT public.drop_model('path', 2);
SELECT version, rows FROM public.train_model('path', 'SELECT recency, observed_segment, exposed::int, 0.6 AS propensity FROM public.customers',
    '{"epochs": 10, "hidden_layers": [4], "exclude": []}');
SET search_path = '';
SELECT public.segment_customer(ROW(1) , 'path') IS NULL AS scored FROM public.customers WHERE false;
SELECT public.campaign_intent(c, 'path') IS NOT NULL AS scored FROM public.customers c LIMIT 1;
SELECT public.drop_model('path');
RESET search_path;
SELECT count(*) AS in_temporary_table FROM pg_temp.intent_models;
DROP TABLE pg_temp.intent_models, pg_temp.intent_model_versions;
DROP SCHEMA hostile CASCADE;
