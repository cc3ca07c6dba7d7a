-- Five change streams become one row per product. Runs on Flink and on Tarn.
--
-- ${dir} is the folder of the five streams, ${warehouse} the warehouse; the answers are
-- in ${dir}/expected.jsonl.

-- Changes must reach the table as they are, without state of the engine's in between.
SET 'table.exec.sink.upsert-materialize'='NONE';
CREATE CATALOG lake WITH ('type'='paimon','warehouse'='file:${warehouse}');
USE CATALOG lake;
CREATE DATABASE db;
USE db;

-- The sources. Each declares its key, so an update arrives as its new image alone wherever
-- the table can do without the old one.
CREATE TEMPORARY TABLE src_catalog (product_id BIGINT, product_name STRING, brand STRING, op_ts TIMESTAMP(3), PRIMARY KEY (product_id) NOT ENFORCED) WITH ('connector'='filesystem','path'='file:${dir}/catalog.debezium.jsonl','format'='debezium-json');
CREATE TEMPORARY TABLE src_pricing (product_id BIGINT, price DECIMAL(10,2), sale_ends DATE, op_ts TIMESTAMP(3), PRIMARY KEY (product_id) NOT ENFORCED) WITH ('connector'='filesystem','path'='file:${dir}/pricing.debezium.jsonl','format'='debezium-json');
CREATE TEMPORARY TABLE src_lifecycle (product_id BIGINT, discontinue_date DATE, op_ts TIMESTAMP(3), PRIMARY KEY (product_id) NOT ENFORCED) WITH ('connector'='filesystem','path'='file:${dir}/lifecycle.debezium.jsonl','format'='debezium-json');
CREATE TEMPORARY TABLE src_reviews (review_id BIGINT, product_id BIGINT, stars INT, op_ts TIMESTAMP(3), PRIMARY KEY (review_id) NOT ENFORCED) WITH ('connector'='filesystem','path'='file:${dir}/reviews.debezium.jsonl','format'='debezium-json');
CREATE TEMPORARY TABLE src_questions (question_id BIGINT, product_id BIGINT, op_ts TIMESTAMP(3), PRIMARY KEY (question_id) NOT ENFORCED) WITH ('connector'='filesystem','path'='file:${dir}/questions.debezium.jsonl','format'='debezium-json');

-- A sequence group names its clock in the key and the columns the clock decides in the value.
-- A sum lives inside a group. Only the catalog removes a product; the others clear their own
-- columns.
CREATE TABLE product_360 (
  product_id        BIGINT,
  product_name      STRING,
  brand             STRING,
  catalog_op_ts     TIMESTAMP(3),
  price             DECIMAL(10, 2),
  sale_ends         DATE,
  pricing_op_ts     TIMESTAMP(3),
  discontinue_date  DATE,
  lifecycle_op_ts   TIMESTAMP(3),
  review_cnt        BIGINT,
  reviews_op_ts     TIMESTAMP(3),
  open_question_cnt BIGINT,
  questions_op_ts   TIMESTAMP(3),
  question_cnt_preagg BIGINT,
  PRIMARY KEY (product_id) NOT ENFORCED
) WITH (
  'merge-engine' = 'partial-update',
  'bucket' = '4',
  'write-only' = 'true',
  'changelog-producer' = 'lookup',
  'fields.catalog_op_ts.sequence-group'   = 'product_name,brand',
  'fields.pricing_op_ts.sequence-group'   = 'price,sale_ends',
  'fields.lifecycle_op_ts.sequence-group' = 'discontinue_date',
  'fields.reviews_op_ts.sequence-group'   = 'review_cnt',
  'fields.questions_op_ts.sequence-group' = 'open_question_cnt',
  'fields.review_cnt.aggregate-function'  = 'sum',
  'fields.open_question_cnt.aggregate-function' = 'sum',
  'partial-update.remove-record-on-sequence-group' = 'catalog_op_ts'
);

INSERT INTO product_360 (product_id, price, sale_ends, pricing_op_ts) SELECT product_id, price, sale_ends, op_ts FROM src_pricing;
INSERT INTO product_360 (product_id, discontinue_date, lifecycle_op_ts) SELECT product_id, discontinue_date, op_ts FROM src_lifecycle;
-- The table counts: 1 is added for a row and taken back when its row is deleted.
INSERT INTO product_360 (product_id, review_cnt, reviews_op_ts) SELECT product_id, CAST(1 AS BIGINT), op_ts FROM src_reviews;
INSERT INTO product_360 (product_id, open_question_cnt, questions_op_ts) SELECT product_id, CAST(1 AS BIGINT), op_ts FROM src_questions;
-- The engine counts, and the table stores what it is told. The last question of a product
-- leaves a delete that no group takes, so the count stays what it was.
INSERT INTO product_360 (product_id, question_cnt_preagg) SELECT product_id, COUNT(*) FROM src_questions GROUP BY product_id;
-- The catalog comes last: a product it removes would come back with the removed values if
-- another stream wrote its key afterwards and no compaction came between.
INSERT INTO product_360 (product_id, product_name, brand, catalog_op_ts) SELECT product_id, product_name, brand, op_ts FROM src_catalog;

SET 'execution.runtime-mode'='batch';
--@ sorted=true
SELECT * FROM product_360;
CALL sys.compact(`table` => 'db.product_360');
--@ sorted=true
SELECT * FROM product_360;
--@ sorted=true
SELECT * FROM product_360$audit_log;
