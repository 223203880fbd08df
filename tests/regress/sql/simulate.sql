-- simulate_customers: the same customers for the same seed, with the shares asked for.
SELECT count(*), count(DISTINCT customer_id) AS ids, min(customer_id), max(customer_id) FROM simulate_customers(1000);
SELECT count(*) AS columns FROM information_schema.columns WHERE table_name = 'customers';
SELECT count(*) FROM ((TABLE customers) EXCEPT SELECT * FROM simulate_customers(2000)) d;
SELECT count(*) FROM (SELECT * FROM simulate_customers(100) INTERSECT SELECT * FROM simulate_customers(100, seed => 2)) s;
SELECT count(*) FROM (SELECT * FROM simulate_customers(100) EXCEPT SELECT * FROM simulate_customers(200)) first;
SELECT abs(avg(exposed::int) - 0.6) < 0.05 AS exposed,
    abs(avg((observed_segment = 'organic')::int) FILTER (WHERE true_segment = 'campaign_driven') - 0.4) < 0.05 AS missing,
    bool_and(observed_segment = true_segment OR (true_segment = 'campaign_driven' AND observed_segment = 'organic')) AS otherwise_true,
    bool_and(exposed OR true_segment <> 'campaign_driven') AS moved_when_exposed
FROM simulate_customers(5000);
SELECT bool_and(exposed) AS all_exposed, bool_and(observed_segment = true_segment) AS all_seen FROM simulate_customers(500, 0, 1);
SELECT count(*) FROM simulate_customers(0);
SELECT count(*) FROM simulate_customers(NULL);
SELECT count(*) FROM (SELECT simulate_customers(3)) s;
SELECT * FROM failure('SELECT * FROM simulate_customers(-1)');
SELECT * FROM failure('SELECT * FROM simulate_customers(1, 1.5)');
SELECT * FROM failure('SELECT * FROM simulate_customers(1, ''NaN'')');
SELECT * FROM failure('SELECT * FROM simulate_customers(1, 0.4, 0)');
-- Can be cancelled.
SET statement_timeout = '200ms';
SELECT count(*) FROM simulate_customers(100000000);
RESET statement_timeout;
