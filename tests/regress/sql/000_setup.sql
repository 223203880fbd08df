-- The extension, what the tests share, and the models that they score with.
SET client_min_messages = error;
CREATE EXTENSION pg_intent;

-- What a statement that must fail says: SQLSTATE, message and hint, line by line.
CREATE FUNCTION failure(statement text) RETURNS SETOF text LANGUAGE plpgsql AS $$
DECLARE
    code text;
    message text;
    detail text;
    hint text;
BEGIN
    EXECUTE statement;
    RETURN NEXT 'no error';
EXCEPTION WHEN OTHERS THEN
    GET STACKED DIAGNOSTICS code = RETURNED_SQLSTATE, message = MESSAGE_TEXT,
        detail = PG_EXCEPTION_DETAIL, hint = PG_EXCEPTION_HINT;
    RETURN NEXT code || ': ' || message;
    IF detail <> '' THEN RETURN NEXT 'DETAIL: ' || detail; END IF;
    IF hint <> '' THEN RETURN NEXT 'HINT: ' || hint; END IF;
END $$;

-- The nodes of a plan, without what differs between versions of PostgreSQL.
CREATE FUNCTION plan_nodes(statement text) RETURNS SETOF text LANGUAGE plpgsql AS $$
DECLARE
    line text;
BEGIN
    FOR line IN EXECUTE 'EXPLAIN (COSTS off) ' || statement LOOP
        line := substring(line FROM '(Finalize (?:Group)?Aggregate|Partial (?:Group)?Aggregate|GroupAggregate|HashAggregate|^Aggregate|Gather Merge|Gather|Parallel Seq Scan|Sort$)');
        IF line IS NOT NULL THEN RETURN NEXT line; END IF;
    END LOOP;
END $$;

-- The function returns the sections of a model without the one that says where it comes from.
CREATE FUNCTION learned(model intent_model) RETURNS bytea LANGUAGE plpgsql AS $$
DECLARE
    bytes bytea := model::bytea;
    place int := 24;
    size int;
    kept bytea := '';
BEGIN
    WHILE place < octet_length(bytes) LOOP
        size := 8 + get_byte(bytes, place + 4) + 256 * get_byte(bytes, place + 5) + 65536 * get_byte(bytes, place + 6);
        IF get_byte(bytes, place) <> 113 THEN kept := kept || substr(bytes, place + 1, size); END IF;
        place := place + size;
    END LOOP;
    RETURN kept;
END $$;

CREATE TABLE customers AS SELECT * FROM simulate_customers(2000);
ANALYZE customers;

CREATE TABLE models (kind text PRIMARY KEY, model intent_model);
INSERT INTO models SELECT 'row', train_intent_model(f, observed_segment, exposed,
    '{"ensemble": 1, "epochs": 10, "hidden_layers": [4]}')
FROM customers c, LATERAL (SELECT c.recency, c.frequency, c.discount_share, c.app_user) f;
INSERT INTO models SELECT 'array', train_intent_model(ARRAY[recency, frequency, discount_share],
    observed_segment, exposed, '{"ensemble": 1, "epochs": 10, "hidden_layers": [4]}')
FROM customers c;
SELECT kind, model IS NOT NULL AS trained FROM models ORDER BY kind;
