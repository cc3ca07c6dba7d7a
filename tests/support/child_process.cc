// SPDX-License-Identifier: Apache-2.0
#include "tests/support/child_process.h"

#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <system_error>
#include <utility>

extern char** environ;

namespace tarn::support {
namespace {

void Check(int error, const std::string& what) {
  if (error != 0) throw std::system_error(error, std::generic_category(), what);
}

int ResultOf(int status) {
  return WIFSIGNALED(status) ? -WTERMSIG(status) : WEXITSTATUS(status);
}

}  // namespace

ChildProcess::ChildProcess(const std::vector<std::string>& arguments,
                           const std::string& errors_file) {
  int in[2], out[2];
  // Closed in every child that starts later: else the end of a pipe is never seen.
  Check(pipe2(in, O_CLOEXEC) == 0 ? 0 : errno, "pipe");
  Check(pipe2(out, O_CLOEXEC) == 0 ? 0 : errno, "pipe");
  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init(&actions);
  posix_spawn_file_actions_adddup2(&actions, in[0], STDIN_FILENO);
  posix_spawn_file_actions_adddup2(&actions, out[1], STDOUT_FILENO);
  posix_spawn_file_actions_addopen(&actions, STDERR_FILENO, errors_file.c_str(),
                                   O_WRONLY | O_CREAT | O_APPEND, 0644);
  std::vector<char*> argv;
  for (const std::string& argument : arguments) {
    argv.push_back(const_cast<char*>(argument.c_str()));
  }
  argv.push_back(nullptr);
  const int error = posix_spawn(&pid_, argv[0], &actions, nullptr, argv.data(), environ);
  posix_spawn_file_actions_destroy(&actions);
  close(in[0]);
  close(out[1]);
  input_ = in[1];
  output_ = out[0];
  if (error != 0) {
    close(input_);
    close(output_);
    Check(error, arguments[0]);
  }
}

ChildProcess::~ChildProcess() {
  Kill();
  Wait();
  CloseInput();
  close(output_);
}

bool ChildProcess::Fill() {
  char bytes[65536];
  while (true) {
    const ssize_t got = read(output_, bytes, sizeof(bytes));
    if (got < 0 && errno == EINTR) continue;
    if (got <= 0) return false;
    buffer_.append(bytes, static_cast<size_t>(got));
    return true;
  }
}

std::string ChildProcess::ReadLine() {
  size_t end;
  while ((end = buffer_.find('\n')) == std::string::npos) {
    if (!Fill()) return std::exchange(buffer_, "");
  }
  std::string line = buffer_.substr(0, end);
  buffer_.erase(0, end + 1);
  return line;
}

std::string ChildProcess::ReadAll() {
  while (Fill()) {
  }
  return std::exchange(buffer_, "");
}

void ChildProcess::CloseInput() {
  if (input_ >= 0) close(std::exchange(input_, -1));
}

void ChildProcess::Kill() {
  // Not reaped yet, so that the id is still this child's.
  if (!ended_) kill(pid_, SIGKILL);
}

bool ChildProcess::HasEnded() {
  int status = 0;
  if (!ended_ && waitpid(pid_, &status, WNOHANG) == pid_) {
    ended_ = true;
    result_ = ResultOf(status);
  }
  return ended_;
}

int ChildProcess::Wait() {
  int status = 0;
  while (!ended_) {
    const pid_t found = waitpid(pid_, &status, 0);
    if (found < 0 && errno == EINTR) continue;
    ended_ = true;
    result_ = found == pid_ ? ResultOf(status) : -1;
  }
  return result_;
}

}  // namespace tarn::support
