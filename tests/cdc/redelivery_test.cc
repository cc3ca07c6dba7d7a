// SPDX-License-Identifier: Apache-2.0
#include "tarn/cdc/redelivery.h"

#include <gtest/gtest.h>

#include "tarn/cdc/event_position.h"

namespace tarn::cdc {
namespace {

SourceInfo Postgres(std::string_view sequence, uint64_t lsn,
                    std::string_view snapshot = "false") {
  SourceInfo source;
  source.present = true;
  source.connector = "postgresql";
  source.name = "shop";
  source.table = "t";
  source.sequence = sequence;
  source.lsn = lsn;
  source.snapshot = snapshot;
  return source;
}

SourceInfo MariaDb(std::string_view file, uint64_t pos, uint64_t row = 0) {
  SourceInfo source;
  source.present = true;
  source.connector = "mariadb";
  source.name = "shop";
  source.file = file;
  source.pos = pos;
  source.row = row;
  return source;
}

Message At(int32_t partition) {
  Message message;
  message.topic = "t";
  message.partition = partition;
  message.has_place = true;
  return message;
}

std::string Position(const SourceInfo& source) {
  std::string out;
  EXPECT_EQ(EventPosition(source, At(0), &out), PositionKind::kSource);
  return out;
}

TEST(EventPosition, SortsAsPostgresCommits) {
  const std::vector<SourceInfo> order = {
      Postgres("[null,\"900\"]", 900, "last"),  // a snapshot row
      Postgres("[null,\"850\"]", 850),      // begun before the snapshot, committed after
      Postgres("[\"1000\",\"870\"]", 870),  // a long transaction that committed later
      Postgres("[\"1000\",\"1100\"]", 1100),
      Postgres("[\"20000\",\"15000\"]",
               15000),  // as text without padding it would not sort
  };
  for (size_t i = 1; i < order.size(); ++i) {
    EXPECT_LT(Position(order[i - 1]), Position(order[i])) << i;
  }
  // Rows of incremental snapshots stand in the stream.
  EXPECT_EQ(Position(Postgres("[\"1000\",\"1100\"]", 1100, "incremental")),
            Position(Postgres("[\"1000\",\"1100\"]", 1100)));
}

TEST(EventPosition, SortsAsTheBinlogGrows) {
  const std::vector<SourceInfo> order = {
      MariaDb("binlog.000001", 4),      MariaDb("binlog.000001", 560),
      MariaDb("binlog.000001", 560, 1), MariaDb("binlog.000001", 560, 10),
      MariaDb("binlog.000001", 10000),  MariaDb("binlog.000002", 4),
      MariaDb("binlog.999999", 4),      MariaDb("binlog.1000000", 4)};
  for (size_t i = 1; i < order.size(); ++i) {
    EXPECT_LT(Position(order[i - 1]), Position(order[i])) << i;
  }
}

TEST(EventPosition, FallsBackToPartitionAndOffsetOrToNothing) {
  SourceInfo other;
  other.connector = "oracle";
  std::string out;
  EXPECT_EQ(EventPosition(other, At(3), &out), PositionKind::kPlace);
  EXPECT_EQ(out, "00000000000000000003.00000000000000000000");
  EXPECT_EQ(EventPosition(other, Message(), &out), PositionKind::kNone);
  // A source that is known but says nothing is not given the offset: the two do not
  // compare.
  SourceInfo broken = Postgres("nonsense", 5);
  EXPECT_EQ(EventPosition(broken, At(3), &out), PositionKind::kNone);
  broken = MariaDb("binlog", 5);
  EXPECT_EQ(EventPosition(broken, At(3), &out), PositionKind::kNone);
}

TEST(RedeliveryFilter, KnowsWhatLiesBeforeTheLastPositionOfItsPartition) {
  RedeliveryFilter filter;
  const SourceInfo source = Postgres("[\"1\",\"2\"]", 2);
  const auto seen = [&](int partition, std::string_view position,
                        Operation op = Operation::kUpdate, std::string_view key = "k") {
    return filter.IsRedelivered(At(partition), source, op, position, key);
  };
  EXPECT_FALSE(seen(0, "10"));
  EXPECT_FALSE(seen(0, "20"));
  EXPECT_TRUE(seen(0, "10"));
  EXPECT_TRUE(seen(0, "20"));
  EXPECT_FALSE(seen(1, "10"));  // another partition
  // The delete and create of a primary-key change, and rows of one insert, share a
  // position.
  EXPECT_FALSE(seen(0, "30", Operation::kDelete, "old"));
  EXPECT_FALSE(seen(0, "30", Operation::kCreate, "new"));
  EXPECT_TRUE(seen(0, "30", Operation::kDelete, "old"));
  EXPECT_TRUE(seen(0, "30", Operation::kCreate, "new"));
  EXPECT_FALSE(seen(0, "30", Operation::kCreate, "newer"));
}

TEST(RedeliveryFilter, LetsSnapshotRowsAndBareLinesPass) {
  RedeliveryFilter filter;
  const SourceInfo source = Postgres("[\"1\",\"2\"]", 2);
  EXPECT_FALSE(filter.IsRedelivered(At(0), source, Operation::kUpdate, "9", "k"));
  EXPECT_FALSE(filter.IsRedelivered(At(0), source, Operation::kRead, "0", "k"));
  EXPECT_FALSE(filter.IsRedelivered(At(0), source, Operation::kRead, "0", "k"));
  EXPECT_FALSE(filter.IsRedelivered(Message(), source, Operation::kUpdate, "1", "k"));
  EXPECT_FALSE(filter.IsRedelivered(Message(), source, Operation::kUpdate, "1", "k"));
}

TEST(RedeliveryFilter, TellsSourcesInOnePartitionApart) {
  RedeliveryFilter filter;
  SourceInfo one = MariaDb("binlog.000001", 1);
  SourceInfo two = one;
  two.name = "other";
  SourceInfo failover = one;
  failover.server_id = 2;
  EXPECT_FALSE(filter.IsRedelivered(At(0), one, Operation::kUpdate, "9", "k"));
  EXPECT_FALSE(filter.IsRedelivered(At(0), two, Operation::kUpdate, "1", "k"));
  EXPECT_FALSE(filter.IsRedelivered(At(0), failover, Operation::kUpdate, "1", "k"));
}

TEST(RedeliveryFilter, GoesOnFromItsStoredState) {
  RedeliveryFilter filter;
  const SourceInfo source = Postgres("[\"1\",\"2\"]", 2);
  filter.IsRedelivered(At(0), source, Operation::kDelete, "30", "old");
  filter.IsRedelivered(At(0), source, Operation::kCreate, "30", "new");
  filter.IsRedelivered(At(1), source, Operation::kCreate, "7", "x");
  RedeliveryFilter again;
  ASSERT_TRUE(again.Restore(filter.Save()).ok());
  EXPECT_EQ(again.Save(), filter.Save());
  EXPECT_TRUE(again.IsRedelivered(At(0), source, Operation::kDelete, "30", "old"));
  EXPECT_TRUE(again.IsRedelivered(At(0), source, Operation::kDelete, "29", "any"));
  EXPECT_FALSE(again.IsRedelivered(At(0), source, Operation::kCreate, "30", "third"));
  for (const char* bad : {"", "|0123456789abcdef", "1|", "1|xyz", "1|0123456789abcde",
                          "1|0123456789abcdef|", "1|0123456789abcdefg"}) {
    EXPECT_EQ(KindOf(again.Restore({{"p", bad}})), ErrorKind::kCorruption) << bad;
  }
}

TEST(TruncateHorizon, CoversOlderEventsOfItsTableOnly) {
  TruncateHorizon horizon;
  const SourceInfo truncate = Postgres("[\"100\",\"150\"]", 150);
  EXPECT_FALSE(horizon.Covers(truncate, "0"));
  horizon.Raise(truncate, Position(truncate));
  const SourceInfo before = Postgres("[\"100\",\"140\"]", 140);
  const SourceInfo after = Postgres("[\"100\",\"160\"]", 160);
  EXPECT_TRUE(horizon.Covers(before, Position(before)));
  EXPECT_FALSE(horizon.Covers(after, Position(after)));
  SourceInfo other = before;
  other.table = "u";
  EXPECT_FALSE(horizon.Covers(other, Position(other)));
  // A snapshot row is older or newer by its own lsn: its position sorts before all
  // events.
  const SourceInfo old_row = Postgres("[null,\"90\"]", 90, "true");
  const SourceInfo new_row = Postgres("[\"190\",\"200\"]", 200, "true");
  EXPECT_TRUE(horizon.Covers(old_row, Position(old_row)));
  EXPECT_FALSE(horizon.Covers(new_row, Position(new_row)));
  // An older truncate changes nothing.
  horizon.Raise(before, Position(before));
  TruncateHorizon again;
  again.Restore({horizon.positions().begin(), horizon.positions().end()});
  EXPECT_EQ(again.positions(), horizon.positions());
  EXPECT_TRUE(again.Covers(before, Position(before)));
}

}  // namespace
}  // namespace tarn::cdc
