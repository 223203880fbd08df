-- Every object of the extension, so that none comes or goes unnoticed.
SELECT pg_describe_object(classid, objid, objsubid) AS object
FROM pg_depend
WHERE refclassid = 'pg_extension'::regclass AND deptype = 'e'
    AND refobjid = (SELECT oid FROM pg_extension WHERE extname = 'pg_intent')
    AND classid <> 'pg_proc'::regclass
    AND pg_describe_object(classid, objid, objsubid) !~ '^type (.*\[\]|intent_models|intent_model_versions|intent_model_list)$'
ORDER BY pg_describe_object(classid, objid, objsubid) COLLATE "C";

SELECT p.oid::regprocedure AS function, p.prokind AS kind, p.provolatile AS volatile,
    p.proparallel AS parallel, p.proisstrict AS strict, p.prosecdef AS definer, p.procost AS cost
FROM pg_proc p
JOIN pg_depend d ON d.classid = 'pg_proc'::regclass AND d.objid = p.oid AND d.deptype = 'e'
WHERE d.refobjid = (SELECT oid FROM pg_extension WHERE extname = 'pg_intent')
ORDER BY p.oid::regprocedure::text COLLATE "C";

SELECT aggfnoid::regprocedure AS aggregate, aggcombinefn, aggserialfn, aggdeserialfn, aggfinalfn,
    aggfinalmodify, aggtransspace
FROM pg_aggregate
JOIN pg_depend ON classid = 'pg_proc'::regclass AND objid = aggfnoid AND deptype = 'e'
WHERE refobjid = (SELECT oid FROM pg_extension WHERE extname = 'pg_intent')
ORDER BY aggfnoid::regprocedure::text COLLATE "C";

-- What pg_dump takes along.
SELECT extconfig::regclass[] FROM pg_extension WHERE extname = 'pg_intent';
