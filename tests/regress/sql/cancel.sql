-- A training can be stopped at any moment, and the session goes on.
SET pg_intent.progress = off;
SET client_min_messages = error;
SET statement_timeout = '300ms';
SELECT train_intent_model(f, observed_segment, exposed, '{"epochs": 1000, "patience": 1000, "hidden_layers": [256, 256]}')
    FROM customers c, LATERAL (SELECT c.recency, c.frequency, c.tier) f;
RESET statement_timeout;
SELECT train_intent_model(ARRAY[recency], observed_segment, exposed, '{"epochs": 10, "hidden_layers": [2]}') IS NOT NULL AS trained FROM customers;
