-- Sends by chance, so that the next training can still tell cause from habit, and the size of a test. What is assigned
-- depends on the arguments alone, and stays the same in every later version.

CREATE TYPE assigned_campaign AS (
    campaign text,
    exposed boolean,
    probability double precision,
    propensity double precision
);
COMMENT ON TYPE assigned_campaign IS 'what a customer was assigned';
COMMENT ON COLUMN assigned_campaign.campaign IS 'the campaign to send; NULL for none';
COMMENT ON COLUMN assigned_campaign.exposed IS 'true if a campaign is to be sent';
COMMENT ON COLUMN assigned_campaign.probability IS 'chance of what was assigned, for evaluate_policy';
COMMENT ON COLUMN assigned_campaign.propensity IS 'chance of the campaign among it and none, for the training of its model; NULL where nothing is sent and several campaigns are eligible (campaign_propensity tells it)';

CREATE FUNCTION assign_holdout(id text, share double precision, salt text) RETURNS boolean
    AS 'MODULE_PATHNAME', 'pg_intent_assign_holdout' LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION assign_holdout(text, double precision, text) IS 'true for a share (0.02 to 0.5) of the ids, always the same ones for the same salt: send them nothing';

CREATE FUNCTION assign_holdout(id bigint, share double precision, salt text) RETURNS boolean
    AS 'MODULE_PATHNAME', 'pg_intent_assign_holdout' LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION assign_holdout(bigint, double precision, text) IS 'true for a share (0.02 to 0.5) of the ids, always the same ones for the same salt: send them nothing';

CREATE FUNCTION assign_campaign(id text, recommended text, campaigns text[], holdout double precision, explore double precision, salt text)
    RETURNS assigned_campaign
    AS 'MODULE_PATHNAME', 'pg_intent_assign_campaign' LANGUAGE c IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION assign_campaign(text, text, text[], double precision, double precision, text) IS 'the recommended campaign for most, nothing for a share holdout, and each other campaign (NULL elements are not eligible) for a share explore';

CREATE FUNCTION assign_campaign(id bigint, recommended text, campaigns text[], holdout double precision, explore double precision, salt text)
    RETURNS assigned_campaign
    AS 'MODULE_PATHNAME', 'pg_intent_assign_campaign' LANGUAGE c IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION assign_campaign(bigint, text, text[], double precision, double precision, text) IS 'the recommended campaign for most, nothing for a share holdout, and each other campaign (NULL elements are not eligible) for a share explore';

CREATE FUNCTION campaign_propensity(recommended text, campaign text, campaigns text[], holdout double precision, explore double precision)
    RETURNS double precision
    AS 'MODULE_PATHNAME', 'pg_intent_campaign_propensity' LANGUAGE c IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION campaign_propensity(text, text, text[], double precision, double precision) IS 'propensity of a campaign, by the shares of assign_campaign, also for customers who were sent nothing';

CREATE FUNCTION sample_size(rate double precision, uplift double precision, exposed_share double precision DEFAULT 0.5,
    power double precision DEFAULT 0.8, alpha double precision DEFAULT 0.05) RETURNS bigint
    AS 'MODULE_PATHNAME', 'pg_intent_sample_size' LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION sample_size(double precision, double precision, double precision, double precision, double precision) IS 'rows that a randomised test needs to show an uplift in the rate of engagement';

CREATE FUNCTION detectable_uplift(rows bigint, rate double precision, exposed_share double precision DEFAULT 0.5,
    power double precision DEFAULT 0.8, alpha double precision DEFAULT 0.05) RETURNS double precision
    AS 'MODULE_PATHNAME', 'pg_intent_detectable_uplift' LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION detectable_uplift(bigint, double precision, double precision, double precision, double precision) IS 'smallest positive uplift in the rate of engagement that a randomised test of so many rows shows; NULL if it shows none';
