-- Results are filled by column name: a new column is NULL, a dropped one is left out, and the rest stay as they are.
SELECT save_model('results', model) FROM models WHERE kind = 'array';
CREATE VIEW shares AS SELECT * FROM feature_importance('results');
BEGIN;
ALTER TYPE feature_share ADD ATTRIBUTE later text;
SELECT feature, importance > 0 AS importance, later FROM feature_importance('results') ORDER BY feature;
ALTER TYPE customer_score ADD ATTRIBUTE later int;
ALTER TYPE customer_score DROP ATTRIBUTE p_organic;
SELECT (s).segment IS NOT NULL AS segment, (s).campaign_intent = campaign_intent(ARRAY[1, 2, 3], 'results') AS intent, (s).p_low_engagement > 0 AS low, (s).later
FROM (SELECT score_customer(ARRAY[1, 2, 3], 'results') AS s) q;
ALTER TYPE simulated_customer DROP ATTRIBUTE recency;
SELECT customer_id, exposed, observed_segment IS NOT NULL AS observed FROM simulate_customers(2);
ALTER TYPE recommended_campaign ADD ATTRIBUTE later text;
ALTER TYPE recommended_campaign DROP ATTRIBUTE campaign_intent;
SELECT (r).campaign, (r).campaign_uplift = (r).expected_value AS uplift, (r).later
FROM (SELECT recommend_campaign(ARRAY[1, 2, 3], ARRAY['results'], '{1}', '{0}') AS r) q;
ALTER TYPE uplift_metrics ADD ATTRIBUTE later text;
ALTER TYPE uplift_metrics DROP ATTRIBUTE rows_ignored;
SELECT (e).rows, (e).outcome_exposed, (e).later FROM (SELECT evaluate_uplift(1, true, 1) AS e) q;
ALTER TYPE uplift_bin ADD ATTRIBUTE later text;
SELECT bin, customers, later FROM unnest((SELECT uplift_bins(1, true, 1)));
-- Another type is an error, not a crash.
ALTER TYPE feature_contribution ALTER ATTRIBUTE contribution TYPE text;
SELECT * FROM failure($$SELECT * FROM explain_customer(ARRAY[1, 2, 3], 'results')$$);
ROLLBACK;
BEGIN;
ALTER TYPE uplift_metrics ALTER ATTRIBUTE rows TYPE text;
SELECT * FROM failure($$SELECT evaluate_uplift(1, true, 1)$$);
ROLLBACK;
-- A view keeps its columns when a type gains one.
BEGIN;
ALTER TYPE feature_share ADD ATTRIBUTE later text;
SELECT count(*) FROM shares;
ROLLBACK;
DROP VIEW shares;
-- A scrollable cursor reads a result backwards, also one that went to disk.
BEGIN;
SET LOCAL work_mem = '64kB';
DECLARE customers_back SCROLL CURSOR FOR SELECT customer_id, observed_segment IS NOT NULL AS observed FROM simulate_customers(2000);
MOVE ALL FROM customers_back;
FETCH BACKWARD 3 FROM customers_back;
COMMIT;
SELECT drop_model('results');
