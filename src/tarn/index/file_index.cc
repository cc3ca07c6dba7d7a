// SPDX-License-Identifier: Apache-2.0
#include "tarn/index/file_index.h"

#include "tarn/base/bytes.h"

namespace tarn::index {
namespace {

constexpr int64_t kMagic = 1493475289347502;
constexpr int32_t kVersion = 1;
constexpr int32_t kEmptyIndex = -1;
constexpr std::string_view kWhat = "file index";
constexpr std::string_view kMalformed = "File index is malformed:";

/// Text of `DataOutputStream.writeUTF`. Names hold no NUL, and those above the basic
/// plane stand as two surrogates of three bytes each.
Result<std::string> ReadJavaText(base::ByteReader* in) {
  ARROW_ASSIGN_OR_RAISE(const auto length, in->ReadBig<uint16_t>());
  ARROW_ASSIGN_OR_RAISE(const std::string_view bytes, in->ReadBytes(length));
  std::string out;
  for (size_t i = 0; i < bytes.size();) {
    const auto byte = [&](size_t at) { return static_cast<uint8_t>(bytes[at]); };
    const bool pair = i + 6 <= bytes.size() && byte(i) == 0xED &&
                      (byte(i + 1) & 0xF0) == 0xA0 && byte(i + 3) == 0xED &&
                      (byte(i + 4) & 0xF0) == 0xB0;
    if (!pair) {
      out.push_back(bytes[i++]);
      continue;
    }
    const auto unit = [&](size_t at) -> uint32_t {
      return ((byte(at + 1) & 0x3Fu) << 6) | (byte(at + 2) & 0x3Fu);
    };
    const uint32_t point = 0x10000 + ((unit(i) - 0x800) << 10) + (unit(i + 3) - 0xC00);
    out.push_back(static_cast<char>(0xF0 | (point >> 18)));
    out.push_back(static_cast<char>(0x80 | ((point >> 12) & 0x3F)));
    out.push_back(static_cast<char>(0x80 | ((point >> 6) & 0x3F)));
    out.push_back(static_cast<char>(0x80 | (point & 0x3F)));
    i += 6;
  }
  return out;
}

void AppendJavaText(std::string_view text, std::string* out) {
  std::string bytes;
  const auto unit = [&](uint32_t code) {
    bytes.push_back(static_cast<char>(0xE0 | (code >> 12)));
    bytes.push_back(static_cast<char>(0x80 | ((code >> 6) & 0x3F)));
    bytes.push_back(static_cast<char>(0x80 | (code & 0x3F)));
  };
  for (size_t i = 0; i < text.size();) {
    const auto lead = static_cast<uint8_t>(text[i]);
    if (lead < 0xF0 || i + 4 > text.size()) {
      bytes.push_back(text[i++]);
      continue;
    }
    const auto low = [&](size_t at) -> uint32_t {
      return static_cast<uint8_t>(text[at]) & 0x3Fu;
    };
    const uint32_t point =
        (((lead & 7u) << 18) | (low(i + 1) << 12) | (low(i + 2) << 6) | low(i + 3)) -
        0x10000;
    unit(0xD800 | (point >> 10));
    unit(0xDC00 | (point & 0x3FF));
    i += 4;
  }
  base::AppendBig(out, static_cast<uint16_t>(bytes.size()));
  out->append(bytes);
}

}  // namespace

Result<FileIndexPrefix> ParseFileIndexPrefix(std::string_view bytes, int64_t total) {
  base::ByteReader in(bytes, kWhat);
  ARROW_ASSIGN_OR_RAISE(const auto magic, in.ReadBig<int64_t>());
  ARROW_ASSIGN_OR_RAISE(const auto version, in.ReadBig<int32_t>());
  ARROW_ASSIGN_OR_RAISE(const auto head, in.ReadBig<int32_t>());
  if (magic != kMagic) return Corruption(7711, kMalformed, V("magic", magic));
  if (version != kVersion) {
    return Unsupported(6710, "File indexes of this version cannot be read yet:",
                       V("version", version), V("option", "file-index.read.enabled"));
  }
  if (head < kFileIndexPrefixBytes || head > total) {
    return Corruption(7711, kMalformed, V("head", head), V("bytes", total));
  }
  return FileIndexPrefix{head};
}

Result<std::vector<FileIndexPart>> ParseFileIndexHead(std::string_view head,
                                                      int64_t total) {
  base::ByteReader in(head, kWhat);
  ARROW_RETURN_NOT_OK(in.Skip(kFileIndexPrefixBytes));
  ARROW_ASSIGN_OR_RAISE(const auto columns, in.ReadBig<int32_t>());
  std::vector<FileIndexPart> out;
  for (int32_t i = 0; i < columns; ++i) {
    ARROW_ASSIGN_OR_RAISE(const std::string column, ReadJavaText(&in));
    ARROW_ASSIGN_OR_RAISE(const auto indexes, in.ReadBig<int32_t>());
    for (int32_t j = 0; j < indexes; ++j) {
      FileIndexPart part;
      part.column = column;
      ARROW_ASSIGN_OR_RAISE(part.type, ReadJavaText(&in));
      ARROW_ASSIGN_OR_RAISE(const auto start, in.ReadBig<int32_t>());
      ARROW_ASSIGN_OR_RAISE(const auto length, in.ReadBig<int32_t>());
      part.empty = start == kEmptyIndex;
      if (!part.empty) {
        part.offset = start;
        part.length = length;
        if (start < 0 || length < 0 || part.offset + part.length > total) {
          return Corruption(7711, kMalformed, V("column", column), V("start", start),
                            V("length", length), V("bytes", total));
        }
      }
      out.push_back(std::move(part));
    }
  }
  return out;
}

std::string SerializeFileIndex(const std::vector<BuiltIndex>& indexes) {
  // The head holds offsets that depend on its own length: made twice.
  std::string head;
  for (int32_t head_bytes = 0;;) {
    head.clear();
    base::AppendBig(&head, kMagic);
    base::AppendBig(&head, kVersion);
    base::AppendBig(&head, head_bytes);
    int32_t columns = 0;
    for (size_t i = 0; i < indexes.size(); ++i) {
      columns += i == 0 || indexes[i].column != indexes[i - 1].column;
    }
    base::AppendBig(&head, columns);
    int64_t offset = head_bytes;
    for (size_t i = 0; i < indexes.size(); ++i) {
      const BuiltIndex& index = indexes[i];
      if (i == 0 || index.column != indexes[i - 1].column) {
        int32_t count = 0;
        for (size_t j = i; j < indexes.size() && indexes[j].column == index.column; ++j) {
          ++count;
        }
        AppendJavaText(index.column, &head);
        base::AppendBig(&head, count);
      }
      AppendJavaText(index.type, &head);
      base::AppendBig(&head, static_cast<int32_t>(offset));
      base::AppendBig(&head, static_cast<int32_t>(index.bytes.size()));
      offset += static_cast<int64_t>(index.bytes.size());
    }
    base::AppendBig(&head, int32_t{0});  // bytes that a later version may add
    if (head_bytes == static_cast<int32_t>(head.size())) break;
    head_bytes = static_cast<int32_t>(head.size());
  }
  for (const BuiltIndex& index : indexes) head += index.bytes;
  return head;
}

}  // namespace tarn::index
