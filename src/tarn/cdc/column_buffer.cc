// SPDX-License-Identifier: Apache-2.0
#include "tarn/cdc/column_buffer.h"

#include <algorithm>
#include <limits>

#include <arrow/api.h>
#include <arrow/util/bit_util.h>

#include "tarn/types/arrow_types.h"

namespace tarn::cdc {

namespace {

// Bits of bytes that are 0 or 1.
Result<std::shared_ptr<arrow::Buffer>> Pack(const std::vector<uint8_t>& flags,
                                            int64_t rows, arrow::MemoryPool* pool) {
  ARROW_ASSIGN_OR_RAISE(std::shared_ptr<arrow::Buffer> bits,
                        arrow::AllocateEmptyBitmap(rows, pool));
  uint8_t* target = bits->mutable_data();
  const auto count = std::min<int64_t>(rows, static_cast<int64_t>(flags.size()));
  for (int64_t i = 0; i < count; ++i) {
    target[i >> 3] |= static_cast<uint8_t>((flags[i] & 1) << (i & 7));
  }
  return bits;
}

Result<std::shared_ptr<arrow::Buffer>> CopyOffsets(const std::vector<int32_t>& offsets,
                                                   arrow::MemoryPool* pool) {
  const auto bytes = static_cast<int64_t>(offsets.size() * sizeof(int32_t));
  ARROW_ASSIGN_OR_RAISE(std::shared_ptr<arrow::Buffer> buffer,
                        arrow::AllocateBuffer(bytes, pool));
  std::copy(offsets.begin(), offsets.end(),
            reinterpret_cast<int32_t*>(buffer->mutable_data()));
  return buffer;
}

}  // namespace

ColumnBuffer::ColumnBuffer(std::shared_ptr<arrow::DataType> type, Layout layout,
                           int width, arrow::MemoryPool* pool)
    : type_(std::move(type)), layout_(layout), width_(width), pool_(pool), values_(pool) {
  if (layout == Layout::kVariable || layout == Layout::kList || layout == Layout::kMap) {
    offsets_.push_back(0);
  }
}

Result<std::unique_ptr<ColumnBuffer>> ColumnBuffer::Make(const types::DataType& type,
                                                         arrow::MemoryPool* pool) {
  ARROW_ASSIGN_OR_RAISE(std::shared_ptr<arrow::DataType> arrow_type,
                        types::ToArrow(type));
  Layout layout = Layout::kFixed;
  int width = 0;
  std::vector<types::DataType> children;
  switch (type.root()) {
    case types::TypeRoot::kBoolean:
      layout = Layout::kBoolean;
      width = 1;
      break;
    case types::TypeRoot::kChar:
    case types::TypeRoot::kVarChar:
    case types::TypeRoot::kBinary:
    case types::TypeRoot::kVarBinary:
    case types::TypeRoot::kBlob:
      layout = Layout::kVariable;
      break;
    case types::TypeRoot::kArray:
      layout = Layout::kList;
      children.push_back(type.element());
      break;
    case types::TypeRoot::kMap:
      layout = Layout::kMap;
      children.push_back(type.key());
      children.push_back(type.element());
      break;
    case types::TypeRoot::kMultiset:
      layout = Layout::kMap;
      children.push_back(type.element());
      children.push_back(types::DataType::Int());
      break;
    case types::TypeRoot::kRow:
      layout = Layout::kStruct;
      for (const auto& field : type.fields()) children.push_back(field.type);
      break;
    default:
      if (!arrow::is_fixed_width(*arrow_type)) {
        return Unsupported(6402, "Change records cannot be read into this type:",
                           V("type", type.ToString()));
      }
      width = arrow_type->bit_width() / 8;
  }
  std::unique_ptr<ColumnBuffer> buffer(
      new ColumnBuffer(std::move(arrow_type), layout, width, pool));
  for (const auto& child : children) {
    ARROW_ASSIGN_OR_RAISE(auto made, Make(child, pool));
    buffer->children_.push_back(std::move(made));
  }
  return buffer;
}

int64_t ColumnBuffer::bytes() const {
  int64_t bytes =
      values_.length() + rows() + static_cast<int64_t>(offsets_.size() * sizeof(int32_t));
  for (const auto& child : children_) bytes += child->bytes();
  return bytes;
}

Status ColumnBuffer::AppendBytes(std::string_view bytes) {
  const int64_t end = values_.length() + static_cast<int64_t>(bytes.size());
  if (end > std::numeric_limits<int32_t>::max()) {
    return ResourceExhausted(9441,
                             "A batch of change records holds more than 2 GiB of text "
                             "in one column:",
                             V("rows", rows()));
  }
  ARROW_RETURN_NOT_OK(values_.Append(bytes.data(), static_cast<int64_t>(bytes.size())));
  offsets_.push_back(static_cast<int32_t>(end));
  valid_.push_back(1);
  return Status::OK();
}

Status ColumnBuffer::AppendNull() {
  valid_.push_back(0);
  switch (layout_) {
    case Layout::kBoolean:
    case Layout::kFixed:
      return values_.Append(width_, uint8_t{0});
    case Layout::kVariable:
    case Layout::kList:
    case Layout::kMap:
      offsets_.push_back(offsets_.back());
      return Status::OK();
    case Layout::kStruct:
      for (auto& child : children_) ARROW_RETURN_NOT_OK(child->AppendNull());
      return Status::OK();
  }
  return Status::OK();
}

Status ColumnBuffer::AppendAbsent() {
  ARROW_RETURN_NOT_OK(AppendNull());
  absent_.resize(valid_.size(), 0);
  absent_.back() = 1;
  return Status::OK();
}

Status ColumnBuffer::CloseNested() {
  valid_.push_back(1);
  if (layout_ == Layout::kStruct) return Status::OK();
  const int64_t end = children_[0]->rows();
  if (end > std::numeric_limits<int32_t>::max()) {
    return ResourceExhausted(
        9442, "A batch of change records holds too many elements:", V("rows", rows()));
  }
  offsets_.push_back(static_cast<int32_t>(end));
  return Status::OK();
}

void ColumnBuffer::Truncate(int64_t rows) {
  const auto count = static_cast<size_t>(rows);
  if (valid_.size() > count) valid_.resize(count);
  if (absent_.size() > count) absent_.resize(count);
  switch (layout_) {
    case Layout::kBoolean:
    case Layout::kFixed:
      values_.Rewind(rows * width_);
      return;
    case Layout::kVariable:
      if (offsets_.size() > count + 1) offsets_.resize(count + 1);
      values_.Rewind(offsets_.back());
      return;
    case Layout::kList:
    case Layout::kMap:
      if (offsets_.size() > count + 1) offsets_.resize(count + 1);
      for (auto& child : children_) child->Truncate(offsets_.back());
      return;
    case Layout::kStruct:
      for (auto& child : children_) child->Truncate(rows);
      return;
  }
}

Result<std::shared_ptr<arrow::Buffer>> ColumnBuffer::FinishAbsent() {
  std::shared_ptr<arrow::Buffer> bits;
  if (std::find(absent_.begin(), absent_.end(), 1) != absent_.end()) {
    ARROW_ASSIGN_OR_RAISE(bits, Pack(absent_, rows(), pool_));
  }
  absent_.clear();
  return bits;
}

Result<std::shared_ptr<arrow::ArrayData>> ColumnBuffer::Finish() {
  const int64_t count = rows();
  const int64_t nulls = std::count(valid_.begin(), valid_.end(), 0);
  std::shared_ptr<arrow::Buffer> validity;
  if (nulls > 0) {
    ARROW_ASSIGN_OR_RAISE(validity, Pack(valid_, count, pool_));
  }
  std::vector<std::shared_ptr<arrow::ArrayData>> children;
  for (auto& child : children_) {
    ARROW_ASSIGN_OR_RAISE(auto data, child->Finish());
    children.push_back(std::move(data));
  }
  std::vector<std::shared_ptr<arrow::Buffer>> buffers = {validity};
  std::shared_ptr<arrow::Buffer> values;
  ARROW_RETURN_NOT_OK(values_.Finish(&values));
  if (layout_ == Layout::kBoolean) {
    const std::vector<uint8_t> flags(values->data(), values->data() + count);
    ARROW_ASSIGN_OR_RAISE(values, Pack(flags, count, pool_));
    buffers.push_back(std::move(values));
  } else if (layout_ == Layout::kFixed) {
    buffers.push_back(std::move(values));
  } else if (layout_ != Layout::kStruct) {
    ARROW_ASSIGN_OR_RAISE(auto offsets, CopyOffsets(offsets_, pool_));
    buffers.push_back(std::move(offsets));
    if (layout_ == Layout::kVariable) buffers.push_back(std::move(values));
    offsets_.assign(1, 0);
  }
  if (layout_ == Layout::kMap) {
    const int64_t entries = children[0]->length;
    auto data = arrow::ArrayData::Make(type_->field(0)->type(), entries, {nullptr},
                                       std::move(children), 0);
    children = {std::move(data)};
  }
  valid_.clear();
  absent_.clear();
  return arrow::ArrayData::Make(type_, count, std::move(buffers), std::move(children),
                                nulls);
}

}  // namespace tarn::cdc
