#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# What `make demo` runs: five recorded change streams flow into one wide table; then a look at it.
#
#   TARN_DEMO_DIR=DIR   the warehouse, /tmp/tarn-demo by default; emptied first
#   TARN=PROGRAM        the program, build/release/tarn by default
set -euo pipefail
here="$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)"
tarn="${TARN:-$here/../../build/release/tarn}"
lake="${TARN_DEMO_DIR:-/tmp/tarn-demo}"
marker="$lake/.made-by-tarn-demo"

# Only a folder that an earlier demo of this user made is emptied.
if [ -e "$lake" ] && { [ ! -O "$lake" ] || [ ! -e "$marker" ]; }; then
  echo "demo: $lake is there and not of the demo; choose another with TARN_DEMO_DIR" >&2
  exit 1
fi
rm -rf "$lake"
mkdir -p "$lake"
touch "$marker"

say() { printf '\n%s\n' "$*"; }
query() { "$tarn" sql --warehouse "$lake" --output table --quiet -e "$1"; }

say "Five Debezium topics of one PostgreSQL database, one table, nothing joined:"
started=$(date +%s%N)
"$tarn" run "$here/product_360.sql" --warehouse "$lake" --output table
millis=$((($(date +%s%N) - started) / 1000000))

say "One product, and what each source gave it (where the change stood in its source):"
query "
  SELECT 'catalog' AS source, CONCAT(product_name, ', ', brand) AS gave, catalog_pos AS stood_at
    FROM shop.product_360 WHERE product_id = 121
  UNION ALL SELECT 'pricing', CONCAT(CAST(price AS STRING), ' until ', CAST(sale_ends AS STRING)),
      pricing_pos FROM shop.product_360 WHERE product_id = 121
  UNION ALL SELECT 'lifecycle', CONCAT('discontinued on ', CAST(discontinue_date AS STRING)),
      lifecycle_pos FROM shop.product_360 WHERE product_id = 121
  UNION ALL SELECT 'reviews', CONCAT(CAST(review_cnt AS STRING), ' reviews'), reviews_pos
    FROM shop.product_360 WHERE product_id = 121
  UNION ALL SELECT 'questions', CONCAT(CAST(COUNT(*) AS STRING), ' open'), MAX(pos)
    FROM shop.questions WHERE product_id = 121 AND NOT answered"

say "Its snapshots and its files:"
query 'SELECT snapshot_id, commit_kind, commit_time, total_record_count
         FROM shop.`product_360$snapshots`'
query 'SELECT `level`, COUNT(*) AS files, SUM(record_count) AS row_count
         FROM shop.`product_360$files` GROUP BY `level` ORDER BY `level`' 2> /dev/null ||
  echo "$(ls "$lake"/shop.db/product_360/bucket-*/data-* | wc -l) data files in all:" \
    "older snapshots still need those from before the compaction"

say "Done in $millis ms. The table is an Apache Paimon table: $lake/shop.db/product_360"
echo "Ask it something yourself:"
echo "  $(realpath --relative-to="$PWD" "$tarn") sql --warehouse $lake" \
  "-e 'SELECT brand, COUNT(*) FROM shop.product_360 GROUP BY brand'"
