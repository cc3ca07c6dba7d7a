// SPDX-License-Identifier: Apache-2.0
#include "tarn/format/orc_tail.h"

#include <algorithm>

#include <arrow/io/interfaces.h>

#include "tarn/format/orc_wire.h"

namespace tarn::format {
namespace {

constexpr int64_t kFooterBytesMax = int64_t{64} << 20;
constexpr int64_t kBlockBytesMax = int64_t{8} << 20;
constexpr size_t kTypesMax = 100000;
constexpr int kDepthMax = 64;
constexpr std::string_view kMagic = "ORC";
// Fields of the messages `PostScript`, `Footer`, `Type`, ... of orc_proto.proto.
constexpr uint32_t kMagicField = 8000;

Status Broken(const std::string& name, std::string_view what) {
  return Corruption(7533, "Tail of an ORC file is broken:", V("file", name),
                    V("reason", what));
}

Result<std::string> ReadExactly(arrow::io::RandomAccessFile* file, int64_t offset,
                                int64_t bytes, const std::string& name) {
  std::string out(static_cast<size_t>(bytes), '\0');
  ARROW_ASSIGN_OR_RAISE(const int64_t read, file->ReadAt(offset, bytes, out.data()));
  if (read != bytes) return Broken(name, "it ends early");
  return out;
}

Result<std::string> Decompressed(const std::shared_ptr<arrow::io::RandomAccessFile>& file,
                                 const OrcBlocks& blocks, int64_t offset, int64_t bytes,
                                 const std::string& name) {
  OrcChunkReader chunks(file, blocks, offset, bytes);
  std::string out;
  while (true) {
    ARROW_ASSIGN_OR_RAISE(const auto chunk, chunks.Next());
    if (!chunk) return out;
    out.append(*chunk);
    if (static_cast<int64_t>(out.size()) > kFooterBytesMax) {
      return ResourceExhausted(9531, "Tail of an ORC file is too large:", V("file", name),
                               V("bytes_max", kFooterBytesMax));
    }
  }
}

struct PostScript {
  int64_t footer_bytes = 0;
  int64_t metadata_bytes = 0;
  uint64_t compression = 0;
  int64_t block_bytes = int64_t{256} << 10;
  bool magic = false;
};

Result<PostScript> ParsePostScript(std::string_view bytes, const std::string& name) {
  PostScript out;
  WireReader reader(bytes);
  while (reader.Next()) {
    switch (reader.field()) {
      case 1:
        out.footer_bytes = reader.count();
        break;
      case 2:
        out.compression = reader.number();
        break;
      case 3:
        out.block_bytes = reader.count();
        break;
      case 5:
        out.metadata_bytes = reader.count();
        break;
      case kMagicField:
        out.magic = reader.bytes() == kMagic;
        break;
      default:
        break;
    }
  }
  if (!reader.ok() || !out.magic) return Broken(name, "its postscript is none");
  if (out.compression > static_cast<uint64_t>(OrcCompression::kZstd)) {
    return Unsupported(6532,
                       "Compression of an ORC file is not supported:", V("file", name),
                       V("kind", out.compression));
  }
  if (out.block_bytes <= 0 || out.block_bytes > kBlockBytesMax) {
    return Broken(name, "its compression blocks have an impossible size");
  }
  return out;
}

Result<OrcType> ParseType(std::string_view bytes, const std::string& name) {
  OrcType out;
  WireReader reader(bytes);
  while (reader.Next()) {
    switch (reader.field()) {
      case 1:
        if (reader.number() > static_cast<uint64_t>(OrcKind::kTimestampInstant)) {
          return Unsupported(6533,
                             "Type of an ORC file is not supported:", V("file", name),
                             V("kind", reader.number()));
        }
        out.kind = static_cast<OrcKind>(reader.number());
        break;
      case 2: {
        if (reader.bytes().empty()) {  // not packed
          out.children.push_back(static_cast<uint32_t>(reader.number()));
          break;
        }
        // Packed numbers read like the values of one more message without tags.
        std::string_view packed = reader.bytes();
        uint64_t value = 0;
        int shift = 0;
        for (const char c : packed) {
          const auto byte = static_cast<uint8_t>(c);
          if (shift > 28) return Broken(name, "a number of a type is too large");
          value |= static_cast<uint64_t>(byte & 0x7f) << shift;
          shift += 7;
          if (byte >= 0x80) continue;
          out.children.push_back(static_cast<uint32_t>(value));
          value = 0;
          shift = 0;
        }
        break;
      }
      case 3:
        out.names.emplace_back(reader.bytes());
        break;
      case 4:
        out.length = std::max<int64_t>(reader.count(), 0);
        break;
      case 5:
        out.precision = static_cast<int32_t>(std::min<uint64_t>(reader.number(), 1000));
        break;
      case 6:
        out.scale = static_cast<int32_t>(std::min<uint64_t>(reader.number(), 1000));
        break;
      case 7: {
        std::string key;
        std::string value;
        WireReader pair(reader.bytes());
        while (pair.Next()) {
          if (pair.field() == 1) key = pair.bytes();
          if (pair.field() == 2) value = pair.bytes();
        }
        if (key == "paimon.id") out.field_id = std::move(value);
        break;
      }
      default:
        break;
    }
  }
  if (!reader.ok()) return Broken(name, "a type cannot be read");
  return out;
}

Result<OrcStripe> ParseStripe(std::string_view bytes, const std::string& name) {
  OrcStripe out;
  WireReader reader(bytes);
  while (reader.Next()) {
    const int64_t value = reader.count();
    if (value < 0) return Broken(name, "a stripe states an impossible number");
    if (reader.field() == 1) out.offset = value;
    if (reader.field() == 2) out.index_bytes = value;
    if (reader.field() == 3) out.data_bytes = value;
    if (reader.field() == 4) out.footer_bytes = value;
    if (reader.field() == 5) out.rows = value;
  }
  if (!reader.ok()) return Broken(name, "a stripe cannot be read");
  return out;
}

/// Types must be a tree in preorder: then numbers of types are those of columns.
Status CheckType(const std::vector<OrcType>& types, size_t number, int depth,
                 size_t* next, const std::string& name) {
  if (depth > kDepthMax) return Broken(name, "its types nest too deep");
  const OrcType& type = types[number];
  const size_t children = type.children.size();
  bool fits = children == 0;
  if (type.kind == OrcKind::kList) fits = children == 1;
  if (type.kind == OrcKind::kMap) fits = children == 2;
  if (type.kind == OrcKind::kStruct) fits = children == type.names.size();
  if (type.kind == OrcKind::kUnion) {
    return Unsupported(6533, "Type of an ORC file is not supported:", V("file", name),
                       V("kind", NameOf(type.kind)));
  }
  if (type.kind == OrcKind::kDecimal) {
    fits = fits && type.precision <= 38 && type.scale <= std::max(type.precision, 38);
  }
  if (!fits) return Broken(name, "a type has other children than its kind");
  for (const uint32_t child : type.children) {
    if (child != *next || child >= types.size()) {
      return Broken(name, "its types are not numbered from the root down");
    }
    ++*next;
    ARROW_RETURN_NOT_OK(CheckType(types, child, depth + 1, next, name));
  }
  return Status::OK();
}

Status CheckTail(OrcTail* tail, const std::string& name) {
  if (tail->types.empty() || tail->types[0].kind != OrcKind::kStruct) {
    return Broken(name, "it holds no rows");
  }
  size_t next = 1;
  ARROW_RETURN_NOT_OK(CheckType(tail->types, 0, 0, &next, name));
  if (next != tail->types.size()) return Broken(name, "it has types that nothing uses");
  int64_t rows = 0;
  for (OrcStripe& stripe : tail->stripes) {
    stripe.first_row = rows;
    int64_t end = stripe.offset;
    const bool fits = !__builtin_add_overflow(end, stripe.index_bytes, &end) &&
                      !__builtin_add_overflow(end, stripe.data_bytes, &end) &&
                      !__builtin_add_overflow(end, stripe.footer_bytes, &end) &&
                      end <= tail->body_bytes &&
                      !__builtin_add_overflow(rows, stripe.rows, &rows);
    if (!fits) return Broken(name, "a stripe lies outside the file");
  }
  if (rows != tail->rows) return Broken(name, "its stripes have another number of rows");
  if (!tail->statistics.empty() && tail->statistics.size() != tail->types.size()) {
    return Broken(name, "it has statistics of other columns");
  }
  return Status::OK();
}

Status ParseFooter(OrcTail* tail, const std::string& name) {
  WireReader reader(tail->footer);
  while (reader.Next()) {
    switch (reader.field()) {
      case 3: {
        ARROW_ASSIGN_OR_RAISE(OrcStripe stripe, ParseStripe(reader.bytes(), name));
        tail->stripes.push_back(stripe);
        break;
      }
      case 4: {
        if (tail->types.size() >= kTypesMax) return Broken(name, "it has too many types");
        ARROW_ASSIGN_OR_RAISE(OrcType type, ParseType(reader.bytes(), name));
        tail->types.push_back(std::move(type));
        break;
      }
      case 6:
        tail->rows = reader.count();
        break;
      case 7:
        tail->statistics.emplace_back(reader.bytes());
        break;
      case 8:
        tail->row_index_rows = static_cast<int64_t>(reader.number() & 0xffffffff);
        break;
      case 10:
        return Unsupported(6534, "Encrypted ORC files cannot be read:", V("file", name));
      case 12:
        tail->software = reader.bytes();
        break;
      default:
        break;
    }
  }
  if (!reader.ok()) return Broken(name, "its footer cannot be read");
  return CheckTail(tail, name);
}

}  // namespace

std::string_view NameOf(OrcKind kind) {
  constexpr std::string_view kNames[] = {"boolean",
                                         "tinyint",
                                         "smallint",
                                         "int",
                                         "bigint",
                                         "float",
                                         "double",
                                         "string",
                                         "binary",
                                         "timestamp",
                                         "array",
                                         "map",
                                         "struct",
                                         "uniontype",
                                         "decimal",
                                         "date",
                                         "varchar",
                                         "char",
                                         "timestamp with local time zone"};
  return kNames[static_cast<size_t>(kind)];
}

Result<OrcTail> ReadOrcTail(const std::shared_ptr<arrow::io::RandomAccessFile>& file,
                            const std::string& name) {
  OrcTail out;
  ARROW_ASSIGN_OR_RAISE(out.file_bytes, file->GetSize());
  if (out.file_bytes < 16) return Broken(name, "it is too short");
  ARROW_ASSIGN_OR_RAISE(const std::string length,
                        ReadExactly(file.get(), out.file_bytes - 1, 1, name));
  const int64_t postscript_bytes = static_cast<uint8_t>(length[0]);
  int64_t left = out.file_bytes - 1 - postscript_bytes;
  if (left < 0) return Broken(name, "its postscript is longer than the file");
  ARROW_ASSIGN_OR_RAISE(out.postscript,
                        ReadExactly(file.get(), left, postscript_bytes, name));
  ARROW_ASSIGN_OR_RAISE(const PostScript postscript,
                        ParsePostScript(out.postscript, name));
  if (postscript.footer_bytes < 0 || postscript.footer_bytes > left) {
    return Broken(name, "its footer is longer than the file");
  }
  out.body_bytes = left - postscript.footer_bytes;
  out.compression = static_cast<OrcCompression>(postscript.compression);
  ARROW_ASSIGN_OR_RAISE(out.blocks.codec, OrcCodec(out.compression, 1));
  out.blocks.block_bytes = postscript.block_bytes;
  ARROW_ASSIGN_OR_RAISE(out.footer, Decompressed(file, out.blocks, out.body_bytes,
                                                 postscript.footer_bytes, name));
  ARROW_RETURN_NOT_OK(ParseFooter(&out, name));
  return out;
}

const OrcStream* OrcStripeFooter::Find(uint64_t kind, uint32_t column) const {
  for (const OrcStream& stream : streams) {
    if (stream.kind == kind && stream.column == column) return &stream;
  }
  return nullptr;
}

Result<OrcStripeFooter> ReadStripeFooter(
    const std::shared_ptr<arrow::io::RandomAccessFile>& file, const OrcTail& tail,
    const OrcStripe& stripe) {
  const std::string name = "stripe";
  const int64_t data_end = stripe.offset + stripe.index_bytes + stripe.data_bytes;
  ARROW_ASSIGN_OR_RAISE(const std::string bytes, Decompressed(file, tail.blocks, data_end,
                                                              stripe.footer_bytes, name));
  OrcStripeFooter out;
  int64_t offset = stripe.offset;
  WireReader reader(bytes);
  while (reader.Next()) {
    if (reader.field() == 1) {
      OrcStream stream;
      WireReader parts(reader.bytes());
      while (parts.Next()) {
        if (parts.field() == 1) stream.kind = parts.number();
        if (parts.field() == 2) stream.column = parts.number();
        if (parts.field() == 3) stream.bytes = parts.count();
      }
      stream.offset = offset;
      if (!parts.ok() || stream.bytes < 0 || stream.bytes > data_end - offset) {
        return Broken(name, "a stream lies outside its stripe");
      }
      offset += stream.bytes;
      out.streams.push_back(stream);
    } else if (reader.field() == 2) {
      uint64_t kind = 0;
      WireReader parts(reader.bytes());
      while (parts.Next()) {
        if (parts.field() == 1) kind = parts.number();
      }
      out.encodings.push_back(kind);
    } else if (reader.field() == 3) {
      out.time_zone = reader.bytes();
    }
  }
  if (!reader.ok()) return Broken(name, "its footer cannot be read");
  return out;
}

}  // namespace tarn::format
