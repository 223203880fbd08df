-- Simulated customers, whose true segment is known.

CREATE TYPE simulated_customer AS (
    customer_id bigint,
    recency double precision,
    frequency double precision,
    monetary double precision,
    tenure double precision,
    aov double precision,
    discount_share double precision,
    coupons double precision,
    email_opens double precision,
    email_clicks double precision,
    app_sessions double precision,
    web_visits double precision,
    app_user boolean,
    ch_store boolean,
    ch_web boolean,
    returns_rate double precision,
    basket double precision,
    cat1 double precision,
    cat2 double precision,
    cat3 double precision,
    cat4 double precision,
    cat5 double precision,
    weekend_share double precision,
    night_share double precision,
    tier double precision,
    push_optin boolean,
    days_since_mail double precision,
    support double precision,
    age_band double precision,
    noise1 double precision,
    noise2 double precision,
    exposed boolean,
    observed_segment text,
    true_segment text
);
COMMENT ON TYPE simulated_customer IS 'a simulated customer: 30 features, exposure, and the observed and true segment';
COMMENT ON COLUMN simulated_customer.customer_id IS 'number of the customer, from 1';
COMMENT ON COLUMN simulated_customer.recency IS 'days since the last purchase, at most 365';
COMMENT ON COLUMN simulated_customer.frequency IS 'orders in the past year';
COMMENT ON COLUMN simulated_customer.monetary IS 'spending in the past year';
COMMENT ON COLUMN simulated_customer.tenure IS 'days since the first purchase';
COMMENT ON COLUMN simulated_customer.aov IS 'value of an average order';
COMMENT ON COLUMN simulated_customer.discount_share IS 'share of purchases at a discount, 0 to 1';
COMMENT ON COLUMN simulated_customer.coupons IS 'coupons redeemed';
COMMENT ON COLUMN simulated_customer.email_opens IS 'marketing e-mails opened';
COMMENT ON COLUMN simulated_customer.email_clicks IS 'opened e-mails that were clicked';
COMMENT ON COLUMN simulated_customer.app_sessions IS 'sessions in the app';
COMMENT ON COLUMN simulated_customer.web_visits IS 'visits to the web shop';
COMMENT ON COLUMN simulated_customer.app_user IS 'true if the customer uses the app';
COMMENT ON COLUMN simulated_customer.ch_store IS 'true if the customer buys mostly in stores';
COMMENT ON COLUMN simulated_customer.ch_web IS 'true if the customer buys mostly on the web';
COMMENT ON COLUMN simulated_customer.returns_rate IS 'share of purchases returned';
COMMENT ON COLUMN simulated_customer.basket IS 'items in an average order';
COMMENT ON COLUMN simulated_customer.cat1 IS 'share of spending in category 1';
COMMENT ON COLUMN simulated_customer.cat2 IS 'share of spending in category 2';
COMMENT ON COLUMN simulated_customer.cat3 IS 'share of spending in category 3';
COMMENT ON COLUMN simulated_customer.cat4 IS 'share of spending in category 4';
COMMENT ON COLUMN simulated_customer.cat5 IS 'share of spending in category 5';
COMMENT ON COLUMN simulated_customer.weekend_share IS 'share of purchases at weekends';
COMMENT ON COLUMN simulated_customer.night_share IS 'share of purchases at night';
COMMENT ON COLUMN simulated_customer.tier IS 'loyalty tier, 0 to 3';
COMMENT ON COLUMN simulated_customer.push_optin IS 'true if push notifications are allowed';
COMMENT ON COLUMN simulated_customer.days_since_mail IS 'days since the last e-mail';
COMMENT ON COLUMN simulated_customer.support IS 'support tickets';
COMMENT ON COLUMN simulated_customer.age_band IS 'age band, 0 to 5';
COMMENT ON COLUMN simulated_customer.noise1 IS 'a standard normal number that means nothing';
COMMENT ON COLUMN simulated_customer.noise2 IS 'a standard normal number that means nothing';
COMMENT ON COLUMN simulated_customer.exposed IS 'true if the campaign reached the customer';
COMMENT ON COLUMN simulated_customer.observed_segment IS 'segment that attribution recorded';
COMMENT ON COLUMN simulated_customer.true_segment IS 'segment that is true';

CREATE FUNCTION simulate_customers(n bigint, missing_rate double precision DEFAULT 0.4,
        exposed_share double precision DEFAULT 0.6, seed bigint DEFAULT 1)
    RETURNS SETOF simulated_customer
    AS 'MODULE_PATHNAME', 'pg_intent_simulate_customers' LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST 1000 ROWS 10000;
COMMENT ON FUNCTION simulate_customers(bigint, double precision, double precision, bigint) IS
    'simulated customers: 30 features, exposure, and the observed and true segment';
