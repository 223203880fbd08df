-- Segments that can be selected on: each rule of option segment_rule, and where the rows allow none.
SET client_min_messages = error;
-- One customer in six engages, as in a real campaign: by the most probable segment hardly anybody does.
CREATE TABLE rare AS
SELECT recency, frequency, discount_share, app_user, exposed, CASE WHEN customer_id % 5 = 0 THEN observed_segment ELSE 'low_engagement' END AS observed_segment
FROM simulate_customers(6000);
CREATE TABLE ruled AS
SELECT rule, train_intent_model(f, observed_segment, exposed, jsonb_build_object('segment_rule', rule, 'ensemble', 1, 'epochs', 10, 'hidden_layers', '[4]'::jsonb)) AS model
FROM rare r, LATERAL (SELECT r.recency, r.frequency, r.discount_share, r.app_user) f, unnest(ARRAY['expected_size', 'most_probable', 'over_represented', NULL]) AS rule
GROUP BY rule;

SELECT rule, segment_rule, options->>'segment_rule' AS option, round(expected_low_engagement + expected_organic + expected_campaign_driven) AS expected, given_low_engagement + given_organic + given_campaign_driven AS given,
    abs(given_organic / expected_organic - 1) < 0.1 AS organic, abs(given_campaign_driven / expected_campaign_driven - 1) < 0.1 AS campaign_driven
FROM ruled, model_info(model) ORDER BY rule;
-- The sizes are those that scoring gives, and every function names the same segment.
SELECT rule, count(*) FILTER (WHERE s = 'organic') = max(given_organic) AS organic, count(*) FILTER (WHERE s = 'campaign_driven') = max(given_campaign_driven) AS campaign_driven,
    count(*) FILTER (WHERE s <> (score_customer(r, model)).segment) AS differ
FROM ruled, model_info(model), rare r, LATERAL (SELECT segment_customer(r, model) AS s) scored GROUP BY rule ORDER BY rule;
-- The probabilities do not depend on the rule, and an intent above one half is not the segment.
SELECT count(*) FILTER (WHERE (a).p_organic <> (b).p_organic OR (a).campaign_intent <> (b).campaign_intent) AS differ, bool_or((a).segment = 'campaign_driven') AS expected_size,
    count(*) FILTER (WHERE (b).segment = 'campaign_driven') < 0.5 * count(*) FILTER (WHERE (a).segment = 'campaign_driven') AS fewer_by_most_probable,
    count(*) FILTER (WHERE CASE (b).segment WHEN 'campaign_driven' THEN (b).p_campaign_driven WHEN 'organic' THEN (b).p_organic ELSE (b).p_low_engagement END
        <> greatest((b).p_campaign_driven, (b).p_organic, (b).p_low_engagement)) AS not_most_probable,
    bool_or((a).campaign_intent > 0.5 AND (a).segment <> 'campaign_driven') AS intent_is_not_segment
FROM (SELECT score_customer(r, e.model) AS a, score_customer(r, p.model) AS b FROM rare r, ruled e, ruled p WHERE e.rule = 'expected_size' AND p.rule = 'most_probable') s;

-- One yes or no tells customers too little apart: the most probable segment, and a warning.
SELECT segment_rule, warnings[array_upper(warnings, 1)] AS warning
FROM (SELECT train_intent_model(ARRAY[app_user::int], observed_segment, exposed, '{"ensemble": 1, "epochs": 10, "hidden_layers": [4]}') AS model FROM rare) t, model_info(model);
-- A campaign without effect has no campaign-driven customers.
SELECT segment_rule, given_campaign_driven, abs(given_organic / expected_organic - 1) < 0.1 AS organic
FROM (SELECT train_intent_model(ARRAY[recency, frequency, discount_share], CASE observed_segment WHEN 'low_engagement' THEN observed_segment ELSE 'organic' END, '{"ensemble": 1, "epochs": 10, "hidden_layers": [4]}') AS model FROM rare) t, model_info(model);

-- Without a campaign label there is nothing to compare segments with.
SELECT validation_macro_f1, one_stage_macro_f1, logistic_macro_f1, validation_qini IS NOT NULL AS qini
FROM (SELECT train_intent_model(ARRAY[recency, frequency, discount_share], CASE observed_segment WHEN 'low_engagement' THEN observed_segment ELSE 'organic' END, exposed, '{"ensemble": 1, "epochs": 10, "hidden_layers": [4]}') AS model FROM customers) t, model_info(model);

SELECT default_value, range FROM train_options() WHERE name = 'segment_rule';
SELECT * FROM failure($$SELECT train_intent_model(ARRAY[recency], observed_segment, '{"segment_rule": "largest"}') FROM customers$$);
DROP TABLE rare, ruled;
