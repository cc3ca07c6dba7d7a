// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "tarn/cdc/envelope.h"
#include "tarn/cdc/record.h"

namespace tarn::cdc {

/// Recognises events that a restarted connector delivered again.
///
/// Within a partition of a topic the positions of one source never go back, unless the
/// connector went back. So an event whose position lies before the last one is known, and
/// one at the last position is known if its operation and key (without a key: its images)
/// have been seen there: the delete and create of a primary-key change, and the rows of
/// one multi-row insert, share a position.
///
/// Rows of a snapshot (op r) always pass: they share one position, and a snapshot that is
/// taken again is a new reading of the table. Events without partition and offset pass,
/// too: bare lines may have been put together from several partitions. A source is told
/// from another in the same partition by its connector's name and server id.
///
/// The state is a text per partition and source and belongs into the properties of the
/// snapshot that holds the events' rows. One caller at a time.
class RedeliveryFilter {
 public:
  /// True when the event has been seen. Otherwise it counts as seen from now on.
  /// \param identity  key bytes, or the bytes of the images for events without key
  bool IsRedelivered(const Message& message, const SourceInfo& source,
                     Operation operation, std::string_view position,
                     std::string_view identity);

  /// Partition and source ("topic/partition/name/server") to state, for storing.
  std::map<std::string, std::string> Save() const;
  /// Errors: kCorruption for a state that `Save` did not write.
  Status Restore(const std::map<std::string, std::string>& states);

 private:
  struct Last {
    std::string position;
    std::vector<uint64_t> seen;  // fingerprints of the events at `position`
  };
  std::map<std::string, Last, std::less<>> partitions_;
  std::string name_;  // scratch
};

/// What a truncate takes away: events of the same table that happened before it. A
/// truncate has no key, so it comes in one partition; in the others older events may
/// still follow.
class TruncateHorizon {
 public:
  /// A truncate of `source`'s table at `position`; older ones change nothing.
  void Raise(const SourceInfo& source, std::string_view position);
  /// Did the event happen before a truncate of its table?
  bool Covers(const SourceInfo& source, std::string_view position) const;
  bool empty() const { return tables_.empty(); }

  /// Table ("name/database/schema/table") to position, for storing.
  const std::map<std::string, std::string, std::less<>>& positions() const {
    return tables_;
  }
  void Restore(const std::map<std::string, std::string>& positions);

 private:
  std::map<std::string, std::string, std::less<>> tables_;
};

}  // namespace tarn::cdc
