// SPDX-License-Identifier: Apache-2.0
#include "tarn/index/file_index_builder.h"

#include <algorithm>
#include <charconv>

#include <arrow/array.h>
#include <arrow/record_batch.h>

#include "tarn/base/units.h"
#include "tarn/index/bit_slice_index.h"
#include "tarn/index/bitmap_index.h"
#include "tarn/index/bloom_filter.h"
#include "tarn/index/file_index.h"
#include "tarn/index/java_hash.h"
#include "tarn/index/range_bitmap_index.h"
#include "tarn/options/field_options.h"

namespace tarn::index {
namespace {

constexpr std::string_view kPrefix = "file-index.";
constexpr int64_t kChunkBytes = 16 << 10;
constexpr int64_t kFixedBytesMax = int64_t{1} << 30;

/// Keys of a `java.util.HashMap` in the order of a walk.
class JavaKeys {
 public:
  explicit JavaKeys(JavaMapOrder::Growth growth) : order_(growth) {}

  void Add(const std::string& key, int32_t hash) {
    order_.Access();
    if (std::find(keys_.begin(), keys_.end(), key) != keys_.end()) return;
    keys_.push_back(key);
    order_.Insert(hash);
  }
  std::vector<std::string> Walk() const {
    std::vector<std::string> out;
    for (const int32_t entry : order_.Walk()) {
      out.push_back(keys_[static_cast<size_t>(entry)]);
    }
    return out;
  }

 private:
  std::vector<std::string> keys_;
  JavaMapOrder order_;
};

/// `Arrays.hashCode` of a column's name, no nested name and "is not nested".
int32_t HashColumn(const std::string& name) {
  uint32_t hash = 31 + static_cast<uint32_t>(HashJavaText(name));
  hash = hash * 31;
  return static_cast<int32_t>(hash * 31 + 1237);
}

bool Takes(std::string_view index_type, const types::DataType& type) {
  if (index_type == kBloomFilter) return HasBloomHash(type);
  if (index_type == kBitmap) return HasBitmapKeys(type);
  if (index_type == kBitSlices) return HasBitSlices(type);
  return HasRangeBitmap(type);
}

bool IsKnown(std::string_view index_type) {
  return index_type == kBloomFilter || index_type == kBitmap ||
         index_type == kBitSlices || index_type == kRangeBitmap;
}

template <typename T>
Result<T> Number(const std::string& key, const std::string& text, T least, T most) {
  T value{};
  const auto [stop, error] =
      std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || stop != text.data() + text.size() || value < least ||
      value > most) {
    return InvalidInput(1723,
                        "File index option cannot have this value:", V("option", key),
                        V("value", text));
  }
  return value;
}

Status SetParameter(const std::string& key, const std::string& name,
                    const std::string& text, WantedIndex* out) {
  const auto bytes = [&]() -> Result<int64_t> {
    ARROW_ASSIGN_OR_RAISE(const auto size, base::MemorySize::Parse(text));
    return Number<int64_t>(key, std::to_string(size.bytes), 0, kFixedBytesMax);
  };
  if (out->type == kBloomFilter && name == "items") {
    ARROW_ASSIGN_OR_RAISE(out->items, Number<int32_t>(key, text, 1, INT32_MAX));
  } else if (out->type == kBloomFilter && name == "fpp") {
    ARROW_ASSIGN_OR_RAISE(out->fpp, Number<double>(key, text, 1e-300, 1 - 1e-9));
  } else if (out->type == kBitmap && name == "version") {
    ARROW_ASSIGN_OR_RAISE(out->version, Number<int32_t>(key, text, 1, 2));
  } else if (out->type == kBitmap && name == "index-block-size") {
    ARROW_ASSIGN_OR_RAISE(out->block_bytes, bytes());
  } else if (out->type == kRangeBitmap && name == "chunk-size") {
    ARROW_ASSIGN_OR_RAISE(out->chunk_bytes, bytes());
  }
  return Status::OK();  // what an index does not know it does not heed, as in Java
}

/// `file-index.<type>.<column>.<name>`; columns with dots in their names have none.
Status SetParameters(const types::TableSchema& schema, std::vector<WantedIndex>* wanted) {
  for (const auto& [key, text] : schema.options) {
    if (!key.starts_with(kPrefix) || key.ends_with(".columns")) continue;
    const std::string rest = key.substr(kPrefix.size());
    const size_t first = rest.find('.');
    const size_t last = rest.rfind('.');
    if (first == std::string::npos || std::count(rest.begin(), rest.end(), '.') != 2) {
      continue;
    }
    const std::string type = rest.substr(0, first);
    const std::string column = rest.substr(first + 1, last - first - 1);
    const auto at = std::find_if(wanted->begin(), wanted->end(), [&](const auto& index) {
      return index.type == type && index.column == column;
    });
    if (at == wanted->end()) {
      return InvalidInput(1724, "File index option is about a column without the index:",
                          V("option", key), V("column", column),
                          V("needs", std::string(kPrefix) + type + ".columns"));
    }
    ARROW_RETURN_NOT_OK(SetParameter(key, rest.substr(last + 1), text, &*at));
  }
  return Status::OK();
}

Result<WantedIndex> CheckWanted(const types::TableSchema& schema, const std::string& type,
                                const std::string& column) {
  const std::string option = std::string(kPrefix) + type + ".columns";
  if (!IsKnown(type)) {
    return InvalidInput(1725, "There is no such file index:", V("option", option));
  }
  if (column.find('[') != std::string::npos && column.ends_with("]")) {
    return Unsupported(6714, "File indexes of values of a map cannot be written yet:",
                       V("option", option), V("column", column));
  }
  WantedIndex out;
  out.type = type;
  out.column = column;
  out.position = types::FieldIndex(schema.fields, column);
  if (out.position < 0) {
    return InvalidInput(1726, "File index names no column:", V("option", option),
                        V("column", column));
  }
  const types::DataType& data_type =
      schema.fields[static_cast<size_t>(out.position)].type;
  if (!Takes(type, data_type)) {
    return InvalidInput(
        1727, "Column has a type that this file index cannot hold:", V("option", option),
        V("column", column), V("type", data_type.ToString()));
  }
  return out;
}

/// The order in which Java's maps of types and columns put the indexes.
std::vector<WantedIndex> InJavaOrder(const std::vector<WantedIndex>& wanted) {
  using Growth = JavaMapOrder::Growth;
  const auto holds = [&](const std::string& type, const std::string& column) {
    return std::find_if(wanted.begin(), wanted.end(), [&](const auto& index) {
      return index.type == type && index.column == column;
    });
  };
  const auto types_of = [&](const std::string& column,
                            const std::vector<std::string>& order, Growth growth) {
    JavaKeys types(growth);
    for (const std::string& type : order) {
      if (holds(type, column) != wanted.end()) types.Add(type, HashJavaText(type));
    }
    return types.Walk();
  };
  JavaKeys columns(Growth::kComputeIfAbsent);
  std::vector<std::string> declared;
  for (const WantedIndex& index : wanted) {
    columns.Add(index.column, HashColumn(index.column));
    declared.push_back(index.type);
  }
  JavaKeys types(Growth::kComputeIfAbsent);
  for (const std::string& column : columns.Walk()) {
    for (const auto& type : types_of(column, declared, Growth::kComputeIfAbsent)) {
      types.Add(type, HashJavaText(type));
    }
  }
  JavaKeys written(Growth::kComputeIfAbsent);
  for (const std::string& type : types.Walk()) {
    JavaKeys of_type(Growth::kPut);
    for (const std::string& column : columns.Walk()) {
      if (holds(type, column) != wanted.end()) of_type.Add(column, HashJavaText(column));
    }
    for (const std::string& column : of_type.Walk()) {
      written.Add(column, HashJavaText(column));
    }
  }
  std::vector<WantedIndex> out;
  for (const std::string& column : written.Walk()) {
    for (const auto& type : types_of(column, types.Walk(), Growth::kPut)) {
      out.push_back(*holds(type, column));
    }
  }
  return out;
}

}  // namespace

Result<std::vector<WantedIndex>> WantedIndexes(const types::TableSchema& schema) {
  std::vector<WantedIndex> wanted;
  for (const auto& option : options::FileIndexOptions(schema.options)) {
    for (const std::string& column : option.columns) {
      ARROW_ASSIGN_OR_RAISE(auto index, CheckWanted(schema, option.type, column));
      const bool repeated =
          std::any_of(wanted.begin(), wanted.end(), [&](const auto& other) {
            return other.type == index.type && other.column == index.column;
          });
      if (!repeated) wanted.push_back(std::move(index));
    }
  }
  ARROW_RETURN_NOT_OK(SetParameters(schema, &wanted));
  return InJavaOrder(wanted);
}

Result<std::unique_ptr<FileIndexBuilder>> FileIndexBuilder::Make(
    const types::TableSchema& schema, const std::vector<WantedIndex>& wanted) {
  auto out = std::make_unique<FileIndexBuilder>();
  for (const WantedIndex& index : wanted) {
    const types::DataType& type = schema.fields[static_cast<size_t>(index.position)].type;
    Part part{index, KeyForm::Of(type), nullptr};
    if (index.type == kBloomFilter) {
      ARROW_ASSIGN_OR_RAISE(part.builder, BuildBloomFilter(type, index.items, index.fpp));
    } else if (index.type == kBitmap) {
      part.builder = BuildBitmapIndex(type, index.version, index.block_bytes);
    } else if (index.type == kBitSlices) {
      part.builder = BuildBitSliceIndex(type);
    } else {
      // Java does not put small numbers into chunks.
      const bool small = type.root() == types::TypeRoot::kBoolean ||
                         type.root() == types::TypeRoot::kTinyInt ||
                         type.root() == types::TypeRoot::kSmallInt;
      part.builder = BuildRangeBitmap(type, index.chunk_bytes >= 0 ? index.chunk_bytes
                                            : small                ? 0
                                                                   : kChunkBytes);
    }
    out->parts_.push_back(std::move(part));
  }
  return out;
}

Status FileIndexBuilder::Add(const arrow::RecordBatch& values) {
  for (Part& part : parts_) {
    const arrow::Array& column = *values.column(part.wanted.position);
    Status status = part.form ? part.form->CheckKeys(column) : Status::OK();
    if (status.ok()) status = part.builder->Add(column);
    if (!status.ok()) return Prefixed(status, "column " + part.wanted.column + ": ");
  }
  return Status::OK();
}

Result<std::string> FileIndexBuilder::Finish() {
  std::vector<BuiltIndex> built;
  for (Part& part : parts_) {
    auto bytes = part.builder->Finish();
    if (!bytes.ok()) {
      return Prefixed(bytes.status(), "column " + part.wanted.column + ": ");
    }
    built.push_back({part.wanted.column, part.wanted.type, *std::move(bytes)});
  }
  return SerializeFileIndex(built);
}

}  // namespace tarn::index
