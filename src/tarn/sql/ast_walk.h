// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>

#include "tarn/sql/ast.h"

namespace tarn::sql {

/// Call `visit` for `expression` and everything below it that is no subquery, parents
/// first. Subqueries are visited as nodes, not entered.
void WalkExpression(const Expression& expression,
                    const std::function<void(const Expression&)>& visit);

/// The first node below `expression`, itself included, for which `test` holds.
const Expression* FindNode(const Expression& expression,
                           const std::function<bool(const Expression&)>& test);

}  // namespace tarn::sql
