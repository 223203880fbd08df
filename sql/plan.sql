-- Plans: who gets which campaign, within a budget, caps and floors.

CREATE FUNCTION intent_cutoff_add(internal, double precision, double precision, double precision) RETURNS internal
    AS 'MODULE_PATHNAME', 'pg_intent_cutoff_add' LANGUAGE c IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION intent_cutoff_add(internal, double precision, double precision, double precision) IS
    'internal: adds a row to budget_cutoff';

CREATE FUNCTION intent_cutoff_merge(internal, internal) RETURNS internal
    AS 'MODULE_PATHNAME', 'pg_intent_cutoff_merge' LANGUAGE c IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION intent_cutoff_merge(internal, internal) IS 'internal: merges two states of budget_cutoff';

CREATE FUNCTION intent_cutoff_serialize(internal) RETURNS bytea
    AS 'MODULE_PATHNAME', 'pg_intent_cutoff_serialize' LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION intent_cutoff_serialize(internal) IS 'internal: writes a state of budget_cutoff for another process';

CREATE FUNCTION intent_cutoff_deserialize(bytea, internal) RETURNS internal
    AS 'MODULE_PATHNAME', 'pg_intent_cutoff_deserialize' LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION intent_cutoff_deserialize(bytea, internal) IS 'internal: reads a state of budget_cutoff from another process';

CREATE FUNCTION intent_cutoff_value(internal) RETURNS double precision
    AS 'MODULE_PATHNAME', 'pg_intent_cutoff_value' LANGUAGE c IMMUTABLE PARALLEL SAFE COST 10000;
COMMENT ON FUNCTION intent_cutoff_value(internal) IS 'internal: the result of budget_cutoff';

CREATE AGGREGATE budget_cutoff(benefit double precision, cost double precision, budget double precision) (
    SFUNC = intent_cutoff_add, STYPE = internal, SSPACE = 1048576, COMBINEFUNC = intent_cutoff_merge,
    SERIALFUNC = intent_cutoff_serialize, DESERIALFUNC = intent_cutoff_deserialize,
    FINALFUNC = intent_cutoff_value, FINALFUNC_MODIFY = READ_ONLY, PARALLEL = SAFE
);
COMMENT ON AGGREGATE budget_cutoff(double precision, double precision, double precision) IS
    'smallest cut-off at which the customers with benefit > 0 AND benefit >= cutoff * cost cost at most the budget';

CREATE TYPE campaign_plan AS (
    campaigns text[],
    budget_price double precision,
    campaign_prices double precision[],
    groups text[],
    group_subsidies double precision[],
    rows bigint,
    rows_used bigint,
    contacts bigint[],
    cost double precision,
    value double precision,
    value_bound double precision
);
COMMENT ON TYPE campaign_plan IS 'the prices of a plan, for choose_campaign, and what they come to on the planned rows';
COMMENT ON COLUMN campaign_plan.campaigns IS 'names of the campaigns, in the order of benefits and costs';
COMMENT ON COLUMN campaign_plan.budget_price IS 'benefit that one more unit of the budget brings';
COMMENT ON COLUMN campaign_plan.campaign_prices IS 'benefit that one more contact of each capped campaign brings';
COMMENT ON COLUMN campaign_plan.groups IS 'groups with a floor';
COMMENT ON COLUMN campaign_plan.group_subsidies IS 'benefit that the last contact for each floor costs';
COMMENT ON COLUMN campaign_plan.rows IS 'customers that were read';
COMMENT ON COLUMN campaign_plan.rows_used IS 'customers that the plan was made with: fewer than rows past pg_intent.training_memory, and contacts, cost and value are then scaled to all rows';
COMMENT ON COLUMN campaign_plan.contacts IS 'contacts of each campaign by choose_campaign on the planned rows';
COMMENT ON COLUMN campaign_plan.cost IS 'cost of all contacts';
COMMENT ON COLUMN campaign_plan.value IS 'benefit of all contacts';
COMMENT ON COLUMN campaign_plan.value_bound IS 'no choice within the bounds is worth more; the gap to value is what ties cost';

CREATE FUNCTION intent_plan_add(internal, double precision[], double precision[], jsonb) RETURNS internal
    AS 'MODULE_PATHNAME', 'pg_intent_plan_add' LANGUAGE c IMMUTABLE PARALLEL SAFE COST 10;
COMMENT ON FUNCTION intent_plan_add(internal, double precision[], double precision[], jsonb) IS
    'internal: adds a row to plan_campaigns';

CREATE FUNCTION intent_plan_add(internal, double precision[], double precision[], jsonb, text) RETURNS internal
    AS 'MODULE_PATHNAME', 'pg_intent_plan_add' LANGUAGE c IMMUTABLE PARALLEL SAFE COST 10;
COMMENT ON FUNCTION intent_plan_add(internal, double precision[], double precision[], jsonb, text) IS
    'internal: adds a row to plan_campaigns';

CREATE FUNCTION intent_plan_merge(internal, internal) RETURNS internal
    AS 'MODULE_PATHNAME', 'pg_intent_plan_merge' LANGUAGE c IMMUTABLE PARALLEL SAFE COST 1000;
COMMENT ON FUNCTION intent_plan_merge(internal, internal) IS 'internal: merges two states of plan_campaigns';

CREATE FUNCTION intent_plan_serialize(internal) RETURNS bytea
    AS 'MODULE_PATHNAME', 'pg_intent_plan_serialize' LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST 1000;
COMMENT ON FUNCTION intent_plan_serialize(internal) IS 'internal: writes a state of plan_campaigns for another process';

CREATE FUNCTION intent_plan_deserialize(bytea, internal) RETURNS internal
    AS 'MODULE_PATHNAME', 'pg_intent_plan_deserialize' LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST 1000;
COMMENT ON FUNCTION intent_plan_deserialize(bytea, internal) IS 'internal: reads a state of plan_campaigns from another process';

CREATE FUNCTION intent_plan_solve(internal) RETURNS campaign_plan
    AS 'MODULE_PATHNAME', 'pg_intent_plan_solve' LANGUAGE c IMMUTABLE PARALLEL SAFE COST 100000;
COMMENT ON FUNCTION intent_plan_solve(internal) IS 'internal: the result of plan_campaigns';

CREATE AGGREGATE plan_campaigns(benefits double precision[], costs double precision[], options jsonb) (
    SFUNC = intent_plan_add, STYPE = internal, SSPACE = 16777216, COMBINEFUNC = intent_plan_merge,
    SERIALFUNC = intent_plan_serialize, DESERIALFUNC = intent_plan_deserialize,
    FINALFUNC = intent_plan_solve, FINALFUNC_MODIFY = READ_ONLY, PARALLEL = SAFE
);
COMMENT ON AGGREGATE plan_campaigns(double precision[], double precision[], jsonb) IS
    'plans one campaign a customer for the highest benefit within a budget and caps; choose_campaign applies the plan';

CREATE AGGREGATE plan_campaigns(benefits double precision[], costs double precision[], options jsonb, customer_group text) (
    SFUNC = intent_plan_add, STYPE = internal, SSPACE = 16777216, COMBINEFUNC = intent_plan_merge,
    SERIALFUNC = intent_plan_serialize, DESERIALFUNC = intent_plan_deserialize,
    FINALFUNC = intent_plan_solve, FINALFUNC_MODIFY = READ_ONLY, PARALLEL = SAFE
);
COMMENT ON AGGREGATE plan_campaigns(double precision[], double precision[], jsonb, text) IS
    'plans one campaign a customer for the highest benefit within a budget, caps and a least share of each group; choose_campaign applies the plan';

CREATE TYPE chosen_campaign AS (
    campaign text,
    benefit double precision,
    cost double precision,
    advantage double precision
);
COMMENT ON TYPE chosen_campaign IS 'the campaign that a plan chooses for a customer; all NULL for none';
COMMENT ON COLUMN chosen_campaign.campaign IS 'the campaign to send; NULL for none';
COMMENT ON COLUMN chosen_campaign.benefit IS 'its benefit';
COMMENT ON COLUMN chosen_campaign.cost IS 'its cost';
COMMENT ON COLUMN chosen_campaign.advantage IS 'its benefit after the prices of the plan: the customers with the least are the first to leave out';

CREATE FUNCTION choose_campaign(benefits double precision[], costs double precision[], plan campaign_plan) RETURNS chosen_campaign
    AS 'MODULE_PATHNAME', 'pg_intent_choose_campaign' LANGUAGE c IMMUTABLE PARALLEL SAFE COST 10;
COMMENT ON FUNCTION choose_campaign(double precision[], double precision[], campaign_plan) IS
    'the campaign of a customer by a plan of plan_campaigns';

CREATE FUNCTION choose_campaign(benefits double precision[], costs double precision[], plan campaign_plan, customer_group text) RETURNS chosen_campaign
    AS 'MODULE_PATHNAME', 'pg_intent_choose_campaign' LANGUAGE c IMMUTABLE PARALLEL SAFE COST 10;
COMMENT ON FUNCTION choose_campaign(double precision[], double precision[], campaign_plan, text) IS
    'the campaign of a customer of a group by a plan of plan_campaigns';
