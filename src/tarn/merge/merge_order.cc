// SPDX-License-Identifier: Apache-2.0
#include "tarn/merge/merge_order.h"

#include <algorithm>
#include <cstring>
#include <limits>
#include <numeric>
#include <utility>

#include <arrow/array.h>

#include "tarn/types/row_kind.h"

namespace tarn::merge {
namespace {

/// Wins in a row after which a run is searched instead of replayed row by row: below, the
/// search costs more than the matches that it saves.
constexpr int kGallopAfter = 8;

/// Rows whose keys all runs together hold decoded.
constexpr int64_t kChunkRowsInAll = 64 * 1024;
constexpr int64_t kChunkRowsMin = 1024;
constexpr int64_t kChunkRowsMax = 8192;

}  // namespace

/// What the inner loop needs of one run, side by side.
struct OrderReader::Head {
  int run = 0;
  const uint64_t* codes = nullptr;
  const std::string_view* views = nullptr;
  const int64_t* sequence = nullptr;
  const uint8_t* kind = nullptr;
  const uint64_t* user_codes = nullptr;
  const std::string_view* user_views = nullptr;
  int64_t position = 0;
  int64_t rows = 0;
  int64_t base = 0;  ///< position of row 0 of the order
};

/// Entries of the order that is being built. Arrays are grown ahead of the loops that
/// fill them; `size` entries and `keys` keys are valid.
struct OrderReader::Builder {
  MergeOrder* order = nullptr;
  int64_t size = 0;
  int64_t keys = 0;
  bool with_user_sequence = false;
  std::vector<uint64_t> user_codes;
  std::vector<std::string_view> user_views;
  uint64_t last_code = 0;
  std::string_view last_view;
  uint8_t all_kinds = 0;
  std::vector<int32_t> permutation;  // scratch of the sort within keys
  std::vector<uint16_t> run_copy;
  std::vector<int32_t> row_copy;
  std::vector<uint8_t> kind_copy;
  std::vector<int64_t> sequence_copy;

  void Start(MergeOrder* target, int64_t rows, bool user_sequence) {
    order = target;
    size = keys = 0;
    with_user_sequence = user_sequence;
    all_kinds = 0;
    Grow(rows + 64);
  }

  void Grow(int64_t entries) {
    if (static_cast<int64_t>(order->starts.size()) <= entries ||
        static_cast<int64_t>(order->run.size()) < entries) {
      entries = std::max<int64_t>(entries, 2 * size);
      order->run.resize(entries);
      order->row.resize(entries);
      order->kind.resize(entries);
      order->sequence.resize(entries);
      order->starts.resize(entries + 1);
    }
    if (with_user_sequence && user_codes.size() < order->run.size()) {
      user_codes.resize(order->run.size());
      user_views.resize(order->run.size());
    }
  }

  template <bool kExact>
  bool IsNewKey(const Head& head, int64_t position) const {
    // Codes of keys that are not exact change their base in the middle of an order.
    // Whether a key is new cannot be foretold: no branches.
    if constexpr (kExact) {
      return static_cast<bool>((keys == 0) | (head.codes[position] != last_code));
    } else {
      return keys == 0 || head.views[position] != last_view;
    }
  }

  template <bool kExact>
  void Append(const Head& head, bool new_key) {
    if (size == static_cast<int64_t>(order->run.size())) Grow(size + 1);
    const int64_t position = head.position;
    order->run[size] = static_cast<uint16_t>(head.run);
    order->row[size] = static_cast<int32_t>(position - head.base);
    order->sequence[size] = head.sequence[position];
    const uint8_t kind = head.kind == nullptr ? 0 : head.kind[position];
    order->kind[size] = kind;
    all_kinds |= kind;
    if (with_user_sequence) {
      user_codes[size] = head.user_codes[position];
      user_views[size] =
          head.user_views == nullptr ? std::string_view() : head.user_views[position];
    }
    // The slot of the next key: written again until a key begins.
    order->starts[keys] = static_cast<int32_t>(size);
    keys += new_key;
    ++size;
    if constexpr (kExact) {
      last_code = head.codes[position];
    } else {
      last_view = head.views[position];
    }
  }

  /// Rows [position, end) of one run, all below every other run's keys.
  template <bool kExact>
  void AppendRange(const Head& head, int64_t end) {
    const int64_t begin = head.position;
    const int64_t count = end - begin;
    if (count <= 0) return;
    Grow(size + count);
    std::fill_n(order->run.data() + size, count, static_cast<uint16_t>(head.run));
    std::iota(order->row.data() + size, order->row.data() + size + count,
              static_cast<int32_t>(begin - head.base));
    std::memcpy(order->sequence.data() + size, head.sequence + begin, count * 8);
    if (head.kind == nullptr) {
      std::memset(order->kind.data() + size, 0, count);
    } else {
      std::memcpy(order->kind.data() + size, head.kind + begin, count);
      for (int64_t i = begin; i < end; ++i) all_kinds |= head.kind[i];
    }
    if (with_user_sequence) {
      std::copy_n(head.user_codes + begin, count, user_codes.data() + size);
      if (head.user_views != nullptr) {
        std::copy_n(head.user_views + begin, count, user_views.data() + size);
      }
    }
    int32_t* starts = order->starts.data();
    starts[keys] = static_cast<int32_t>(size);
    keys += IsNewKey<kExact>(head, begin);
    for (int64_t i = begin + 1; i < end; ++i) {
      starts[keys] = static_cast<int32_t>(size + i - begin);
      if constexpr (kExact) {
        keys += head.codes[i] != head.codes[i - 1];
      } else {
        keys += head.views[i] != head.views[i - 1];
      }
    }
    size += count;
    if constexpr (kExact) {
      last_code = head.codes[end - 1];
    } else {
      last_view = head.views[end - 1];
    }
  }

  bool IsOlder(int32_t a, int32_t b) const {
    if (with_user_sequence) {
      if (user_codes[a] != user_codes[b]) return user_codes[a] < user_codes[b];
      const int compared = user_views[a].compare(user_views[b]);
      if (compared != 0) return compared < 0;
    }
    if (order->sequence[a] != order->sequence[b]) {
      return order->sequence[a] < order->sequence[b];
    }
    // Retractions have the odd kinds.
    const int retracts_a = order->kind[a] & 1, retracts_b = order->kind[b] & 1;
    if (retracts_a != retracts_b) return retracts_a > retracts_b;
    if (order->run[a] != order->run[b]) return order->run[a] < order->run[b];
    return order->row[a] < order->row[b];
  }

  void SortKey(int32_t begin, int32_t end) {
    bool sorted = true;
    for (int32_t i = begin + 1; i < end && sorted; ++i) sorted = !IsOlder(i, i - 1);
    if (sorted) return;
    const int32_t count = end - begin;
    permutation.resize(count);
    std::iota(permutation.begin(), permutation.end(), begin);
    if (count <= 12) {
      for (int32_t i = 1; i < count; ++i) {
        const int32_t moving = permutation[i];
        int32_t j = i;
        for (; j > 0 && IsOlder(moving, permutation[j - 1]); --j) {
          permutation[j] = permutation[j - 1];
        }
        permutation[j] = moving;
      }
    } else {
      std::stable_sort(permutation.begin(), permutation.end(),
                       [this](int32_t a, int32_t b) { return IsOlder(a, b); });
    }
    Permute(order->run, &run_copy, begin);
    Permute(order->row, &row_copy, begin);
    Permute(order->kind, &kind_copy, begin);
    Permute(order->sequence, &sequence_copy, begin);
  }

  template <typename T>
  void Permute(std::vector<T>& values, std::vector<T>* copy, int32_t begin) {
    const size_t count = permutation.size();
    copy->resize(count);
    for (size_t i = 0; i < count; ++i) (*copy)[i] = values[permutation[i]];
    std::copy(copy->begin(), copy->end(), values.begin() + begin);
  }
};

OrderReader::~OrderReader() = default;

Result<std::unique_ptr<OrderReader>> OrderReader::Make(const base::Context& context,
                                                       MergeSpec spec,
                                                       std::vector<SortedRun*> runs,
                                                       int64_t chunk_rows) {
  if (runs.size() > std::numeric_limits<uint16_t>::max()) {
    return ResourceExhausted(
        9201, "Too many sorted runs for one merge:", V("runs", runs.size()));
  }
  std::unique_ptr<OrderReader> reader(new OrderReader());
  reader->pool_ = context.pool;
  for (SortedRun* run : runs) {
    ARROW_ASSIGN_OR_RAISE(auto keys, RunKeys::Make(spec, run));
    reader->runs_.push_back(std::move(keys));
    reader->levels_.push_back(run->level());
  }
  reader->spec_ = std::move(spec);
  reader->heads_.resize(runs.size());
  const auto count = static_cast<int64_t>(std::max<size_t>(runs.size(), 1));
  reader->chunk_rows_ =
      chunk_rows > 0
          ? chunk_rows
          : std::clamp<int64_t>(kChunkRowsInAll / count, kChunkRowsMin, kChunkRowsMax);
  reader->builder_ = std::make_unique<Builder>();
  return reader;
}

Status OrderReader::LoadRun(int run) {
  RunKeys& keys = *runs_[run];
  ARROW_RETURN_NOT_OK(keys.Load(chunk_rows_));
  // Whether codes are exact follows from the types alone, so all runs agree.
  exact_ = keys.chunk().keys.exact;
  if (!exact_ && !prefix_.empty()) keys.StripPrefix(prefix_);
  return Status::OK();
}

/// The bytes that all unread keys of the current chunks share say nothing; codes are
/// taken from behind them. Chosen again when a chunk shares less, or when more is shared.
/// True if codes changed.
bool OrderReader::ChoosePrefix() {
  if (exact_) return false;
  std::string_view low, high;
  bool first = true;
  for (const auto& run : runs_) {
    if (run->position() == run->chunk().rows) continue;
    const auto& views = run->chunk().keys.views;
    low = first ? views[run->position()] : std::min(low, views[run->position()]);
    high = first ? views.back() : std::max(high, views.back());
    first = false;
  }
  if (first) return false;
  const auto shared = static_cast<size_t>(
      std::mismatch(low.begin(), low.end(), high.begin(), high.end()).first -
      low.begin());
  const std::string_view common = low.substr(0, shared);
  if (common.starts_with(prefix_) && shared < prefix_.size() + 2) return false;
  prefix_ = std::string(common);
  for (const auto& run : runs_) run->StripPrefix(prefix_);
  return true;
}

void OrderReader::RefreshHead(Head* slot) {
  Head& head = *slot;
  const RunKeys& keys = *runs_[head.run];
  const RunKeys::Chunk& chunk = keys.chunk();
  head.codes = chunk.keys.codes.data();
  head.views = chunk.keys.exact ? nullptr : chunk.keys.views.data();
  head.sequence = chunk.sequence_data;
  head.kind = chunk.kind_data;
  head.user_codes = chunk.sequences.codes.data();
  head.user_views = chunk.sequences.exact ? nullptr : chunk.sequences.views.data();
  head.position = keys.position();
  head.rows = chunk.rows;
  head.base = keys.position() - keys.order_row();
}

template <bool kExact>
void OrderReader::Rebuild(LoserTree<kExact>* tree) {
  for (size_t slot = 0; slot < heads_.size(); ++slot) {
    const Head& head = heads_[slot];
    const bool exhausted = head.position == head.rows;
    tree->SetHead(static_cast<int>(slot), exhausted ? 0 : head.codes[head.position],
                  kExact || exhausted ? std::string_view() : head.views[head.position],
                  exhausted);
  }
  tree->Build();
}

void OrderReader::AdvanceRuns() {
  for (const Head& head : heads_) {
    runs_[head.run]->Advance(head.position - runs_[head.run]->position());
  }
}

/// The run's chunk is used up: read the next one, if there is one.
template <bool kExact>
Status OrderReader::Refill(Head* head, LoserTree<kExact>* tree, bool* rebuilt) {
  RunKeys& keys = *runs_[head->run];
  keys.Advance(head->position - keys.position());
  if (!keys.needs_load()) return Status::OK();
  ARROW_RETURN_NOT_OK(LoadRun(head->run));
  RefreshHead(head);
  if constexpr (!kExact) {
    AdvanceRuns();
    if (ChoosePrefix()) {
      Rebuild(tree);
      *rebuilt = true;
    }
  }
  return Status::OK();
}

template <bool kExact>
void OrderReader::Gallop(const LoserTree<kExact>& tree, Head* slot, int64_t rows) {
  Head& head = *slot;
  const int64_t most = std::min(head.rows, head.position + rows - builder_->size);
  if (most <= head.position) return;
  int64_t end = most;
  if (runs_.size() > 1) {
    const auto rival = tree.RunnerUp();
    if (!tree.IsExhausted(rival)) {
      const uint64_t rival_code = tree.CodeOf(rival);
      auto below = [&](int64_t i) {
        if (head.codes[i] != rival_code) return head.codes[i] < rival_code;
        if constexpr (kExact) return false;
        return head.views[i] < tree.ViewOf(rival);
      };
      if (!below(most - 1)) {
        int64_t low = head.position, step = 1;  // rows before `low` are below
        while (low + step <= most && below(low + step - 1)) {
          low += step;
          step *= 2;
        }
        int64_t high = std::min(low + step, most) - 1;  // not below
        while (low < high) {
          const int64_t middle = low + (high - low) / 2;
          if (below(middle)) {
            low = middle + 1;
          } else {
            high = middle;
          }
        }
        end = low;
      }
    }
  }
  builder_->AppendRange<kExact>(head, end);
  head.position = std::max(head.position, end);
}

template <bool kExact>
Status OrderReader::Fill(LoserTree<kExact>* tree, int64_t rows) {
  Builder& builder = *builder_;
  int last_slot = -1, wins = 0;
  const bool alone = heads_.size() == 1;
  while (!tree->done()) {
    const int slot = tree->winner();
    Head& head = heads_[slot];
    const bool new_key = builder.IsNewKey<kExact>(head, head.position);
    if (builder.size >= rows && new_key) break;
    builder.Append<kExact>(head, new_key);
    ++head.position;
    wins = slot == last_slot ? wins + 1 : 0;
    last_slot = slot;
    if (alone || wins >= kGallopAfter) {
      Gallop(*tree, &head, rows);
      wins = 0;
    }
    if (head.position == head.rows) {
      bool rebuilt = false;
      ARROW_RETURN_NOT_OK(Refill(&head, tree, &rebuilt));
      if (rebuilt) continue;
    }
    const bool exhausted = head.position == head.rows;
    tree->Replace(exhausted ? 0 : head.codes[head.position],
                  kExact || exhausted ? std::string_view() : head.views[head.position],
                  exhausted);
    if (builder.size >= std::numeric_limits<int32_t>::max() - kChunkRowsMax) {
      return ResourceExhausted(
          9202, "A key has too many records for one merge:", V("records", builder.size));
    }
  }
  AdvanceRuns();
  return Status::OK();
}

/// Runs take their places in the tree oldest first: equal keys then mostly come out in
/// order.
Status OrderReader::Start() {
  started_ = true;
  std::vector<int64_t> first_sequence(runs_.size(), 0);
  for (size_t run = 0; run < runs_.size(); ++run) {
    if (!runs_[run]->needs_load()) continue;
    ARROW_RETURN_NOT_OK(LoadRun(static_cast<int>(run)));
    first_sequence[run] = runs_[run]->chunk().sequence_data[0];
  }
  for (size_t run = 0; run < runs_.size(); ++run) heads_[run].run = static_cast<int>(run);
  std::stable_sort(heads_.begin(), heads_.end(), [&](const Head& a, const Head& b) {
    return first_sequence[a.run] < first_sequence[b.run];
  });
  ChoosePrefix();
  return Status::OK();
}

Status OrderReader::Finish(MergeOrder* order) {
  Builder& builder = *builder_;
  order->run.resize(builder.size);
  order->row.resize(builder.size);
  order->kind.resize(builder.size);
  order->sequence.resize(builder.size);
  order->starts.resize(builder.keys + 1);
  order->starts[builder.keys] = static_cast<int32_t>(builder.size);
  order->has_retracts = (builder.all_kinds & 1) != 0;
  order->consumed.resize(runs_.size());
  int taking_part = 0;
  for (size_t run = 0; run < runs_.size(); ++run) {
    order->consumed[run] = runs_[run]->order_row();
    taking_part += order->consumed[run] > 0;
  }
  order->is_identity = taking_part == 1 && builder.keys == builder.size;
  order->bypass.assign(builder.keys, 1);
  if (builder.keys == builder.size) return Status::OK();
  for (int64_t key = 0; key < builder.keys; ++key) {
    const int32_t begin = order->starts[key], end = order->starts[key + 1];
    if (end - begin == 1) continue;
    order->bypass[key] = 0;
    builder.SortKey(begin, end);
  }
  if (spec_.lookup) DropOutranked(order);
  return Status::OK();
}

/// Of the entries of levels above 0 only one of the lowest level stays, the first; the
/// rest of the key's history is in it already. A key with a single record is left alone.
void OrderReader::DropOutranked(MergeOrder* order) const {
  int32_t kept = 0;
  bool retracts = false;
  for (int64_t key = 0; key < order->keys(); ++key) {
    const int32_t begin = order->starts[key], end = order->starts[key + 1];
    int32_t best = -1;
    for (int32_t i = begin; i < end; ++i) {
      const int32_t level = levels_[order->run[i]];
      if (level > 0 && (best < 0 || level < levels_[order->run[best]])) best = i;
    }
    order->starts[key] = kept;
    for (int32_t i = begin; i < end; ++i) {
      if (levels_[order->run[i]] > 0 && i != best) continue;
      order->run[kept] = order->run[i];
      order->row[kept] = order->row[i];
      order->kind[kept] = order->kind[i];
      order->sequence[kept] = order->sequence[i];
      retracts |= (order->kind[i] & 1) != 0;
      ++kept;
    }
  }
  order->starts.back() = kept;
  order->run.resize(kept);
  order->row.resize(kept);
  order->kind.resize(kept);
  order->sequence.resize(kept);
  order->has_retracts = retracts;
}

Result<bool> OrderReader::Next(int64_t rows, MergeOrder* order) {
  ARROW_RETURN_NOT_OK(failed_);
  auto step = [&]() -> Status {
    if (!started_) ARROW_RETURN_NOT_OK(Start());
    for (Head& head : heads_) {
      runs_[head.run]->BeginOrder();
      RefreshHead(&head);
    }
    builder_->Start(order, rows, !spec_.sequence_columns.empty());
    const int count = static_cast<int>(runs_.size());
    if (count == 0) return Finish(order);
    if (exact_) {
      LoserTree<true> tree(count);
      Rebuild(&tree);
      ARROW_RETURN_NOT_OK(Fill(&tree, rows));
    } else {
      LoserTree<false> tree(count);
      Rebuild(&tree);
      ARROW_RETURN_NOT_OK(Fill(&tree, rows));
    }
    return Finish(order);
  };
  failed_ = step();
  ARROW_RETURN_NOT_OK(failed_);
  return order->keys() > 0;
}

Result<std::shared_ptr<arrow::Array>> OrderReader::OrderColumn(int run,
                                                               int column) const {
  return runs_[run]->OrderColumn(column, pool_);
}

}  // namespace tarn::merge
