// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>

#include "tarn/cdc/envelope.h"
#include "tarn/cdc/record.h"

namespace tarn::cdc {

/// What a position says.
enum class PositionKind : uint8_t {
  kNone,    ///< there is none
  kPlace,   ///< partition and offset: orders the events of one key, knows no redelivery
  kSource,  ///< where the change stood in its source
};

/// Write the position of an event: text that sorts in the order in which its source
/// applied its changes, the same whenever the event is delivered (design D14).
///
///   PostgreSQL       commit lsn "." lsn     source.sequence[0] and source.lsn, 20 digits
///   each MySQL, MariaDB   file "." pos "." row   the file's number, pos and row 20
///   digits each others           partition "." offset   20 digits each; orders the
///   events of one key
///
/// On PostgreSQL a row of an initial snapshot has commit lsn 0, and an event of the first
/// transaction after it, whose sequence names no commit yet, has 1: its lsn may lie
/// before the snapshot's. Rows of one snapshot share one position; so do the delete and
/// the create of a primary-key change, and rows of one multi-row insert on PostgreSQL:
/// they have different keys, so that no order between them is needed.
///
/// A snapshot that is taken again later sorts before the stream, like the first one.
///
/// `out` is unchanged when there is none.
PositionKind EventPosition(const SourceInfo& source, const Message& message,
                           std::string* out);

}  // namespace tarn::cdc
