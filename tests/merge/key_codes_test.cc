// SPDX-License-Identifier: Apache-2.0
#include "tarn/merge/key_codes.h"

#include <gtest/gtest.h>

#include <limits>

#include <arrow/array.h>

#include "tests/support/merge_case.h"

namespace tarn::merge {
namespace {

using support::I;
using support::N;
using support::S;
using support::Value;
using types::DataType;

int Compare(const RowKeys& keys, int64_t a, int64_t b) {
  if (keys.codes[a] != keys.codes[b]) return keys.codes[a] < keys.codes[b] ? -1 : 1;
  return keys.exact ? 0 : keys.views[a].compare(keys.views[b]);
}

/// Each row is below the next.
void ExpectAscending(const std::vector<DataType>& types,
                     const std::vector<std::vector<Value>>& columns, KeyEncoding encoding,
                     bool exact) {
  std::vector<std::shared_ptr<arrow::Array>> arrays;
  for (size_t c = 0; c < types.size(); ++c) {
    arrays.push_back(support::ToArray(types[c], columns[c]).ValueOrDie());
  }
  const RowKeys keys = EncodeKeys(arrays, encoding).ValueOrDie();
  EXPECT_EQ(keys.exact, exact);
  for (int64_t i = 0; i < keys.rows(); ++i) {
    EXPECT_EQ(Compare(keys, i, i), 0);
    for (int64_t j = i + 1; j < keys.rows(); ++j) {
      EXPECT_LT(Compare(keys, i, j), 0) << i << " " << j;
      EXPECT_GT(Compare(keys, j, i), 0) << i << " " << j;
    }
  }
}

TEST(KeyCodes, IntegersAscendSigned) {
  ExpectAscending({DataType::BigInt()},
                  {{I(std::numeric_limits<int64_t>::min()), I(-1), I(0), I(1),
                    I(std::numeric_limits<int64_t>::max())}},
                  {}, true);
  ExpectAscending({DataType::TinyInt()}, {{I(-128), I(-1), I(0), I(127)}}, {}, true);
}

TEST(KeyCodes, FloatsAscendAsJavaComparesThem) {
  const double inf = std::numeric_limits<double>::infinity();
  ExpectAscending(
      {DataType::Double()},
      {{-inf, -1.5, -0.0, 0.0, 1e-300, inf, std::numeric_limits<double>::quiet_NaN()}},
      {}, true);
}

TEST(KeyCodes, AllNaNsAreOneKey) {
  auto array =
      support::ToArray(DataType::Double(), {-std::numeric_limits<double>::quiet_NaN(),
                                            std::numeric_limits<double>::signaling_NaN()})
          .ValueOrDie();
  const RowKeys keys = EncodeKeys({array}, {}).ValueOrDie();
  EXPECT_EQ(keys.codes[0], keys.codes[1]);
}

TEST(KeyCodes, TextAscendsByUnsignedBytesShorterFirst) {
  ExpectAscending({DataType::String()},
                  {{S(""), S("a"), S(std::string("a\0", 2)), S("aaaaaaaa"),
                    S("aaaaaaaab"), S("b"), S("\xc3\xbc")}},
                  {}, false);
}

TEST(KeyCodes, TwoNarrowColumnsPackIntoOneCode) {
  ExpectAscending({DataType::Int(), DataType::Int()},
                  {{I(-5), I(-5), I(3)}, {I(-1), I(7), I(-9)}}, {}, true);
}

TEST(KeyCodes, TextBeforeAnotherColumnDoesNotShiftIt) {
  ExpectAscending({DataType::String(), DataType::Int()},
                  {{S("a"), S("a"), S(std::string("a\0", 2)), S("a\x01"), S("ab")},
                   {I(1), I(9), I(-7), I(-8), I(-9)}},
                  {}, false);
}

TEST(KeyCodes, WideDecimalsAscendSigned) {
  const __int128 wide = static_cast<__int128>(1) << 100;
  ExpectAscending({DataType::Decimal(38, 2)}, {{-wide, __int128{-1}, __int128{0}, wide}},
                  {}, false);
}

TEST(KeyCodes, NullsStandFirstAscendingAndDescending) {
  for (const DataType& type : {DataType::Int(), DataType::BigInt()}) {
    const bool exact = type.root() == types::TypeRoot::kInt;
    ExpectAscending({type}, {{N(), I(-1), I(0), I(5)}}, {.nullable = true}, exact);
    ExpectAscending({type}, {{N(), I(5), I(0), I(-1)}},
                    {.nullable = true, .descending = true}, exact);
  }
  ExpectAscending({DataType::String()},
                  {{N(), S("b"), S("ab"), S("a"), S(std::string("\0", 1)), S("")}},
                  {.nullable = true, .descending = true}, false);
}

TEST(KeyCodes, ANullInAKeyIsCorruption) {
  auto array = support::ToArray(DataType::Int(), {I(1), N()}).ValueOrDie();
  EXPECT_EQ(KindOf(EncodeKeys({array}, {}).status()), ErrorKind::kCorruption);
}

}  // namespace
}  // namespace tarn::merge
