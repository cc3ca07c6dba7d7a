// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include <arrow/type_fwd.h>

#include "tarn/base/context.h"
#include "tarn/merge/loser_tree.h"
#include "tarn/merge/merge_spec.h"
#include "tarn/merge/run_keys.h"
#include "tarn/merge/sorted_run.h"

namespace tarn::merge {

/// Order of the rows of several sorted runs, merged by key. Always whole keys.
///
/// Shapes, for `rows` input rows holding `keys` distinct keys:
///   run       uint16[rows]      the run a row comes from
///   row       int32[rows]       its position among the rows of that run in this order
///   kind      uint8[rows]       values of types::RowKind
///   sequence  int64[rows]       sequence numbers
///   starts    int32[keys + 1]   first entry of each key; starts[keys] == rows
///   bypass    uint8[keys]       1 = the key had exactly one record: it skips the merge
///                               function (Paimon `ReducerMergeFunctionWrapper`)
///   consumed  int64[runs]       rows of each run that this order covers
/// Within a key, entries ascend by user sequence, sequence number, retractions before
/// additions, run: the last one is the newest.
struct MergeOrder {
  std::vector<uint16_t> run;
  std::vector<int32_t> row;
  std::vector<uint8_t> kind;
  std::vector<int64_t> sequence;
  std::vector<int32_t> starts;
  std::vector<uint8_t> bypass;
  std::vector<int64_t> consumed;
  bool has_retracts = false;
  /// Entry i is row i of the only run that takes part, and every key has one entry.
  bool is_identity = false;

  int64_t rows() const { return static_cast<int64_t>(run.size()); }
  int64_t keys() const { return static_cast<int64_t>(starts.size()) - 1; }
};

/// Merges runs by key, an order at a time, reading only what decides. A loser tree over
/// key codes; a run that wins many times in a row is galloped through up to the
/// runner-up's key. One caller at a time; answers an error once and stays failed.
class OrderReader {
 public:
  /// `runs` must outlive the reader. Errors: kResource for more than 65535 runs.
  /// \param chunk_rows  rows of each run whose keys are decoded at a time; 0 = by fan-in
  static Result<std::unique_ptr<OrderReader>> Make(const base::Context& context,
                                                   MergeSpec spec,
                                                   std::vector<SortedRun*> runs,
                                                   int64_t chunk_rows = 0);
  ~OrderReader();

  /// The next order of about `rows` rows: at least one key, and no key cut. False at the
  /// end.
  Result<bool> Next(int64_t rows, MergeOrder* order);

  /// The consumed rows of `run` of a key or user sequence column, nullptr for other
  /// columns. Valid until the next call of `Next`.
  Result<std::shared_ptr<arrow::Array>> OrderColumn(int run, int column) const;

 private:
  struct Builder;
  struct Head;
  OrderReader() = default;
  Status LoadRun(int run);
  bool ChoosePrefix();
  void RefreshHead(Head* head);
  void AdvanceRuns();
  template <bool kExact>
  void Rebuild(LoserTree<kExact>* tree);
  template <bool kExact>
  Status Refill(Head* head, LoserTree<kExact>* tree, bool* rebuilt);
  template <bool kExact>
  Status Fill(LoserTree<kExact>* tree, int64_t rows);
  template <bool kExact>
  void Gallop(const LoserTree<kExact>& tree, Head* head, int64_t rows);
  Status Finish(MergeOrder* order);
  Status Start();
  void DropOutranked(MergeOrder* order) const;

  arrow::MemoryPool* pool_ = nullptr;
  MergeSpec spec_;
  std::vector<int32_t> levels_;
  std::vector<std::unique_ptr<RunKeys>> runs_;
  std::vector<Head> heads_;  ///< by place in the tree
  int64_t chunk_rows_ = 0;
  bool started_ = false;
  Status failed_;
  bool exact_ = true;
  std::string prefix_;  ///< of all unread keys, stripped from codes that are not exact
  std::unique_ptr<Builder> builder_;
};

}  // namespace tarn::merge
