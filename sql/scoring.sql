-- Scoring. COST: a score costs about a hundred operators on numbers, mostly in the network. A model by name is
-- read from a table, hence STABLE; by value a score depends on its arguments alone, hence IMMUTABLE.
-- The features are a row or an array, which the functions check, because SQL has no type for either.

CREATE TYPE customer_score AS (
    segment text,
    campaign_uplift double precision,
    campaign_intent double precision,
    p_campaign_driven double precision,
    p_organic double precision,
    p_low_engagement double precision,
    put_off double precision
);
COMMENT ON TYPE customer_score IS 'the score of one customer, if exposed to the campaign';
COMMENT ON COLUMN customer_score.segment IS 'the segment by the model''s segment_rule, which is not campaign_intent > 0.5';
COMMENT ON COLUMN customer_score.campaign_uplift IS 'p_campaign_driven - put_off: the score to choose whom to contact by; negative for customers whom the campaign puts off';
COMMENT ON COLUMN customer_score.campaign_intent IS 'P(campaign-driven | engaged)';
COMMENT ON COLUMN customer_score.p_campaign_driven IS 'P(campaign-driven): engaged because of the campaign';
COMMENT ON COLUMN customer_score.p_organic IS 'P(organic)';
COMMENT ON COLUMN customer_score.p_low_engagement IS 'P(low engagement)';
COMMENT ON COLUMN customer_score.put_off IS 'the chance that the campaign keeps the customer from engaging, a part of p_low_engagement; 0 unless the training established that it puts customers off';

CREATE FUNCTION segment_customer(features anyelement) RETURNS text
    AS 'MODULE_PATHNAME', 'pg_intent_segment_customer' LANGUAGE c STABLE STRICT PARALLEL SAFE COST 100;
COMMENT ON FUNCTION segment_customer(anyelement) IS 'the segment of a customer by the model''s segment_rule (not campaign_intent > 0.5), by the default model';

CREATE FUNCTION segment_customer(features anyelement, model text) RETURNS text
    AS 'MODULE_PATHNAME', 'pg_intent_segment_customer' LANGUAGE c STABLE STRICT PARALLEL SAFE COST 100;
COMMENT ON FUNCTION segment_customer(anyelement, text) IS 'the segment of a customer by the model''s segment_rule (not campaign_intent > 0.5), by the active model of a name';

CREATE FUNCTION segment_customer(features anyelement, model intent_model) RETURNS text
    AS 'MODULE_PATHNAME', 'pg_intent_segment_customer' LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST 100;
COMMENT ON FUNCTION segment_customer(anyelement, intent_model) IS 'the segment of a customer by the model''s segment_rule (not campaign_intent > 0.5), by a model';

CREATE FUNCTION campaign_intent(features anyelement) RETURNS double precision
    AS 'MODULE_PATHNAME', 'pg_intent_campaign_intent' LANGUAGE c STABLE STRICT PARALLEL SAFE COST 100;
COMMENT ON FUNCTION campaign_intent(anyelement) IS 'P(campaign-driven | engaged) of a customer, by the default model';

CREATE FUNCTION campaign_intent(features anyelement, model text) RETURNS double precision
    AS 'MODULE_PATHNAME', 'pg_intent_campaign_intent' LANGUAGE c STABLE STRICT PARALLEL SAFE COST 100;
COMMENT ON FUNCTION campaign_intent(anyelement, text) IS 'P(campaign-driven | engaged) of a customer, by the active model of a name';

CREATE FUNCTION campaign_intent(features anyelement, model intent_model) RETURNS double precision
    AS 'MODULE_PATHNAME', 'pg_intent_campaign_intent' LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST 100;
COMMENT ON FUNCTION campaign_intent(anyelement, intent_model) IS 'P(campaign-driven | engaged) of a customer, by a model';

CREATE FUNCTION campaign_uplift(features anyelement) RETURNS double precision
    AS 'MODULE_PATHNAME', 'pg_intent_campaign_uplift' LANGUAGE c STABLE STRICT PARALLEL SAFE COST 100;
COMMENT ON FUNCTION campaign_uplift(anyelement) IS 'the engagement that exposing a customer adds, the score to choose whom to contact by; negative for customers whom the campaign puts off; by the default model';

CREATE FUNCTION campaign_uplift(features anyelement, model text) RETURNS double precision
    AS 'MODULE_PATHNAME', 'pg_intent_campaign_uplift' LANGUAGE c STABLE STRICT PARALLEL SAFE COST 100;
COMMENT ON FUNCTION campaign_uplift(anyelement, text) IS 'the engagement that exposing a customer adds, the score to choose whom to contact by; negative for customers whom the campaign puts off; by the active model of a name';

CREATE FUNCTION campaign_uplift(features anyelement, model intent_model) RETURNS double precision
    AS 'MODULE_PATHNAME', 'pg_intent_campaign_uplift' LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST 100;
COMMENT ON FUNCTION campaign_uplift(anyelement, intent_model) IS 'the engagement that exposing a customer adds, the score to choose whom to contact by; negative for customers whom the campaign puts off; by a model';

CREATE FUNCTION score_customer(features anyelement) RETURNS customer_score
    AS 'MODULE_PATHNAME', 'pg_intent_score_customer' LANGUAGE c STABLE STRICT PARALLEL SAFE COST 100;
COMMENT ON FUNCTION score_customer(anyelement) IS 'segment, uplift, intent and probabilities of a customer, by the default model';

CREATE FUNCTION score_customer(features anyelement, model text) RETURNS customer_score
    AS 'MODULE_PATHNAME', 'pg_intent_score_customer' LANGUAGE c STABLE STRICT PARALLEL SAFE COST 100;
COMMENT ON FUNCTION score_customer(anyelement, text) IS 'segment, uplift, intent and probabilities of a customer, by the active model of a name';

CREATE FUNCTION score_customer(features anyelement, model intent_model) RETURNS customer_score
    AS 'MODULE_PATHNAME', 'pg_intent_score_customer' LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST 100;
COMMENT ON FUNCTION score_customer(anyelement, intent_model) IS 'segment, uplift, intent and probabilities of a customer, by a model';

CREATE FUNCTION correct_label(features anyelement, observed_segment text, exposed boolean) RETURNS double precision
    AS 'MODULE_PATHNAME', 'pg_intent_correct_label' LANGUAGE c STABLE PARALLEL SAFE COST 100;
COMMENT ON FUNCTION correct_label(anyelement, text, boolean) IS
    'the chance that a customer with an observed segment is truly campaign-driven, by the default model';

CREATE FUNCTION correct_label(features anyelement, observed_segment text, exposed boolean, model text) RETURNS double precision
    AS 'MODULE_PATHNAME', 'pg_intent_correct_label' LANGUAGE c STABLE PARALLEL SAFE COST 100;
COMMENT ON FUNCTION correct_label(anyelement, text, boolean, text) IS
    'the chance that a customer with an observed segment is truly campaign-driven, by the active model of a name';

CREATE FUNCTION correct_label(features anyelement, observed_segment text, exposed boolean, model intent_model) RETURNS double precision
    AS 'MODULE_PATHNAME', 'pg_intent_correct_label' LANGUAGE c IMMUTABLE PARALLEL SAFE COST 100;
COMMENT ON FUNCTION correct_label(anyelement, text, boolean, intent_model) IS
    'the chance that a customer with an observed segment is truly campaign-driven, by a model';
