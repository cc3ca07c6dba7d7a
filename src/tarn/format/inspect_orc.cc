// SPDX-License-Identifier: Apache-2.0
#include <arrow/io/interfaces.h>

#include "tarn/format/inspect_parts.h"
#include "tarn/format/orc_guard.h"
#include "tarn/format/orc_tail.h"
#include "tarn/format/orc_wire.h"

namespace tarn::format {
namespace {

constexpr std::string_view kStreams[] = {
    "present",   "data",      "length",       "dictionary data", "dictionary count",
    "secondary", "row index", "bloom filter", "bloom filter"};
constexpr std::string_view kEncodings[] = {"direct", "dictionary", "direct v2",
                                           "dictionary v2"};

std::string TypeText(const OrcType& type) {
  std::string out(NameOf(type.kind));
  if (type.kind == OrcKind::kDecimal) {
    out += fmt::format("({},{})", type.precision, type.scale);
  }
  if (type.kind == OrcKind::kChar || type.kind == OrcKind::kVarchar) {
    out += fmt::format("({})", type.length);
  }
  if (!type.field_id.empty()) out += " paimon.id=" + type.field_id;
  return out;
}

/// One line for a type and everything below it.
void AppendType(const OrcTail& tail, uint32_t number, const std::string& name, int depth,
                std::string* out) {
  const OrcType& type = tail.types[number];
  *out += fmt::format("{:>{}}{} {} {}", "", 2 * depth, number, name, TypeText(type));
  if (number < tail.statistics.size()) {
    WireReader statistics(tail.statistics[number]);
    while (statistics.Next()) {
      if (statistics.field() == 1)
        *out += fmt::format(", {} values", statistics.number());
    }
  }
  *out += '\n';
  constexpr std::string_view kNames[] = {"key", "value"};
  for (size_t i = 0; i < type.children.size(); ++i) {
    std::string child = "element";
    if (type.kind == OrcKind::kStruct) child = type.names[i];
    if (type.kind == OrcKind::kMap) child = kNames[i];
    AppendType(tail, type.children[i], child, depth + 1, out);
  }
}

void AppendStripe(const OrcStripe& stripe, const OrcStripeFooter& footer, size_t number,
                  std::string* out) {
  *out += fmt::format("stripe {}: {} rows, {} bytes of data, {} of indexes, zone {}\n",
                      number, stripe.rows, stripe.data_bytes, stripe.index_bytes,
                      footer.time_zone.empty() ? "none" : footer.time_zone);
  for (size_t column = 0; column < footer.encodings.size(); ++column) {
    *out += fmt::format("  {} {}", column,
                        kEncodings[std::min<uint64_t>(footer.encodings[column],
                                                      std::size(kEncodings) - 1)]);
    for (const OrcStream& stream : footer.streams) {
      if (stream.column != column || stream.bytes == 0) continue;
      *out +=
          fmt::format(", {} {} bytes",
                      kStreams[std::min<uint64_t>(stream.kind, std::size(kStreams) - 1)],
                      stream.bytes);
    }
    *out += '\n';
  }
}

}  // namespace

Result<std::string> InspectOrc(const base::Context& context, const std::string& path) {
  ARROW_ASSIGN_OR_RAISE(const auto file, context.files->OpenInput(path));
  std::string out;
  ARROW_RETURN_NOT_OK(GuardOrc(path, [&]() -> Status {
    ARROW_ASSIGN_OR_RAISE(const OrcTail tail, ReadOrcTail(file, path));
    out += fmt::format("orc file, {} rows, {} stripes, {} types, {}, written by {}\n",
                       tail.rows, tail.stripes.size(), tail.types.size(),
                       NameOf(tail.compression),
                       tail.software.empty() ? "unknown" : tail.software);
    AppendType(tail, 0, "row", 0, &out);
    for (size_t i = 0; i < tail.stripes.size(); ++i) {
      ARROW_ASSIGN_OR_RAISE(const OrcStripeFooter footer,
                            ReadStripeFooter(file, tail, tail.stripes[i]));
      AppendStripe(tail.stripes[i], footer, i, &out);
    }
    return Status::OK();
  }));
  return out;
}

}  // namespace tarn::format
