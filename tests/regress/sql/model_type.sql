-- The type intent_model: every format gives back the same bytes, and garbage is refused.
SELECT kind, model::text LIKE '\\x%' AS hexadecimal,
    model::text::intent_model::bytea = model::bytea AS text,
    model::text = model::bytea::text AS as_bytea,
    intent_model_send(model) = model::bytea AS binary
FROM models ORDER BY kind;

SELECT current_setting('data_directory') || '/pg_intent_models.copy' AS file \gset
CREATE TABLE copied (LIKE models);
COPY models TO :'file' (FORMAT binary);
COPY copied FROM :'file' (FORMAT binary);
SELECT kind, c.model::bytea = m.model::bytea AS same FROM models m JOIN copied c USING (kind) ORDER BY kind;
TRUNCATE copied;
COPY models TO :'file';
COPY copied FROM :'file';
SELECT kind, c.model::bytea = m.model::bytea AS same FROM models m JOIN copied c USING (kind) ORDER BY kind;
DROP TABLE copied;

SELECT typstorage, typlen FROM pg_type WHERE typname = 'intent_model';

-- Upper-case digits are digits.
SELECT ('\x' || upper(substr(model::text, 3)))::intent_model::bytea = model::bytea AS same
FROM models WHERE kind = 'row';

-- Text that is no model.
SELECT * FROM failure($$SELECT ''::intent_model$$);
SELECT * FROM failure($$SELECT 'spring'::intent_model$$);
SELECT * FROM failure($$SELECT '\x0'::intent_model$$);
SELECT * FROM failure($$SELECT '\xzz'::intent_model$$);
SELECT * FROM failure($$SELECT '\x'::intent_model$$);
SELECT * FROM failure($$SELECT '\x00'::intent_model$$);
-- A bit that changed, a byte too few, a byte too many.
SELECT * FROM failure($$SELECT set_byte(model::bytea, 1000, get_byte(model::bytea, 1000) # 1)::text::intent_model FROM models WHERE kind = 'row'$$);
SELECT * FROM failure($$SELECT left(model::text, -2)::intent_model FROM models WHERE kind = 'row'$$);
SELECT * FROM failure($$SELECT (model::text || '00')::intent_model FROM models WHERE kind = 'row'$$);
-- A model of a later version, with a required section that this one does not know.
SELECT * FROM failure($$SELECT '\x5047494d01000100080000000000000050ba65a1c81adae06300010000000000'::intent_model$$);
SELECT * FROM failure($$SELECT campaign_intent(ARRAY[1.0], '\x5047494d01000100080000000000000050ba65a1c81adae06300010000000000'::bytea::intent_model)$$);
-- Binary that is no model: the second field of a copied row.
CREATE TABLE garbage AS SELECT 'x' AS kind, '\x0102'::bytea AS model;
COPY garbage TO :'file' (FORMAT binary);
SELECT * FROM failure(format('COPY models FROM %L (FORMAT binary)', :'file'));
DROP TABLE garbage;

-- The cast from bytea checks the bytes.
SELECT kind, model::bytea::intent_model::bytea = model::bytea AS same FROM models ORDER BY kind;
SELECT * FROM failure($$SELECT '\x00'::bytea::intent_model$$);
SELECT * FROM failure($$SELECT ''::bytea::intent_model$$);
SELECT * FROM failure($$SELECT set_byte(model::bytea, 1000, get_byte(model::bytea, 1000) # 1)::intent_model FROM models WHERE kind = 'row'$$);
SELECT * FROM failure($$SELECT substr(model::bytea, 2)::intent_model FROM models WHERE kind = 'row'$$);
SELECT * FROM failure($$SELECT (model::bytea || '\x00')::intent_model FROM models WHERE kind = 'row'$$);
-- It must be written: nothing casts a bytea by itself.
SELECT * FROM failure($$SELECT save_model('bytes', model::bytea) FROM models$$);
SELECT * FROM failure($$INSERT INTO models SELECT 'bytes', model::bytea FROM models$$);
-- Which of the two PostgreSQL says differs between its versions.
SELECT left(failure, 5) IN ('42883', '0A000') AS refused FROM failure($$SELECT intent_model_recv(NULL)$$) LIMIT 1;
