// SPDX-License-Identifier: Apache-2.0
#include "tarn/tree/full_compaction.h"

#include <algorithm>
#include <utility>

#include <fmt/format.h>

#include "tarn/base/units.h"
#include "tarn/datafile/write_settings.h"
#include "tarn/merge/merge_spec.h"
#include "tarn/options/options.h"

namespace tarn::tree {
namespace {

/// Whether Java compacts the table with its rewriter of lookups (Paimon
/// `LookupStrategy.needLookup`); full-compaction has a rewriter of its own.
Result<bool> LooksUp(const types::TableSchema& schema) {
  ARROW_ASSIGN_OR_RAISE(
      const std::string producer,
      options::Options(schema.options).Get(options::kChangelogProducer));
  if (producer == "full-compaction" || !schema.has_primary_key()) return false;
  ARROW_ASSIGN_OR_RAISE(const auto spec, merge::MergeSpec::FromSchema(schema));
  return spec.lookup || spec.engine == merge::Engine::kFirstRow;
}

Result<bool> MustRewrite(const FullCompactionOptions& options,
                         const meta::DataFileMeta& file) {
  return options.must_rewrite ? options.must_rewrite(file) : Result<bool>(false);
}

/// Gathers candidates and turns them into steps in key order. An intermediate file is
/// never skipped, since the output has to stay one sorted run (Paimon
/// `MergeTreeCompactTask`).
class StepBuilder {
 public:
  StepBuilder(int32_t output_level, const FullCompactionOptions& options)
      : output_level_(output_level), options_(options) {}

  void Overlapping(meta::FileRuns section) { candidates_.push_back(std::move(section)); }
  Status Alone(const meta::DataFileMeta& file) {
    if (file.file_size < options_.small_file_bytes) {
      candidates_.push_back({{file}});
      return Status::OK();
    }
    ARROW_RETURN_NOT_OK(RewriteCandidates());
    return Upgrade(file);
  }
  Result<std::vector<CompactionStep>> Finish() {
    ARROW_RETURN_NOT_OK(RewriteCandidates());
    return std::move(steps_);
  }

 private:
  Status RewriteCandidates() {
    if (candidates_.empty()) return Status::OK();
    std::vector<meta::FileRuns> candidates = std::exchange(candidates_, {});
    if (candidates.size() == 1 && candidates[0].size() == 1) {
      for (const auto& file : candidates[0][0]) ARROW_RETURN_NOT_OK(Upgrade(file));
      return Status::OK();
    }
    steps_.push_back({CompactionStep::Kind::kRewrite, std::move(candidates)});
    return Status::OK();
  }

  Status Upgrade(const meta::DataFileMeta& file) {
    // Without a count a file may hold deletes, which the highest level must not.
    const bool may_hold_deletes =
        !file.delete_row_count.has_value() || *file.delete_row_count > 0;
    ARROW_ASSIGN_OR_RAISE(const bool must_rewrite, MustRewrite(options_, file));
    const bool other_format = options_.rewrite_level_0 && file.level == 0;
    if (may_hold_deletes || options_.force_rewrite || must_rewrite || other_format) {
      steps_.push_back({CompactionStep::Kind::kRewrite, {{{file}}}});
    } else if (file.level != output_level_) {
      steps_.push_back({CompactionStep::Kind::kUpgrade, {{{file}}}});
    }
    return Status::OK();
  }

  int32_t output_level_;
  const FullCompactionOptions& options_;
  std::vector<meta::FileRuns> candidates_;
  std::vector<CompactionStep> steps_;
};

}  // namespace

Result<FullCompactionOptions> FullCompactionOptions::FromSchema(
    const types::TableSchema& schema) {
  const options::Options table(schema.options);
  FullCompactionOptions out;
  ARROW_ASSIGN_OR_RAISE(const int32_t trigger,
                        table.Get(options::kNumSortedRunCompactionTrigger));
  ARROW_ASSIGN_OR_RAISE(const auto levels, table.Get(options::kNumLevels));
  out.max_level = levels.value_or(trigger + 1) - 1;
  ARROW_ASSIGN_OR_RAISE(const auto target, table.Get(options::kTargetFileSize));
  const int64_t default_target_mib = schema.has_primary_key() ? 128 : 256;
  const base::MemorySize target_size =
      target.value_or(base::MemorySize::MiB(default_target_mib));
  ARROW_ASSIGN_OR_RAISE(const double ratio,
                        table.Get(options::kCompactionSmallFileRatio));
  out.small_file_bytes =
      static_cast<int64_t>(static_cast<double>(target_size.bytes) * ratio);
  ARROW_ASSIGN_OR_RAISE(out.force_rewrite,
                        table.Get(options::kCompactionForceRewriteAllFiles));
  ARROW_ASSIGN_OR_RAISE(const bool looks_up, LooksUp(schema));
  if (looks_up) {
    ARROW_ASSIGN_OR_RAISE(const std::string format, table.Get(options::kFileFormat));
    ARROW_ASSIGN_OR_RAISE(const std::string formats,
                          table.Get(options::kFileFormatPerLevel));
    ARROW_ASSIGN_OR_RAISE(const std::string low,
                          datafile::ValueAtLevel(formats, 0, format));
    ARROW_ASSIGN_OR_RAISE(const std::string high,
                          datafile::ValueAtLevel(formats, out.max_level, format));
    out.rewrite_level_0 = low != high;
  }
  return out;
}

Result<CompactionPlan> PickFullCompaction(const std::vector<meta::DataFileMeta>& files,
                                          const types::TableSchema& schema,
                                          const FullCompactionOptions& options) {
  CompactionPlan plan;
  plan.output_level = options.max_level;
  for (const auto& file : files)
    plan.output_level = std::max(plan.output_level, file.level);
  const bool only_highest = std::all_of(
      files.begin(), files.end(),
      [&](const meta::DataFileMeta& file) { return file.level == plan.output_level; });
  if (files.empty()) return plan;
  // Everything takes part and nothing lies below the highest level.
  plan.drop_deletes = plan.output_level != 0;
  if (only_highest && !options.force_rewrite) {
    for (const auto& file : files) {
      ARROW_ASSIGN_OR_RAISE(const bool must_rewrite, MustRewrite(options, file));
      if (!must_rewrite) continue;
      plan.steps.push_back({CompactionStep::Kind::kRewrite, {{{file}}}});
    }
    return plan;
  }
  ARROW_ASSIGN_OR_RAISE(auto key_fields, schema.FieldsOf(schema.TrimmedPrimaryKey()));
  ARROW_ASSIGN_OR_RAISE(auto sections, meta::PartitionFiles(files, key_fields));
  StepBuilder steps(plan.output_level, options);
  for (auto& section : sections) {
    if (section.size() > 1) {
      steps.Overlapping(std::move(section));
    } else {
      for (const auto& file : section[0]) ARROW_RETURN_NOT_OK(steps.Alone(file));
    }
  }
  ARROW_ASSIGN_OR_RAISE(plan.steps, steps.Finish());
  return plan;
}

std::string CompactionPlan::ToString() const {
  std::string out = fmt::format("to level {}{}", output_level,
                                drop_deletes ? ", deletes dropped" : ", deletes kept");
  for (const auto& step : steps) {
    out += step.kind == CompactionStep::Kind::kUpgrade ? "\n  upgrade" : "\n  rewrite";
    for (const auto& section : step.sections) {
      out += " [";
      for (size_t run = 0; run < section.size(); ++run) {
        if (run > 0) out += " | ";
        for (size_t i = 0; i < section[run].size(); ++i) {
          out += fmt::format("{}{}@{}", i > 0 ? " " : "", section[run][i].file_name,
                             section[run][i].level);
        }
      }
      out += "]";
    }
  }
  return out;
}

}  // namespace tarn::tree
