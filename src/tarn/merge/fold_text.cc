// SPDX-License-Identifier: Apache-2.0
#include <limits>
#include <string>
#include <string_view>
#include <unordered_set>
#include <utility>
#include <vector>

#include <arrow/array.h>
#include <arrow/array/builder_binary.h>

#include "tarn/merge/fold.h"

namespace tarn::merge::internal {
namespace {

/// Java's `Character.isWhitespace` for a code point.
bool IsWhitespace(uint32_t c) {
  if (c <= 0x20) return (c >= 0x09 && c <= 0x0d) || (c >= 0x1c && c <= 0x20);
  return c == 0x1680 || (c >= 0x2000 && c <= 0x200a && c != 0x2007) || c == 0x2028 ||
         c == 0x2029 || c == 0x205f || c == 0x3000;
}

/// Only white space, or nothing. All white space lies in the first three UTF-8 lengths.
bool IsBlank(std::string_view text) {
  size_t i = 0;
  while (i < text.size()) {
    const auto lead = static_cast<uint8_t>(text[i]);
    uint32_t point = lead;
    size_t length = 1;
    if (lead >= 0x80) {
      if (lead < 0xe0 || lead >= 0xf0 || i + 2 >= text.size()) return false;
      point = (lead & 0x0fu) << 12 | (static_cast<uint8_t>(text[i + 1]) & 0x3fu) << 6 |
              (static_cast<uint8_t>(text[i + 2]) & 0x3fu);
      length = 3;
    }
    if (!IsWhitespace(point)) return false;
    i += length;
  }
  return true;
}

std::vector<std::string_view> Tokens(std::string_view text, std::string_view delimiter) {
  if (delimiter.empty()) delimiter = " ";
  std::vector<std::string_view> tokens;
  while (!text.empty()) {
    const size_t at = text.find(delimiter);
    tokens.push_back(text.substr(0, at));
    if (at == std::string_view::npos) break;
    text.remove_prefix(at + delimiter.size());
  }
  return tokens;
}

/// Text or NULL under `listagg` (Paimon `FieldListaggAgg`).
struct Text {
  bool valid = false;
  std::string value;
};

class Joiner {
 public:
  explicit Joiner(const Aggregate& aggregate) : aggregate_(aggregate) {}

  /// acc = agg(acc, cell)
  void Append(Text* acc, bool valid, std::string_view cell) const {
    if (!valid || IsBlank(cell)) return;
    if (!acc->valid || IsBlank(acc->value)) {
      acc->valid = true;
      acc->value = cell;
      return;
    }
    if (!aggregate_.distinct) {
      acc->value.append(aggregate_.delimiter).append(cell);
      return;
    }
    std::unordered_set<std::string> known;
    for (std::string_view token : Tokens(acc->value, aggregate_.delimiter)) {
      known.emplace(token);
    }
    for (std::string_view token : Tokens(cell, aggregate_.delimiter)) {
      if (IsBlank(token) || !known.emplace(token).second) continue;
      acc->value.append(aggregate_.delimiter).append(token);
    }
  }

  /// acc = agg(cell, acc)
  void Prepend(Text* acc, bool valid, std::string_view cell) const {
    Text front{valid, std::string(cell)};
    Append(&front, acc->valid, acc->value);
    *acc = std::move(front);
  }

 private:
  const Aggregate& aggregate_;
};

}  // namespace

Result<std::shared_ptr<arrow::Array>> FoldText(const base::Context& context,
                                               const FoldInput& input) {
  const MergeOrder& order = input.order;
  const Cells cells(input);
  const Joiner joiner(input.aggregate());
  arrow::StringBuilder builder(context.pool);
  ARROW_RETURN_NOT_OK(builder.Reserve(order.keys()));
  for (int64_t key = 0; key < order.keys(); ++key) {
    Text acc;
    for (int32_t i = order.starts[key]; i < order.starts[key + 1]; ++i) {
      const Op op = order.bypass[key] ? Op::kReset : input.op(i);
      if (op == Op::kSkip) continue;
      const bool valid = cells.IsValid(i);
      const std::string_view cell =
          valid ? static_cast<const arrow::StringArray&>(cells.array(i))
                      .GetView(cells.row(i))
                : std::string_view();
      switch (op) {
        case Op::kSkip:
          break;
        case Op::kAdd:
          joiner.Append(&acc, valid, cell);
          break;
        case Op::kAddReversed:
          joiner.Prepend(&acc, valid, cell);
          break;
        case Op::kReset:
        case Op::kResetRetract:
          acc = Text{valid, std::string(cell)};
          if (op == Op::kReset) break;
          [[fallthrough]];
        case Op::kRetract:
          if (!input.aggregate().ignore_retract) {
            return CannotRetract(input.spec, input.column);
          }
          break;
      }
    }
    const auto bytes = static_cast<int64_t>(acc.value.size());
    if (builder.value_data_length() + bytes > std::numeric_limits<int32_t>::max()) {
      return ResourceExhausted(9203, "Text or bytes of one merged batch exceed 2 GiB:",
                               V("column", input.spec.fields[input.column].name));
    }
    if (acc.valid) {
      ARROW_RETURN_NOT_OK(builder.Append(acc.value));
    } else {
      ARROW_RETURN_NOT_OK(builder.AppendNull());
    }
  }
  return builder.Finish();
}

}  // namespace tarn::merge::internal
