// SPDX-License-Identifier: Apache-2.0
#include "tarn/stream/select_operator.h"

#include <utility>

#include <arrow/record_batch.h>
#include <arrow/type.h>

namespace tarn::stream {
namespace {

class ColumnSelect final : public SelectOperator {
 public:
  ColumnSelect(std::vector<types::DataField> fields, std::vector<int> columns)
      : fields_(std::move(fields)), columns_(std::move(columns)) {}

  Result<types::ChangeBatch> Apply(const types::ChangeBatch& input) override {
    types::ChangeBatch out;
    ARROW_ASSIGN_OR_RAISE(out.rows, input.rows->SelectColumns(columns_));
    out.kinds = input.kinds;
    if (!input.absent.empty()) {
      for (int column : columns_) {
        out.absent.push_back(input.absent[static_cast<size_t>(column)]);
      }
    }
    return out;
  }
  const std::vector<types::DataField>& output_fields() const override { return fields_; }
  int InputColumnOf(int output) const override {
    return columns_[static_cast<size_t>(output)];
  }
  bool has_filter() const override { return false; }

 private:
  std::vector<types::DataField> fields_;
  std::vector<int> columns_;
};

}  // namespace

std::unique_ptr<SelectOperator> SelectColumns(const std::vector<types::DataField>& input,
                                              std::vector<int> columns) {
  std::vector<types::DataField> fields;
  for (int column : columns) fields.push_back(input[static_cast<size_t>(column)]);
  return std::make_unique<ColumnSelect>(std::move(fields), std::move(columns));
}

}  // namespace tarn::stream
