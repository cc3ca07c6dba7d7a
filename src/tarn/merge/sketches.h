// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>

#include "tarn/base/status.h"

namespace tarn::merge {

/// Unions of serialized sketches of Apache DataSketches, byte for byte what Java's
/// library (4.2, which Paimon uses) makes of them. The C++ library of the same project
/// does the work; where its bytes are not those of Java, the files of these functions say
/// so and make them so. Both functions see all of the bytes that nobody vouches for
/// before the library does.

/// Paimon `HllSketchUtil.union`: an HLL_4 sketch in compact form, with at most the
/// precision of `b`. \param a  the cells before, \param b  the next cell
/// Errors: kCorruption for bytes that are no sketch; kUnsupported for the inner state of
/// a union.
Result<std::string> UnionHllSketches(std::string_view a, std::string_view b);

/// Paimon `ThetaSketch.union`: an ordered compact sketch of 4096 nominal entries. Fewer
/// than 16 bytes are an empty sketch, as in Java.
/// Errors: kCorruption for bytes that are no sketch or of another seed; kUnsupported for
/// the formats before the one of 2015.
Result<std::string> UnionThetaSketches(std::string_view a, std::string_view b);

}  // namespace tarn::merge
