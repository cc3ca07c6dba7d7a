// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <sys/types.h>

#include <memory>
#include <string>
#include <vector>

namespace tarn::support {

/// A program that runs beside the test, with its stdin and stdout as pipes. What it says
/// on stderr goes to a file. Ends (SIGKILL) with its object at the latest.
class ChildProcess {
 public:
  /// Throws std::system_error when it cannot be started.
  /// \param arguments  the program's path first
  ChildProcess(const std::vector<std::string>& arguments, const std::string& errors_file);
  ~ChildProcess();
  ChildProcess(const ChildProcess&) = delete;
  ChildProcess& operator=(const ChildProcess&) = delete;

  pid_t pid() const { return pid_; }
  /// The next line of its stdout without the newline; "" at the end.
  std::string ReadLine();
  /// All that is left of its stdout, until it closes it.
  std::string ReadAll();
  /// Its stdin ends.
  void CloseInput();
  /// SIGKILL; it may have ended already.
  void Kill();
  /// True when it has ended; does not wait.
  bool HasEnded();
  /// Its exit code, or minus the number of the signal that ended it. Waits.
  int Wait();

 private:
  bool Fill();

  pid_t pid_ = -1;
  int input_ = -1, output_ = -1;
  bool ended_ = false;
  int result_ = 0;
  std::string buffer_;
};

}  // namespace tarn::support
