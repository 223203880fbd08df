-- How likely a customer recorded so is truly campaign-driven: the audit of what attribution missed.
SELECT save_model('audit', train_intent_model(f, observed_segment, exposed, '{"epochs": 20}'))
FROM customers c, LATERAL (SELECT c.recency, c.frequency, c.discount_share, c.app_user, c.email_opens, c.tier) f;
CREATE TEMP TABLE audited AS
SELECT c.*, correct_label(c, observed_segment, exposed, 'audit') AS t, campaign_intent(c, 'audit') AS intent FROM customers c;

-- 1 where labelled so, 0 where surely not, between where it is hidden.
SELECT observed_segment, exposed, min(t) = 0 AS none, max(t) = 1 AS certain, bool_and(t BETWEEN 0 AND 1) AS chances, min(t) < max(t) AS differ
FROM audited GROUP BY 1, 2 ORDER BY 1, 2;
-- It finds more of those who truly were than it leaves, and ranks them first.
SELECT avg(t) FILTER (WHERE true_segment = 'campaign_driven') > 2 * avg(t) FILTER (WHERE true_segment = 'organic') AS finds
FROM audited WHERE observed_segment = 'organic' AND exposed;
-- What the model reports as corrected is what it corrects.
SELECT labels_corrected = (SELECT count(*) FROM audited WHERE observed_segment = 'organic' AND t > 0.5) AS same,
    abs(labels_corrected_total - (SELECT sum(t) FROM audited WHERE observed_segment = 'organic')) < 0.1 AS total
FROM model_info('audit');
-- NULL exposure is exposed; other NULLs give NULL; by value, by name, by the default model.
SELECT correct_label(c, 'organic', NULL, 'audit') = correct_label(c, 'organic', true, 'audit') AS exposed,
    correct_label(c, 'organic', false, 'audit') AS unexposed,
    correct_label(c, 'campaign_driven', false, 'audit') AS impossible,
    correct_label(c, NULL, true, 'audit') AS unknown,
    correct_label(NULL::customers, 'organic', true, 'audit') AS no_customer,
    correct_label(c, 'organic', true, NULL::intent_model) AS no_model,
    correct_label(c, 'organic', true, active_model('audit')) = correct_label(c, 'organic', true, 'audit') AS by_value
FROM customers c WHERE customer_id = 1;
SET pg_intent.default_model = 'audit';
SELECT correct_label(c, 'organic', true) = correct_label(c, 'organic', true, 'audit') AS by_default FROM customers c WHERE customer_id = 1;
RESET pg_intent.default_model;
SELECT correct_label(ARRAY[1, 2, 0.5], 'organic', true, model) BETWEEN 0 AND 1 AS array FROM models WHERE kind = 'array';
SELECT * FROM failure($$SELECT correct_label(c, 'bought', true, 'audit') FROM customers c$$);
SELECT * FROM failure($$SELECT correct_label(c, 'organic', true, 'nobody') FROM customers c$$);

-- With groups, each customer's own label frequency counts; without correction, nothing is hidden.
SET client_min_messages = error;
CREATE TEMP TABLE shop AS SELECT * FROM simulate_customers(8000, exposed_share => 1.0);
UPDATE shop SET observed_segment = 'organic' WHERE app_user AND customer_id % 4 > 0 AND observed_segment = 'campaign_driven';
CREATE TEMP TABLE trained AS
SELECT train_intent_model(f, observed_segment, '{"attribution_by": "app_user"}') AS grouped,
    train_intent_model(f, observed_segment, '{"correction": "none", "epochs": 10}') AS plain
FROM shop s, LATERAL (SELECT s.recency, s.frequency, s.discount_share, s.email_opens, s.app_user) f;
SELECT attribution_values, attribution_label_frequencies[1] > attribution_label_frequencies[2] + 0.2 AS differ FROM trained, model_info(grouped);
SELECT avg(correct_label(f, 'organic', true, grouped)) FILTER (WHERE s.app_user) > avg(correct_label(f, 'organic', true, grouped)) FILTER (WHERE NOT s.app_user) AS by_group,
    max(correct_label(f, 'organic', true, plain)) AS none
FROM trained, shop s, LATERAL (SELECT s.recency, s.frequency, s.discount_share, s.email_opens, s.app_user) f WHERE customer_id <= 500;
SELECT drop_model('audit');
