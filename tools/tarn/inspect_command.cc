// SPDX-License-Identifier: Apache-2.0
#include "tools/tarn/inspect_command.h"

#include <cstdio>

#include "tarn/base/context.h"
#include "tarn/format/inspect.h"
#include "tarn/io/local_file_system.h"

namespace tarn::tool {

int RunInspect(const std::string& path, int64_t records) {
  const auto context = base::MakeSystemContext(io::MakeLocalFileSystem());
  format::InspectOptions options;
  options.records_max = records;
  const auto text = format::Inspect(*context, path, options);
  if (text.ok()) {
    std::fwrite(text->data(), 1, text->size(), stdout);
    return 0;
  }
  std::fprintf(stderr, "error[%s]: %s\n", CodeOf(text.status()).c_str(),
               MessageOf(text.status()).c_str());
  return ExitCodeOf(KindOf(text.status()));
}

}  // namespace tarn::tool
