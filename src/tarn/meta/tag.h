// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "tarn/meta/snapshot.h"

namespace tarn::meta {

/// `tag/tag-<name>` (Paimon `Tag`): a snapshot that expiry must keep. Without a retention
/// time the file is the plain snapshot. A value.
struct Tag {
  Snapshot snapshot;
  /// When the tag was made, in the local time of its maker, as nanoseconds since
  /// 1970-01-01T00:00 there.
  std::optional<int64_t> create_time_nanos;
  std::optional<int64_t> time_retained_nanos;

  /// Errors: kCorruption naming the property; kUnsupported for an unknown commit kind.
  static Result<Tag> FromJson(std::string_view json);
  std::string ToJson() const;
};

}  // namespace tarn::meta
