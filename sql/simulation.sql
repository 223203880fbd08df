-- Customers whose true segment is known.

CREATE FUNCTION simulate_customers(n bigint, missing_rate double precision DEFAULT 0.4,
        exposed_share double precision DEFAULT 0.6, seed bigint DEFAULT 1)
    RETURNS TABLE (
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
    )
    AS 'MODULE_PATHNAME', 'pg_intent_simulate_customers' LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST 1000 ROWS 10000;
COMMENT ON FUNCTION simulate_customers(bigint, double precision, double precision, bigint) IS
    'simulated customers: 30 features, exposure, and the observed and true segment';
