// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>

namespace tarn::cdc {

/// Decode base64 text, padded or not; with `url_safe`, '-' and '_' stand for '+' and '/'.
/// False when a character, the length, or an unused bit is wrong. `out` is replaced.
bool DecodeBase64(std::string_view text, bool url_safe, std::string* out);

/// Decode pairs of hexadecimal digits, either case.
bool DecodeHex(std::string_view text, std::string* out);

/// True for at least 12 lower-case hexadecimal digits, an even number of them. Such text
/// is base64, too, but hardly ever meant so: the bytes of a hex mode read as base64 would
/// be wrong silently.
bool LooksLikeHex(std::string_view text);

}  // namespace tarn::cdc
