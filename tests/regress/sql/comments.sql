-- Every object of the extension says what it is.
SELECT pg_describe_object(classid, objid, objsubid) AS without_comment
FROM pg_depend
WHERE refclassid = 'pg_extension'::regclass AND deptype = 'e'
    AND refobjid = (SELECT oid FROM pg_extension WHERE extname = 'pg_intent')
    AND obj_description(objid, classid::regclass::name) IS NULL
    -- Types that come with a table or another type.
    AND pg_describe_object(classid, objid, objsubid) !~ '^type (.*\[\]|intent_models|intent_model_versions)$'
ORDER BY 1;

SELECT attrelid::regclass AS relation, attname AS without_comment
FROM pg_attribute
JOIN pg_depend ON classid = 'pg_class'::regclass AND objid = attrelid AND deptype = 'e'
WHERE refobjid = (SELECT oid FROM pg_extension WHERE extname = 'pg_intent')
    AND attnum > 0 AND NOT attisdropped AND col_description(attrelid, attnum) IS NULL
ORDER BY 1, 2;

SELECT obj_description(oid, 'pg_extension') FROM pg_extension WHERE extname = 'pg_intent';
