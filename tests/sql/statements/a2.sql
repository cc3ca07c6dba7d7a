CREATE CATALOG c WITH ('type'='paimon','warehouse'='file:${warehouse}');
USE CATALOG c;
CREATE TEMPORARY TABLE src_pricing (product_id BIGINT, price DECIMAL(10,2), sale_ends DATE, op_ts TIMESTAMP(3)) WITH ('connector'='filesystem','path'='file:${dir}/product_360/pricing.debezium.jsonl','format'='debezium-json');
CREATE TEMPORARY TABLE questions_stream (question_id BIGINT, product_id BIGINT, op_ts TIMESTAMP(3)) WITH ('connector'='filesystem','path'='file:${dir}/product_360/questions.debezium.jsonl','format'='debezium-json');
CREATE TEMPORARY TABLE src_catalog (product_id BIGINT, product_name STRING, brand STRING, op_ts TIMESTAMP(3)) WITH ('connector'='filesystem','path'='file:${dir}/product_360/catalog.debezium.jsonl','format'='debezium-json');
SET 'table.exec.sink.upsert-materialize'='NONE';
-- A.7 CDC delete into the literal (group-less) table
CREATE TABLE a7 (product_id BIGINT, product_name STRING, price DECIMAL(10,2), sale_ends DATE, PRIMARY KEY (product_id) NOT ENFORCED) WITH ('bucket'='1','merge-engine'='partial-update','partial-update.remove-record-on-delete'='false','fields.price.ignore-retract'='false');
INSERT INTO a7 (product_id, product_name) VALUES (42,'Lamp'),(43,'Desk');
INSERT INTO a7 (product_id, price, sale_ends) SELECT product_id, price, sale_ends FROM src_pricing;
SELECT 1;
CREATE TABLE a7i (product_id BIGINT, product_name STRING, price DECIMAL(10,2), sale_ends DATE, PRIMARY KEY (product_id) NOT ENFORCED) WITH ('bucket'='1','merge-engine'='partial-update','ignore-delete'='true');
INSERT INTO a7i (product_id, product_name) VALUES (42,'Lamp'),(43,'Desk');
INSERT INTO a7i (product_id, price, sale_ends) SELECT product_id, price, sale_ends FROM src_pricing;
--@ rows=10 seconds=6
SELECT * FROM a7i /*+ OPTIONS('scan.mode'='latest-full') */;
-- A.7w the same write with write-only: where does it fail?
CREATE TABLE a7w (product_id BIGINT, product_name STRING, price DECIMAL(10,2), sale_ends DATE, PRIMARY KEY (product_id) NOT ENFORCED) WITH ('bucket'='1','merge-engine'='partial-update','write-only'='true');
INSERT INTO a7w (product_id, product_name) VALUES (42,'Lamp'),(43,'Desk');
INSERT INTO a7w (product_id, price, sale_ends) SELECT product_id, price, sale_ends FROM src_pricing;
SET 'execution.runtime-mode'='batch';
SELECT * FROM a7w;
CALL sys.compact(`table` => 'default.a7w');
SET 'execution.runtime-mode'='streaming';
-- A.7b option 2 as spelled on the whole table, price deleted
CREATE TABLE a7b (product_id BIGINT, product_name STRING, price DECIMAL(10,2), sale_ends DATE, PRIMARY KEY (product_id) NOT ENFORCED) WITH ('bucket'='1','merge-engine'='partial-update','partial-update.remove-record-on-delete'='true');
INSERT INTO a7b (product_id, product_name) VALUES (42,'Lamp'),(43,'Desk');
INSERT INTO a7b (product_id, price, sale_ends) SELECT product_id, price, sale_ends FROM src_pricing;
SET 'execution.runtime-mode'='batch';
SELECT * FROM a7b;
SELECT * FROM a7i;
SET 'execution.runtime-mode'='streaming';
-- A.8 pattern A as spelled (clock = MAX(op_ts)) with deletes
CREATE TABLE a8 (product_id BIGINT, open_question_cnt BIGINT, questions_op_ts TIMESTAMP(3), PRIMARY KEY (product_id) NOT ENFORCED) WITH ('bucket'='1','merge-engine'='partial-update','fields.questions_op_ts.sequence-group'='open_question_cnt','changelog-producer'='lookup');
INSERT INTO a8 (product_id, open_question_cnt, questions_op_ts) SELECT product_id, COUNT(*), MAX(op_ts) FROM questions_stream GROUP BY product_id;
CREATE TABLE a8i (product_id BIGINT, open_question_cnt BIGINT, questions_op_ts TIMESTAMP(3), PRIMARY KEY (product_id) NOT ENFORCED) WITH ('bucket'='1','merge-engine'='partial-update');
INSERT INTO a8i (product_id, open_question_cnt, questions_op_ts) SELECT product_id, COUNT(*), MAX(op_ts) FROM questions_stream GROUP BY product_id;
CREATE TABLE a8j (product_id BIGINT, open_question_cnt BIGINT, PRIMARY KEY (product_id) NOT ENFORCED) WITH ('bucket'='1','merge-engine'='partial-update','ignore-delete'='true');
INSERT INTO a8j SELECT product_id, COUNT(*) FROM questions_stream GROUP BY product_id;
SET 'execution.runtime-mode'='batch';
SELECT * FROM a8;
SELECT * FROM a8$audit_log;
SELECT * FROM a8i;
SELECT * FROM a8j;
-- the raw aggregate stream, for comparison
SET 'execution.runtime-mode'='streaming';
--@ seconds=10
SELECT product_id, COUNT(*) AS c, MAX(op_ts) AS m FROM questions_stream GROUP BY product_id;
-- A.9 per-source delete policy: catalog drops the row, pricing clears
CREATE TABLE a9 (product_id BIGINT, product_name STRING, brand STRING, catalog_op_ts TIMESTAMP(3), price DECIMAL(10,2), sale_ends DATE, pricing_op_ts TIMESTAMP(3), PRIMARY KEY (product_id) NOT ENFORCED) WITH ('bucket'='1','merge-engine'='partial-update','fields.catalog_op_ts.sequence-group'='product_name,brand','fields.pricing_op_ts.sequence-group'='price,sale_ends','partial-update.remove-record-on-sequence-group'='catalog_op_ts');
INSERT INTO a9 (product_id, price, sale_ends, pricing_op_ts) SELECT product_id, price, sale_ends, op_ts FROM src_pricing;
INSERT INTO a9 (product_id, product_name, brand, catalog_op_ts) SELECT product_id, product_name, brand, op_ts FROM src_catalog;
SET 'execution.runtime-mode'='batch';
SELECT * FROM a9;
INSERT INTO a9 (product_id, price, sale_ends, pricing_op_ts) VALUES (44, 7.00, CAST(NULL AS DATE), TIMESTAMP '2026-01-01 00:01:00');
SELECT * FROM a9;
DELETE FROM a9 WHERE product_id = 42;
SELECT * FROM a9;
-- A.10 changelog: what does a partial-update table emit by default and with each producer
SET 'execution.runtime-mode'='streaming';
--@ rows=5 seconds=6
SELECT * FROM a9;
CREATE TABLE a10i (product_id BIGINT, n STRING, p INT, PRIMARY KEY (product_id) NOT ENFORCED) WITH ('bucket'='1','merge-engine'='partial-update','changelog-producer'='input');
CREATE TABLE a10l (product_id BIGINT, n STRING, p INT, PRIMARY KEY (product_id) NOT ENFORCED) WITH ('bucket'='1','merge-engine'='partial-update','changelog-producer'='lookup');
CREATE TABLE a10f (product_id BIGINT, n STRING, p INT, PRIMARY KEY (product_id) NOT ENFORCED) WITH ('bucket'='1','merge-engine'='partial-update','changelog-producer'='full-compaction','full-compaction.delta-commits'='1');
INSERT INTO a10i (product_id, n) VALUES (1,'a');
INSERT INTO a10i (product_id, p) VALUES (1,10);
INSERT INTO a10l (product_id, n) VALUES (1,'a');
INSERT INTO a10l (product_id, p) VALUES (1,10);
INSERT INTO a10f (product_id, n) VALUES (1,'a');
INSERT INTO a10f (product_id, p) VALUES (1,10);
--@ rows=4 seconds=5
SELECT * FROM a10i /*+ OPTIONS('scan.mode'='from-snapshot','scan.snapshot-id'='1','continuous.discovery-interval'='200 ms') */;
--@ rows=4 seconds=5
SELECT * FROM a10l /*+ OPTIONS('scan.mode'='from-snapshot','scan.snapshot-id'='1','continuous.discovery-interval'='200 ms') */;
--@ rows=4 seconds=5
SELECT * FROM a10f /*+ OPTIONS('scan.mode'='from-snapshot','scan.snapshot-id'='1','continuous.discovery-interval'='200 ms') */;

--@ rows=4 seconds=5
SELECT * FROM a8$audit_log /*+ OPTIONS('scan.mode'='from-snapshot','scan.snapshot-id'='1','continuous.discovery-interval'='200 ms') */;
