// SPDX-License-Identifier: Apache-2.0
#include "tarn/index/file_index_reader.h"

#include <algorithm>
#include <deque>
#include <map>
#include <vector>

#include <arrow/buffer.h>
#include <arrow/io/interfaces.h>

#include "tarn/index/bit_slice_index.h"
#include "tarn/index/bitmap_index.h"
#include "tarn/index/bloom_filter.h"
#include "tarn/index/file_index.h"
#include "tarn/index/range_bitmap_index.h"

namespace tarn::index {
namespace {

constexpr std::string_view kSuffix = ".index";

/// The bytes of a container, in memory or in a file.
class ContainerBytes {
 public:
  static Result<ContainerBytes> Open(const IndexedFile& indexed) {
    ContainerBytes out;
    if (indexed.file.embedded_file_index) {
      out.embedded_ = *indexed.file.embedded_file_index;
      out.size_ = static_cast<int64_t>(out.embedded_.size());
      return out;
    }
    std::string name;
    for (const std::string& extra : indexed.file.extra_files) {
      if (!extra.ends_with(kSuffix)) continue;
      if (!name.empty()) {
        return Corruption(7716, "Data file has more than one index file:",
                          V("file", indexed.file.file_name));
      }
      name = extra;
    }
    ARROW_ASSIGN_OR_RAISE(const std::string path, PathOf(indexed, name));
    ARROW_ASSIGN_OR_RAISE(out.file_, indexed.context.files->OpenInput(path));
    ARROW_ASSIGN_OR_RAISE(out.size_, out.file_->GetSize());
    return out;
  }

  /// An index file lies where its data file does.
  static Result<std::string> PathOf(const IndexedFile& indexed, const std::string& name) {
    if (!indexed.file.external_path) {
      return indexed.paths.DataFile(indexed.partition_path, indexed.bucket, name);
    }
    const std::string& data = *indexed.file.external_path;
    return indexed.paths.ExternalFile(data.substr(0, data.rfind('/') + 1) + name);
  }

  int64_t size() const { return size_; }

  /// REQUIRES: the range was checked against `size()`.
  Result<std::string> Read(int64_t offset, int64_t length) const {
    if (file_ == nullptr) {
      return std::string(
          embedded_.substr(static_cast<size_t>(offset), static_cast<size_t>(length)));
    }
    ARROW_ASSIGN_OR_RAISE(const auto buffer, file_->ReadAt(offset, length));
    if (buffer->size() != length) {
      return Corruption(7711, "File index is malformed:", V("bytes", buffer->size()),
                        V("stated", length));
    }
    return buffer->ToString();
  }

 private:
  std::string_view embedded_;
  std::shared_ptr<arrow::io::RandomAccessFile> file_;
  int64_t size_ = 0;
};

/// An index with the bytes that it borrows.
struct OpenIndex {
  std::string bytes;
  std::unique_ptr<ColumnIndex> index;
  bool empty = false;
};

class FileIndexReader {
 public:
  FileIndexReader(const IndexedFile& indexed, ContainerBytes bytes, IndexUse use)
      : indexed_(indexed), bytes_(std::move(bytes)), use_(use) {}

  Status ReadHead() {
    const int64_t first = std::min(kFileIndexPrefixBytes, bytes_.size());
    ARROW_ASSIGN_OR_RAISE(const std::string prefix, bytes_.Read(0, first));
    ARROW_ASSIGN_OR_RAISE(const FileIndexPrefix parsed,
                          ParseFileIndexPrefix(prefix, bytes_.size()));
    ARROW_ASSIGN_OR_RAISE(const std::string head, bytes_.Read(0, parsed.head_bytes));
    ARROW_ASSIGN_OR_RAISE(parts_, ParseFileIndexHead(head, bytes_.size()));
    return Status::OK();
  }

  Result<std::vector<AskedIndex>> Find(const std::string& column) {
    const types::DataField* field = StoredField(column);
    if (field == nullptr) return std::vector<AskedIndex>{};
    Column& opened = columns_[column];
    if (!opened.read) ARROW_RETURN_NOT_OK(Open(*field, &opened));
    std::vector<AskedIndex> out;
    for (const OpenIndex& index : opened.indexes) {
      out.push_back({index.index.get(), &*opened.form});
    }
    return out;
  }

 private:
  struct Column {
    bool read = false;
    std::optional<KeyForm> form;
    std::deque<OpenIndex> indexes;  ///< never moved: their bytes are borrowed
  };

  /// The column as the file has it; nullptr when it lacks it or has another type.
  const types::DataField* StoredField(const std::string& column) const {
    const int at = types::FieldIndex(indexed_.read.fields, column);
    if (at < 0) return nullptr;
    const types::DataField& wanted = indexed_.read.fields[static_cast<size_t>(at)];
    for (const types::DataField& field : indexed_.written.fields) {
      if (field.id != wanted.id) continue;
      return field.type.EqualsIgnoringNullable(wanted.type) ? &field : nullptr;
    }
    return nullptr;
  }

  Status Open(const types::DataField& field, Column* out) {
    out->read = true;
    out->form = KeyForm::Of(field.type);
    if (!out->form && field.type.IsBytes()) {
      // Bytes have no order here but a hash: text's form makes keys of them.
      out->form = KeyForm::Of(types::DataType::String());
    }
    if (!out->form) return Status::OK();
    for (const FileIndexPart& part : parts_) {
      if (part.column != field.name) continue;
      if (use_ == IndexUse::kSelectRows && part.type == kBloomFilter) continue;
      OpenIndex opened;
      if (!part.empty) {
        ARROW_ASSIGN_OR_RAISE(opened.bytes, bytes_.Read(part.offset, part.length));
      }
      out->indexes.push_back(std::move(opened));
      OpenIndex& kept = out->indexes.back();
      if (part.empty) continue;
      ARROW_ASSIGN_OR_RAISE(kept.index, OpenColumnIndex(part.type, kept.bytes, field.type,
                                                        indexed_.file.row_count));
      if (kept.index == nullptr) out->indexes.pop_back();
    }
    return Status::OK();
  }

  const IndexedFile& indexed_;
  const ContainerBytes bytes_;
  const IndexUse use_;
  std::vector<FileIndexPart> parts_;
  std::map<std::string, Column> columns_;
};

}  // namespace

Result<std::unique_ptr<ColumnIndex>> OpenColumnIndex(std::string_view index_type,
                                                     std::string_view bytes,
                                                     const types::DataType& type,
                                                     int64_t rows) {
  if (index_type == kBloomFilter) return OpenBloomFilter(bytes, type);
  if (index_type == kBitmap) return OpenBitmapIndex(bytes, type, rows);
  if (index_type == kBitSlices) return OpenBitSliceIndex(bytes, type, rows);
  if (index_type == kRangeBitmap) return OpenRangeBitmap(bytes, type, rows);
  return nullptr;
}

bool HasFileIndex(const meta::DataFileMeta& file) {
  return file.embedded_file_index.has_value() ||
         std::any_of(file.extra_files.begin(), file.extra_files.end(),
                     [](const std::string& name) { return name.ends_with(kSuffix); });
}

Result<RowSelection> SelectRowsOf(const IndexedFile& indexed,
                                  const expr::Predicate& predicate, IndexUse use) {
  if (!HasFileIndex(indexed.file)) return RowSelection::All();
  const auto select = [&]() -> Result<RowSelection> {
    ARROW_ASSIGN_OR_RAISE(auto bytes, ContainerBytes::Open(indexed));
    FileIndexReader reader(indexed, std::move(bytes), use);
    ARROW_RETURN_NOT_OK(reader.ReadHead());
    return SelectRows(predicate,
                      [&](const std::string& column) { return reader.Find(column); });
  };
  auto rows = select();
  if (!rows.ok()) {
    return Prefixed(rows.status(), "index of " + indexed.file.file_name + ": ");
  }
  return rows;
}

}  // namespace tarn::index
