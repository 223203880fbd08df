-- model_report: a model as one page of HTML.
SET client_min_messages = error;
SET pg_intent.progress = off;
SELECT save_model('<script>alert(1)</script> & "co"', model) FROM models WHERE kind = 'row';
CREATE TEMP VIEW pages AS
SELECT model_report('<script>alert(1)</script> & "co"') AS by_name, model_report('<script>alert(1)</script> & "co"', 1) AS by_version,
    (SELECT model_report(model) FROM models WHERE kind = 'row') AS by_value;

-- The page is whole, escapes names, runs nothing and loads nothing.
SELECT by_name LIKE '<!doctype html>%</html>%' AS is_whole, by_name LIKE '%<svg%' AS has_pictures, by_name !~* '<script' AS has_no_script,
    by_name !~* '(src|href) *= *"?(https?:)?//' AS loads_nothing, by_name LIKE '%&lt;script&gt;alert(1)&lt;/script&gt; &amp; %' AS is_escaped
FROM pages;
-- Each feature and each warning is on it.
SELECT feature, strpos(by_name, feature) > 0 AS on_page FROM pages, model_features('<script>alert(1)</script> & "co"');
SELECT length(by_version) > 10000 AND by_version LIKE '%Version 1%' AS by_version, length(by_value) > 10000 AS by_value FROM pages;
-- The verdict is that of model_summary.
SELECT strpos(lower(by_name), lower(left(split_part(value, ': ', 1), 10))) > 0 AS same_verdict FROM pages, model_summary('<script>alert(1)</script> & "co"') WHERE item = 'does it work';
SELECT model_report(NULL::text) IS NULL AS no_name, model_report(NULL::intent_model) IS NULL AS no_model, model_report('x', NULL) IS NULL AS no_version;
SELECT * FROM failure($$SELECT model_report('no such model')$$);
SELECT * FROM failure($$SELECT model_report('<script>alert(1)</script> & "co"', 7)$$);
SELECT drop_model('<script>alert(1)</script> & "co"') AS versions;
