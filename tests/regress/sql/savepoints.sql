-- A model saved in a savepoint that is rolled back is gone, also for a call site that used it, and
-- also where one snapshot serves the whole transaction.
SELECT save_model('undone', model) FROM models WHERE kind = 'array';
SET client_min_messages = error;
CREATE TEMP TABLE other AS
SELECT train_intent_model(ARRAY[recency, frequency, discount_share], observed_segment, exposed, '{"epochs": 10, "hidden_layers": [4], "seed": 5}') AS model FROM customers;
RESET client_min_messages;
BEGIN ISOLATION LEVEL REPEATABLE READ;
DO $$
DECLARE
    cached float8;
    fresh float8;
BEGIN
    FOR i IN 1..3 LOOP
        BEGIN
            IF i = 2 THEN PERFORM save_model('undone', model) FROM other; END IF;
            cached := campaign_intent(ARRAY[1, 2, 0.5], 'undone');
            EXECUTE 'SELECT campaign_intent(ARRAY[1, 2, 0.5], ''undone'')' INTO fresh;
            RAISE NOTICE 'round %: %', i, CASE WHEN cached = fresh THEN 'the same' ELSE 'different' END;
            IF i = 2 THEN RAISE EXCEPTION 'undo'; END IF;
        EXCEPTION WHEN raise_exception THEN NULL;
        END;
    END LOOP;
END $$;
COMMIT;
SELECT drop_model('undone');

-- The default model's name may change while it is looked up.
CREATE ROLE tenant;
CREATE FUNCTION renames() RETURNS boolean LANGUAGE plpgsql AS $$
BEGIN
    PERFORM set_config('pg_intent.default_model', repeat('x', 20), false), set_config('pg_intent.default_model', repeat('y', 20), false);
    RETURN false;
END $$;
SELECT save_model('abcdefghijklmnopqrst', model) FROM models WHERE kind = 'array';
ALTER TABLE intent_models ENABLE ROW LEVEL SECURITY;
CREATE POLICY renaming ON intent_models USING (renames());
GRANT SELECT ON intent_models TO tenant;
SET pg_intent.default_model = 'abcdefghijklmnopqrst';
SET ROLE tenant;
SELECT * FROM failure('SELECT active_model()');
SELECT * FROM failure('SELECT segment_customer(ARRAY[1, 2, 3])');
RESET ROLE;
RESET pg_intent.default_model;
DROP POLICY renaming ON intent_models;
ALTER TABLE intent_models DISABLE ROW LEVEL SECURITY;
REVOKE ALL ON intent_models FROM tenant;
SELECT drop_model('abcdefghijklmnopqrst');
DROP FUNCTION renames;
DROP ROLE tenant;
