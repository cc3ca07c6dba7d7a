-- One wide, always-current row per product, assembled from five change streams that never
-- coordinate. Nothing is joined: each stream inserts its own columns, the table merges by key.
--
--   tarn run examples/product_360/product_360.sql --warehouse /tmp/lake
--
-- ${dir} is the folder of this script. On a Flink cluster the sources become Kafka topics with
-- 'value.format' = 'debezium-json'; the rest stays as it is (see README.md beside this file).

SET 'pipeline.name' = 'product_360';
SET 'execution.checkpointing.interval' = '1 s';
-- Commit after so many rows, too, so that there is something to merge. Flink keeps the key unread.
SET 'tarn.commit.rows' = '1000';

CREATE DATABASE IF NOT EXISTS shop;
USE shop;

-- ---------------------------------------------------------------- the five change streams

-- 'event-position' says where a change stood in its source: text that sorts in the order in
-- which the database applied its changes. A clock cannot do that: all events of a transaction
-- share one timestamp.
CREATE TEMPORARY TABLE catalog_changes (
  product_id   BIGINT,
  product_name STRING,
  brand        STRING,
  pos          STRING METADATA FROM 'event-position' VIRTUAL,
  PRIMARY KEY (product_id) NOT ENFORCED
) WITH (
  'connector' = 'filesystem', 'format' = 'debezium-json',
  'path' = '${dir}/../../tests/data/debezium-postgres/schema/shop.catalog.products.jsonl.gz'
);

CREATE TEMPORARY TABLE pricing_changes (
  product_id BIGINT,
  price      DECIMAL(10, 2),
  sale_ends  DATE,
  pos        STRING METADATA FROM 'event-position' VIRTUAL,
  PRIMARY KEY (product_id) NOT ENFORCED
) WITH (
  'connector' = 'filesystem', 'format' = 'debezium-json',
  'path' = '${dir}/../../tests/data/debezium-postgres/schema/shop.pricing.prices.jsonl.gz'
);

CREATE TEMPORARY TABLE lifecycle_changes (
  product_id       BIGINT,
  discontinue_date DATE,
  pos              STRING METADATA FROM 'event-position' VIRTUAL,
  PRIMARY KEY (product_id) NOT ENFORCED
) WITH (
  'connector' = 'filesystem', 'format' = 'debezium-json',
  'path' = '${dir}/../../tests/data/debezium-postgres/schema/shop.lifecycle.lifecycle.jsonl.gz'
);

-- The reviews' envelope read as plain JSON: every event is one inserted row, so that a count can
-- be fed with +1 for each after image and -1 for each before image. Sums of insertions cannot
-- drift; retractions into an aggregate can.
CREATE TEMPORARY TABLE review_events (
  `before` ROW<product_id BIGINT>,
  `after`  ROW<product_id BIGINT>,
  pos      STRING METADATA FROM 'event-position' VIRTUAL
) WITH (
  'connector' = 'filesystem', 'format' = 'json',
  'path' = '${dir}/../../tests/data/debezium-postgres/schema/shop.reviews.reviews.jsonl.gz'
);

CREATE TEMPORARY TABLE question_changes (
  product_id  BIGINT,
  question_no INT,
  answered    BOOLEAN,
  pos         STRING METADATA FROM 'event-position' VIRTUAL,
  PRIMARY KEY (product_id, question_no) NOT ENFORCED
) WITH (
  'connector' = 'filesystem', 'format' = 'debezium-json',
  'path' = '${dir}/../../tests/data/debezium-postgres/schema/shop.qa.questions.jsonl.gz'
);

-- ------------------------------------------------------------------------------ the tables

CREATE TABLE IF NOT EXISTS product_360 (
  product_id       BIGINT,
  product_name     STRING,
  brand            STRING,
  catalog_pos      STRING,
  price            DECIMAL(10, 2),
  sale_ends        DATE,
  pricing_pos      STRING,
  discontinue_date DATE,
  lifecycle_pos    STRING,
  review_cnt       BIGINT,
  reviews_pos      STRING,
  PRIMARY KEY (product_id) NOT ENFORCED
) WITH (
  'merge-engine' = 'partial-update',
  'bucket' = '2',
  'write-only' = 'true',
  -- The clock stands in the key of the option, the columns that it orders in the value. A
  -- delete in a stream clears the columns of its group, the row stays.
  'fields.catalog_pos.sequence-group'    = 'product_name,brand',
  'fields.pricing_pos.sequence-group'    = 'price,sale_ends',
  'fields.lifecycle_pos.sequence-group'  = 'discontinue_date',
  'fields.reviews_pos.sequence-group'    = 'review_cnt',
  'fields.review_cnt.aggregate-function' = 'sum'
);

-- A delete of a question carries its key and nothing else, so what it takes from a count cannot
-- be told from the event. The questions are mirrored instead, and counted below.
CREATE TABLE IF NOT EXISTS questions (
  product_id  BIGINT,
  question_no INT,
  answered    BOOLEAN,
  pos         STRING,
  PRIMARY KEY (product_id, question_no) NOT ENFORCED
) WITH (
  'bucket' = '1',
  'write-only' = 'true',
  'sequence.field' = 'pos'
);

-- ------------------------------------------------------------------------- five plain inserts

EXECUTE STATEMENT SET BEGIN
  INSERT INTO product_360 (product_id, product_name, brand, catalog_pos)
    SELECT product_id, product_name, brand, pos FROM catalog_changes;
  INSERT INTO product_360 (product_id, price, sale_ends, pricing_pos)
    SELECT product_id, price, sale_ends, pos FROM pricing_changes;
  INSERT INTO product_360 (product_id, discontinue_date, lifecycle_pos)
    SELECT product_id, discontinue_date, pos FROM lifecycle_changes;
  INSERT INTO product_360 (product_id, review_cnt, reviews_pos)
    SELECT `after`.product_id, CAST(1 AS BIGINT), pos FROM review_events
    WHERE `after` IS NOT NULL;
  INSERT INTO product_360 (product_id, review_cnt, reviews_pos)
    SELECT `before`.product_id, CAST(-1 AS BIGINT), pos FROM review_events
    WHERE `before` IS NOT NULL;
  INSERT INTO questions
    SELECT product_id, question_no, answered, pos FROM question_changes;
END;

SET 'execution.runtime-mode' = 'batch';

CALL sys.compact(`table` => 'shop.product_360');

-- --------------------------------------------------------------------------------- the answer

SELECT p.product_id, p.product_name, p.brand, p.price, p.sale_ends, p.discontinue_date,
       p.review_cnt, q.open_question_cnt
FROM product_360 AS p
LEFT JOIN (
  SELECT product_id, COUNT(*) AS open_question_cnt
  FROM questions WHERE NOT answered GROUP BY product_id
) AS q ON p.product_id = q.product_id
ORDER BY p.product_id
LIMIT 20;
