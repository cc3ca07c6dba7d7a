-- A delete in the catalog removes the whole row; deletes in the other streams clear their columns.
--
--   tarn run examples/row_removal/row_removal.sql --warehouse /tmp/lake
--
-- Read README.md beside this file before you choose this: it does not give what a join gives.

SET 'pipeline.name' = 'row_removal';
CREATE DATABASE IF NOT EXISTS shop;
USE shop;

CREATE TEMPORARY TABLE catalog_changes (
  product_id   BIGINT,
  product_name STRING,
  pos          STRING METADATA FROM 'event-position' VIRTUAL,
  PRIMARY KEY (product_id) NOT ENFORCED
) WITH (
  'connector' = 'filesystem', 'format' = 'debezium-json',
  'path' = '${dir}/../../tests/data/debezium-postgres/schema/shop.catalog.products.jsonl.gz'
);

CREATE TEMPORARY TABLE pricing_changes (
  product_id BIGINT,
  price      DECIMAL(10, 2),
  pos        STRING METADATA FROM 'event-position' VIRTUAL,
  PRIMARY KEY (product_id) NOT ENFORCED
) WITH (
  'connector' = 'filesystem', 'format' = 'debezium-json',
  'path' = '${dir}/../../tests/data/debezium-postgres/schema/shop.pricing.prices.jsonl.gz'
);

CREATE TABLE IF NOT EXISTS listed_products (
  product_id   BIGINT,
  product_name STRING,
  catalog_pos  STRING,
  price        DECIMAL(10, 2),
  pricing_pos  STRING,
  PRIMARY KEY (product_id) NOT ENFORCED
) WITH (
  'merge-engine' = 'partial-update',
  'bucket' = '2',
  'write-only' = 'true',
  'fields.catalog_pos.sequence-group' = 'product_name',
  'fields.pricing_pos.sequence-group' = 'price',
  'partial-update.remove-record-on-sequence-group' = 'catalog_pos'
);

-- Prices first, the catalog last: a row that was removed stays away only if nobody writes its key
-- afterwards.
INSERT INTO listed_products (product_id, price, pricing_pos)
  SELECT product_id, price, pos FROM pricing_changes;
INSERT INTO listed_products (product_id, product_name, catalog_pos)
  SELECT product_id, product_name, pos FROM catalog_changes;

SET 'execution.runtime-mode' = 'batch';
SELECT COUNT(*) AS products, COUNT(price) AS priced, COUNT(product_name) AS named
FROM listed_products;
