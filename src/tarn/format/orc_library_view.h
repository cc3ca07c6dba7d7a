// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <memory>

#include <arrow/io/type_fwd.h>

#include "tarn/format/orc_tail.h"

namespace tarn::format {

/// How ORC's library shall see the types of a file: it hands CHAR out as fixed bytes that
/// characters do not have, and timestamps as nanoseconds that hold 1677 to 2262 alone.
enum class TimestampForm : uint8_t {
  kNanoseconds,  ///< as the library reads them, shifted from the writer's zone
  kSeconds,      ///< the stored seconds (since 2015), for a reader that adds the rest
};

/// `file` with another tail, which says the same in types that ORC's library reads well:
/// CHAR and VARCHAR become STRING, timestamps what `form` says. Statistics and keys of
/// the user are left out. The first error of `file` is kept in `*failure`.
std::shared_ptr<arrow::io::RandomAccessFile> LibraryView(
    std::shared_ptr<arrow::io::RandomAccessFile> file, const OrcTail& tail,
    TimestampForm form, std::shared_ptr<Status> failure);

}  // namespace tarn::format
