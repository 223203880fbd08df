-- Recommendation. A value is money at decision time, such as a margin, and no part of a model. COST: that of three scores.

CREATE TYPE recommended_campaign AS (
    campaign text,
    campaign_uplift double precision,
    campaign_intent double precision,
    expected_value double precision
);
COMMENT ON TYPE recommended_campaign IS 'the campaign that is worth most for a customer; all NULL if none pays';
COMMENT ON COLUMN recommended_campaign.campaign IS 'name of the model; its position as text, if models were passed by value';
COMMENT ON COLUMN recommended_campaign.campaign_uplift IS 'campaign_uplift of the customer by that model';
COMMENT ON COLUMN recommended_campaign.campaign_intent IS 'campaign_intent of the customer by that model';
COMMENT ON COLUMN recommended_campaign.expected_value IS 'campaign_uplift × value − cost, above 0';

CREATE FUNCTION recommend_campaign(features anyelement, models text[], campaign_values double precision[], campaign_costs double precision[])
    RETURNS recommended_campaign
    AS 'MODULE_PATHNAME', 'pg_intent_recommend_campaign' LANGUAGE c STABLE STRICT PARALLEL SAFE COST 300;
COMMENT ON FUNCTION recommend_campaign(anyelement, text[], double precision[], double precision[]) IS 'the campaign with the highest campaign_uplift × value − cost above 0, by the active models of some names, such as ARRAY[''a'', ''b'']; a campaign with a NULL value or cost is not eligible';

CREATE FUNCTION recommend_campaign(features anyelement, models intent_model[], campaign_values double precision[], campaign_costs double precision[])
    RETURNS recommended_campaign
    AS 'MODULE_PATHNAME', 'pg_intent_recommend_campaign' LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST 300;
COMMENT ON FUNCTION recommend_campaign(anyelement, intent_model[], double precision[], double precision[]) IS 'the campaign with the highest campaign_uplift × value − cost above 0, by some models; a campaign with a NULL value or cost is not eligible';
