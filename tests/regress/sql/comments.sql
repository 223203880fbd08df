-- Every object of the extension says what it is.
SELECT pg_describe_object(classid, objid, objsubid) AS without_comment
FROM pg_depend
WHERE refclassid = 'pg_extension'::regclass AND deptype = 'e'
    AND refobjid = (SELECT oid FROM pg_extension WHERE extname = 'pg_intent')
    AND obj_description(objid, classid::regclass::name) IS NULL
    -- Types that come with a table or another type.
    AND pg_describe_object(classid, objid, objsubid) !~ '^type (.*\[\]|intent_models|intent_model_versions|intent_model_list)$'
ORDER BY 1;

-- So do the columns of its tables, views and types.
CREATE TEMP VIEW columns_with_comments AS
SELECT attrelid::regclass AS relation, attname, col_description(attrelid, attnum) AS comment
FROM pg_attribute
JOIN pg_class c ON c.oid = attrelid AND relkind IN ('r', 'v', 'c')
JOIN pg_depend ON objid IN (c.oid, reltype) AND deptype = 'e'
WHERE refclassid = 'pg_extension'::regclass
    AND refobjid = (SELECT oid FROM pg_extension WHERE extname = 'pg_intent')
    AND attnum > 0 AND NOT attisdropped;
SELECT count(DISTINCT relation) AS relations FROM columns_with_comments;
SELECT relation, attname AS without_comment FROM columns_with_comments WHERE comment IS NULL ORDER BY 1, 2;

-- A function that only the aggregate calls says so, and no type has the name of a function.
SELECT p.oid::regprocedure AS not_internal FROM pg_proc p
WHERE proname ~ '^intent_(sample_|role$)' AND obj_description(p.oid, 'pg_proc') NOT LIKE 'internal: %' ORDER BY 1;
SELECT typname FROM pg_type t JOIN pg_depend ON classid = 'pg_type'::regclass AND objid = t.oid AND deptype = 'e'
JOIN pg_proc ON proname = typname
WHERE refobjid = (SELECT oid FROM pg_extension WHERE extname = 'pg_intent');

SELECT obj_description(oid, 'pg_extension') FROM pg_extension WHERE extname = 'pg_intent';
