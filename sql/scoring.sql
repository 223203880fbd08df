-- Scoring. COST: one score is about a hundred times as dear as an operator on numbers, mostly the
-- network; by name it reads a table, hence STABLE, by value it depends on its arguments alone.

CREATE TYPE customer_score AS (
    segment text,
    campaign_intent double precision,
    p_campaign_driven double precision,
    p_organic double precision,
    p_low_engagement double precision
);
COMMENT ON TYPE customer_score IS 'what a model says of one customer, if exposed to the campaign';
COMMENT ON COLUMN customer_score.segment IS 'the most probable of the three segments';
COMMENT ON COLUMN customer_score.campaign_intent IS 'P(campaign-driven | engaged)';
COMMENT ON COLUMN customer_score.p_campaign_driven IS 'P(campaign-driven): the score to choose whom to contact by';
COMMENT ON COLUMN customer_score.p_organic IS 'P(organic)';
COMMENT ON COLUMN customer_score.p_low_engagement IS 'P(low engagement)';

CREATE FUNCTION segment_customer(features anyarray) RETURNS text
    AS 'MODULE_PATHNAME', 'pg_intent_segment_customer' LANGUAGE c STABLE STRICT PARALLEL SAFE COST 100;
COMMENT ON FUNCTION segment_customer(anyarray) IS
    'the most probable segment of a customer, by the default model';

CREATE FUNCTION segment_customer(features anyarray, model text) RETURNS text
    AS 'MODULE_PATHNAME', 'pg_intent_segment_customer' LANGUAGE c STABLE STRICT PARALLEL SAFE COST 100;
COMMENT ON FUNCTION segment_customer(anyarray, text) IS
    'the most probable segment of a customer, by the active model of a name';

CREATE FUNCTION segment_customer(features anyarray, model intent_model) RETURNS text
    AS 'MODULE_PATHNAME', 'pg_intent_segment_customer' LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST 100;
COMMENT ON FUNCTION segment_customer(anyarray, intent_model) IS
    'the most probable segment of a customer, by a model';

CREATE FUNCTION segment_customer(features record) RETURNS text
    AS 'MODULE_PATHNAME', 'pg_intent_segment_customer' LANGUAGE c STABLE STRICT PARALLEL SAFE COST 100;
COMMENT ON FUNCTION segment_customer(record) IS
    'the most probable segment of a customer, by the default model';

CREATE FUNCTION segment_customer(features record, model text) RETURNS text
    AS 'MODULE_PATHNAME', 'pg_intent_segment_customer' LANGUAGE c STABLE STRICT PARALLEL SAFE COST 100;
COMMENT ON FUNCTION segment_customer(record, text) IS
    'the most probable segment of a customer, by the active model of a name';

CREATE FUNCTION segment_customer(features record, model intent_model) RETURNS text
    AS 'MODULE_PATHNAME', 'pg_intent_segment_customer' LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST 100;
COMMENT ON FUNCTION segment_customer(record, intent_model) IS
    'the most probable segment of a customer, by a model';

CREATE FUNCTION campaign_intent(features anyarray) RETURNS double precision
    AS 'MODULE_PATHNAME', 'pg_intent_campaign_intent' LANGUAGE c STABLE STRICT PARALLEL SAFE COST 100;
COMMENT ON FUNCTION campaign_intent(anyarray) IS
    'P(campaign-driven | engaged) of a customer, by the default model';

CREATE FUNCTION campaign_intent(features anyarray, model text) RETURNS double precision
    AS 'MODULE_PATHNAME', 'pg_intent_campaign_intent' LANGUAGE c STABLE STRICT PARALLEL SAFE COST 100;
COMMENT ON FUNCTION campaign_intent(anyarray, text) IS
    'P(campaign-driven | engaged) of a customer, by the active model of a name';

CREATE FUNCTION campaign_intent(features anyarray, model intent_model) RETURNS double precision
    AS 'MODULE_PATHNAME', 'pg_intent_campaign_intent' LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST 100;
COMMENT ON FUNCTION campaign_intent(anyarray, intent_model) IS
    'P(campaign-driven | engaged) of a customer, by a model';

CREATE FUNCTION campaign_intent(features record) RETURNS double precision
    AS 'MODULE_PATHNAME', 'pg_intent_campaign_intent' LANGUAGE c STABLE STRICT PARALLEL SAFE COST 100;
COMMENT ON FUNCTION campaign_intent(record) IS
    'P(campaign-driven | engaged) of a customer, by the default model';

CREATE FUNCTION campaign_intent(features record, model text) RETURNS double precision
    AS 'MODULE_PATHNAME', 'pg_intent_campaign_intent' LANGUAGE c STABLE STRICT PARALLEL SAFE COST 100;
COMMENT ON FUNCTION campaign_intent(record, text) IS
    'P(campaign-driven | engaged) of a customer, by the active model of a name';

CREATE FUNCTION campaign_intent(features record, model intent_model) RETURNS double precision
    AS 'MODULE_PATHNAME', 'pg_intent_campaign_intent' LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST 100;
COMMENT ON FUNCTION campaign_intent(record, intent_model) IS
    'P(campaign-driven | engaged) of a customer, by a model';

CREATE FUNCTION campaign_uplift(features anyarray) RETURNS double precision
    AS 'MODULE_PATHNAME', 'pg_intent_campaign_uplift' LANGUAGE c STABLE STRICT PARALLEL SAFE COST 100;
COMMENT ON FUNCTION campaign_uplift(anyarray) IS
    'P(campaign-driven) of a customer: the score to choose whom to contact by, by the default model';

CREATE FUNCTION campaign_uplift(features anyarray, model text) RETURNS double precision
    AS 'MODULE_PATHNAME', 'pg_intent_campaign_uplift' LANGUAGE c STABLE STRICT PARALLEL SAFE COST 100;
COMMENT ON FUNCTION campaign_uplift(anyarray, text) IS
    'P(campaign-driven) of a customer: the score to choose whom to contact by, by the active model of a name';

CREATE FUNCTION campaign_uplift(features anyarray, model intent_model) RETURNS double precision
    AS 'MODULE_PATHNAME', 'pg_intent_campaign_uplift' LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST 100;
COMMENT ON FUNCTION campaign_uplift(anyarray, intent_model) IS
    'P(campaign-driven) of a customer: the score to choose whom to contact by, by a model';

CREATE FUNCTION campaign_uplift(features record) RETURNS double precision
    AS 'MODULE_PATHNAME', 'pg_intent_campaign_uplift' LANGUAGE c STABLE STRICT PARALLEL SAFE COST 100;
COMMENT ON FUNCTION campaign_uplift(record) IS
    'P(campaign-driven) of a customer: the score to choose whom to contact by, by the default model';

CREATE FUNCTION campaign_uplift(features record, model text) RETURNS double precision
    AS 'MODULE_PATHNAME', 'pg_intent_campaign_uplift' LANGUAGE c STABLE STRICT PARALLEL SAFE COST 100;
COMMENT ON FUNCTION campaign_uplift(record, text) IS
    'P(campaign-driven) of a customer: the score to choose whom to contact by, by the active model of a name';

CREATE FUNCTION campaign_uplift(features record, model intent_model) RETURNS double precision
    AS 'MODULE_PATHNAME', 'pg_intent_campaign_uplift' LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST 100;
COMMENT ON FUNCTION campaign_uplift(record, intent_model) IS
    'P(campaign-driven) of a customer: the score to choose whom to contact by, by a model';

CREATE FUNCTION score_customer(features anyarray) RETURNS customer_score
    AS 'MODULE_PATHNAME', 'pg_intent_score_customer' LANGUAGE c STABLE STRICT PARALLEL SAFE COST 100;
COMMENT ON FUNCTION score_customer(anyarray) IS
    'segment, intent and the three probabilities of a customer, by the default model';

CREATE FUNCTION score_customer(features anyarray, model text) RETURNS customer_score
    AS 'MODULE_PATHNAME', 'pg_intent_score_customer' LANGUAGE c STABLE STRICT PARALLEL SAFE COST 100;
COMMENT ON FUNCTION score_customer(anyarray, text) IS
    'segment, intent and the three probabilities of a customer, by the active model of a name';

CREATE FUNCTION score_customer(features anyarray, model intent_model) RETURNS customer_score
    AS 'MODULE_PATHNAME', 'pg_intent_score_customer' LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST 100;
COMMENT ON FUNCTION score_customer(anyarray, intent_model) IS
    'segment, intent and the three probabilities of a customer, by a model';

CREATE FUNCTION score_customer(features record) RETURNS customer_score
    AS 'MODULE_PATHNAME', 'pg_intent_score_customer' LANGUAGE c STABLE STRICT PARALLEL SAFE COST 100;
COMMENT ON FUNCTION score_customer(record) IS
    'segment, intent and the three probabilities of a customer, by the default model';

CREATE FUNCTION score_customer(features record, model text) RETURNS customer_score
    AS 'MODULE_PATHNAME', 'pg_intent_score_customer' LANGUAGE c STABLE STRICT PARALLEL SAFE COST 100;
COMMENT ON FUNCTION score_customer(record, text) IS
    'segment, intent and the three probabilities of a customer, by the active model of a name';

CREATE FUNCTION score_customer(features record, model intent_model) RETURNS customer_score
    AS 'MODULE_PATHNAME', 'pg_intent_score_customer' LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST 100;
COMMENT ON FUNCTION score_customer(record, intent_model) IS
    'segment, intent and the three probabilities of a customer, by a model';

-- The audit of what the attribution missed. Not STRICT: an exposure that is NULL means exposed.

CREATE FUNCTION correct_label(features anyarray, observed_segment text, exposed boolean)
    RETURNS double precision
    AS 'MODULE_PATHNAME', 'pg_intent_correct_label' LANGUAGE c STABLE PARALLEL SAFE COST 100;
COMMENT ON FUNCTION correct_label(anyarray, text, boolean) IS
    'the chance that a customer recorded so is truly campaign-driven, by the default model';

CREATE FUNCTION correct_label(features anyarray, observed_segment text, exposed boolean, model text)
    RETURNS double precision
    AS 'MODULE_PATHNAME', 'pg_intent_correct_label' LANGUAGE c STABLE PARALLEL SAFE COST 100;
COMMENT ON FUNCTION correct_label(anyarray, text, boolean, text) IS
    'the chance that a customer recorded so is truly campaign-driven, by the active model of a name';

CREATE FUNCTION correct_label(features anyarray, observed_segment text, exposed boolean, model intent_model)
    RETURNS double precision
    AS 'MODULE_PATHNAME', 'pg_intent_correct_label' LANGUAGE c IMMUTABLE PARALLEL SAFE COST 100;
COMMENT ON FUNCTION correct_label(anyarray, text, boolean, intent_model) IS
    'the chance that a customer recorded so is truly campaign-driven, by a model';

CREATE FUNCTION correct_label(features record, observed_segment text, exposed boolean)
    RETURNS double precision
    AS 'MODULE_PATHNAME', 'pg_intent_correct_label' LANGUAGE c STABLE PARALLEL SAFE COST 100;
COMMENT ON FUNCTION correct_label(record, text, boolean) IS
    'the chance that a customer recorded so is truly campaign-driven, by the default model';

CREATE FUNCTION correct_label(features record, observed_segment text, exposed boolean, model text)
    RETURNS double precision
    AS 'MODULE_PATHNAME', 'pg_intent_correct_label' LANGUAGE c STABLE PARALLEL SAFE COST 100;
COMMENT ON FUNCTION correct_label(record, text, boolean, text) IS
    'the chance that a customer recorded so is truly campaign-driven, by the active model of a name';

CREATE FUNCTION correct_label(features record, observed_segment text, exposed boolean, model intent_model)
    RETURNS double precision
    AS 'MODULE_PATHNAME', 'pg_intent_correct_label' LANGUAGE c IMMUTABLE PARALLEL SAFE COST 100;
COMMENT ON FUNCTION correct_label(record, text, boolean, intent_model) IS
    'the chance that a customer recorded so is truly campaign-driven, by a model';
