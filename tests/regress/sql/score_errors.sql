-- What scoring says of features and models that do not fit.
SELECT save_model('by row', model) FROM models WHERE kind = 'row';
SELECT save_model('by array', model) FROM models WHERE kind = 'array';

SELECT * FROM failure($$SELECT segment_customer(ARRAY[1])$$);
SELECT * FROM failure($$SELECT segment_customer(c, 'nobody') FROM customers c$$);
SELECT * FROM failure($$SELECT segment_customer(ARRAY[1, 2], 'by array')$$);
SELECT * FROM failure($$SELECT segment_customer('{}'::int[], 'by array')$$);
SELECT * FROM failure($$SELECT segment_customer(ARRAY[[1, 2, 3]], 'by array')$$);
SELECT * FROM failure($$SELECT segment_customer(ARRAY['a', 'b', 'c'], 'by array')$$);
SELECT * FROM failure($$SELECT segment_customer(ARRAY[true, true, false], 'by array')$$);
SELECT * FROM failure($$SELECT segment_customer(ARRAY[1, 2, 'Infinity'::float8], 'by array')$$);
SELECT * FROM failure($$SELECT segment_customer(ARRAY[1, 2, '-Infinity'::real], 'by array')$$);
SELECT * FROM failure($$SELECT segment_customer(ARRAY[1, 2, 1e400], 'by array')$$);
SELECT * FROM failure($$SELECT segment_customer(ARRAY[1, 2, 3], 'by row')$$);
SELECT segment_customer(ROW(1, 2, 3), 'by array') = segment_customer(ARRAY[1, 2, 3], 'by array') AS row_of_three;
SELECT * FROM failure($$SELECT segment_customer(ROW(1, 2), 'by array')$$);
SELECT * FROM failure($$SELECT segment_customer(ROW(1, 2, true), 'by array')$$);
SELECT * FROM failure($$SELECT segment_customer(f, 'by row') FROM customers c, LATERAL (SELECT c.recency, c.frequency, c.app_user) f$$);
SELECT * FROM failure($$SELECT segment_customer(f, 'by row') FROM customers c, LATERAL (SELECT c.recency::text, c.frequency, c.discount_share, c.app_user) f$$);
SELECT * FROM failure($$SELECT segment_customer(f, 'by row') FROM customers c, LATERAL (SELECT now() AS recency, c.frequency, c.discount_share, c.app_user) f$$);
SELECT * FROM failure($$SELECT segment_customer(f, 'by row') FROM customers c, LATERAL (SELECT c.recency, c.recency, c.frequency, c.discount_share, c.app_user) f$$);
SELECT * FROM failure($$SELECT segment_customer(f, 'by row') FROM customers c, LATERAL (SELECT 'Infinity'::float8 AS recency, c.frequency, c.discount_share, c.app_user) f$$);
-- PostgreSQL's own: an argument without a type.
SELECT * FROM failure($$SELECT segment_customer('{1,2,3}', 'by array')$$);
-- The session goes on.
SELECT segment_customer(c, 'by row') IS NOT NULL AS scored FROM customers c LIMIT 1;
SELECT drop_model('by row'), drop_model('by array');
