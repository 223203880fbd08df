-- Names, versions, and which of them is active.
SELECT model AS a FROM models WHERE kind = 'row' \gset
SELECT model AS b FROM models WHERE kind = 'array' \gset

SELECT save_model('reg', :'a');
SELECT save_model('reg', :'b', comment => 'arrays');
SELECT save_model('reg', :'a', false);
SELECT name, version, active, created_at <= now() AS created, created_by = current_user AS mine, comment
FROM intent_models WHERE name = 'reg' ORDER BY version;
SELECT active_model('reg')::bytea = (:'b'::intent_model)::bytea AS second;

SELECT activate_model('reg', 1);
SELECT active_model('reg')::bytea = (:'a'::intent_model)::bytea AS first;
-- Again: the one before is the same.
SELECT activate_model('reg', 1);

-- Saved without being activated, a name has no active model.
SELECT save_model('reg2', :'a', false);
SELECT * FROM failure($$SELECT active_model('reg2')$$);
SELECT activate_model('reg2', 1) IS NULL AS none_before;

-- The active version goes only with its whole name.
SELECT * FROM failure($$SELECT drop_model('reg', 1)$$);
SELECT drop_model('reg', 3), drop_model('reg', 3) AS again;
SELECT drop_model('reg'), drop_model('reg') AS again;
-- Numbers are never used again.
SELECT save_model('reg', :'a');
SELECT drop_model('reg2'), drop_model('nobody') AS nobody;
SELECT save_model('reg2', :'a');

-- Also where somebody wrote the table by hand.
INSERT INTO intent_models (name, version, model) VALUES ('reg', 10, :'a'), ('reg3', 7, :'a');
SELECT save_model('reg', :'a'), activate_model('reg3', 7) IS NULL AS none_before, drop_model('reg3') AS dropped;
SELECT save_model('reg3', :'a');

-- A savepoint takes a version back, number and all.
BEGIN;
SAVEPOINT s;
SELECT save_model('reg', :'b');
ROLLBACK TO s;
SELECT version FROM intent_models WHERE name = 'reg' AND active;
COMMIT;

-- One active version for each name, whoever writes.
SELECT * FROM failure($$UPDATE intent_models SET active = true WHERE name = 'reg'$$);

SELECT * FROM failure($$SELECT save_model(NULL, active_model('reg'))$$);
SELECT * FROM failure($$SELECT save_model('x', NULL)$$);
SELECT * FROM failure($$SELECT save_model('x', active_model('reg'), NULL)$$);
SELECT * FROM failure($$SELECT save_model('', active_model('reg'))$$);
SELECT * FROM failure($$SELECT save_model(repeat('x', 201), active_model('reg'))$$);
SELECT * FROM failure($$SELECT save_model('x', train_intent_model(ARRAY[1.0], 'organic')) FROM customers WHERE false$$);
SELECT * FROM failure($$SELECT activate_model('reg', 99)$$);
SELECT * FROM failure($$SELECT activate_model('nobody', 1)$$);
SELECT * FROM failure($$SELECT active_model('no"body')$$);
SELECT active_model(NULL) IS NULL AS name_null, drop_model(NULL) IS NULL AS drop_null;

SELECT drop_model(name) FROM (VALUES ('reg'), ('reg2'), ('reg3')) AS n(name);
