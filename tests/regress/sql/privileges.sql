-- Who may do what: scoring by value anybody, by name those who may read, saving those who may write.
SELECT save_model('secret', model) FROM models WHERE kind = 'array';
CREATE ROLE intent_nobody;
CREATE ROLE intent_reader;
CREATE ROLE intent_writer;
GRANT SELECT ON intent_models TO intent_reader;
GRANT SELECT, INSERT, UPDATE, DELETE ON intent_models, intent_model_versions TO intent_writer;
CREATE ROLE intent_adder;
GRANT SELECT, INSERT ON intent_models TO intent_adder;
GRANT SELECT, INSERT, UPDATE ON intent_model_versions TO intent_adder;
GRANT SELECT ON intent_model_list TO intent_nobody, intent_reader;
GRANT SELECT ON models, customers TO PUBLIC;

SET ROLE intent_nobody;
SELECT segment_customer(ARRAY[1, 2, 3], model) IS NOT NULL AS by_value FROM models WHERE kind = 'array';
SELECT * FROM failure($$SELECT segment_customer(ARRAY[1, 2, 3], 'secret')$$);
SELECT * FROM failure($$SELECT active_model('secret')$$);
SELECT * FROM failure($$SELECT save_model('mine', model) FROM models$$);
SELECT * FROM failure($$SELECT drop_model('secret')$$);
SELECT * FROM failure($$TABLE intent_models$$);
SELECT * FROM failure($$INSERT INTO intent_models (name, version, model) SELECT 'x', 1, model FROM models$$);
SELECT * FROM failure($$SELECT * FROM model_summary('secret', 1)$$);
-- The list shows what the table shows.
SELECT * FROM failure($$TABLE intent_model_list$$);
SELECT count(*) AS simulated FROM simulate_customers(3);

SET ROLE intent_reader;
SELECT segment_customer(ARRAY[1, 2, 3], 'secret') IS NOT NULL AS by_name;
BEGIN READ ONLY;
SELECT segment_customer(ARRAY[1, 2, 3], 'secret') IS NOT NULL AS by_name;
COMMIT;
SELECT * FROM failure($$SELECT save_model('mine', model) FROM models$$);
SELECT * FROM failure($$SELECT train_model('mine', 'SELECT 1 / 0 AS f, NULL AS observed_segment')$$);
SELECT * FROM failure($$SELECT activate_model('secret', 1)$$);
SELECT * FROM failure($$SELECT drop_model('secret')$$);

SELECT name, version FROM intent_model_list WHERE name = 'secret';
SELECT count(*) > 0 AS summary FROM model_summary('secret', 1);

-- Who may only add versions adds them without activating them.
SET ROLE intent_adder;
SELECT * FROM failure($$SELECT save_model('added', model) FROM models WHERE kind = 'array'$$);
SELECT save_model('added', model, false) FROM models WHERE kind = 'array';

SET ROLE intent_writer;
SELECT drop_model('added');
SELECT save_model('mine', model) FROM models WHERE kind = 'array';
SELECT created_by FROM intent_models WHERE name = 'mine';
-- The rights are there, so the query runs.
SELECT * FROM failure($$SELECT train_model('mine', 'SELECT 1 / 0 AS f, NULL AS observed_segment')$$);
SELECT drop_model('mine');
RESET ROLE;

-- One call site, two roles: what the first may read does not serve the second.
DO $$
DECLARE
    f float8[] := '{1,2,3}';
    who text;
BEGIN
    FOREACH who IN ARRAY ARRAY['intent_reader', 'intent_nobody'] LOOP
        EXECUTE 'SET ROLE ' || who;
        f := f || campaign_intent(f[1:3], 'secret');
        RAISE NOTICE '% scored', who;
    END LOOP;
EXCEPTION WHEN insufficient_privilege THEN
    RAISE NOTICE '%: %', who, SQLERRM;
END $$;

REVOKE SELECT ON models, customers FROM PUBLIC;
SELECT drop_model('secret');
DROP OWNED BY intent_nobody, intent_reader, intent_writer, intent_adder;
DROP ROLE intent_nobody, intent_reader, intent_writer, intent_adder;
