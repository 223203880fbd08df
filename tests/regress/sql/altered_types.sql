-- A row type that changes in the middle of a statement is read as what it is then.
CREATE TYPE changing AS (f1 text);
CREATE FUNCTION change(i int) RETURNS int LANGUAGE plpgsql AS $$
BEGIN
    IF i = 2 THEN EXECUTE 'ALTER TYPE changing ALTER ATTRIBUTE f1 TYPE int8'; END IF;
    RETURN i;
END $$;
CREATE FUNCTION made(i int) RETURNS changing LANGUAGE plpgsql AS $$
DECLARE r changing;
BEGIN
    EXECUTE CASE i WHEN 1 THEN 'SELECT ''aaa''' ELSE 'SELECT 4702111234474967297::int8' END INTO r;
    RETURN r;
END $$;
SET client_min_messages = error;
CREATE TEMP TABLE by_text AS
SELECT train_intent_model(ROW(CASE WHEN app_user THEN 'app' ELSE 'web' END), observed_segment, exposed, '{"epochs": 10, "hidden_layers": [4]}') AS model FROM customers;
RESET client_min_messages;
SELECT * FROM failure($$SELECT segment_customer(made(change(i)), model) FROM by_text, generate_series(1, 3) i$$);
SELECT * FROM failure($$SELECT train_intent_model(made(change(i)), 'organic') FROM generate_series(1, 3) i$$);
DROP FUNCTION made, change;
DROP TYPE changing;

-- More features than a model can have are refused before room is made for them.
SELECT * FROM failure($$SELECT train_intent_model(array_fill(true, ARRAY[10000000]), 'organic')$$);
SELECT * FROM failure($$SELECT train_intent_model(array_fill(1, ARRAY[16384]), 'organic')$$);
