// SPDX-License-Identifier: Apache-2.0
#include "tests/support/java_oracle.h"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <string_view>

#include <nlohmann/json.hpp>

#include "tests/support/files.h"

extern char** environ;

namespace tarn::support {
namespace {

constexpr int kAnswerWaitMillis = 5 * 60 * 1000;

Status SystemError(std::string_view what) {
  return Unavailable(8900, "The Java program cannot be reached:", V("step", what),
                     V("error", std::strerror(errno)));
}

}  // namespace

struct JavaOracle::Child {
  pid_t pid = -1;
  int requests = -1;  // its standard input
  int answers = -1;   // its standard output
  std::string buffered;

  ~Child() {
    // The end of its input ends the program.
    if (requests >= 0) close(requests);
    if (answers >= 0) close(answers);
    if (pid > 0) waitpid(pid, nullptr, 0);
  }
};

JavaOracle::JavaOracle(std::string program) : program_(std::move(program)) {}

JavaOracle::~JavaOracle() = default;

JavaOracle& JavaOracle::Core() {
  static JavaOracle core("core");
  return core;
}

JavaOracle& JavaOracle::Flink() {
  static JavaOracle flink("flink");
  return flink;
}

bool JavaOracle::IsOff() {
  const char* value = std::getenv("TARN_INTEROP");
  return value != nullptr && std::string_view(value) == "off";
}

Status JavaOracle::Start() {
  // A program that has ended must show as an error of the next write.
  signal(SIGPIPE, SIG_IGN);
  int to_child[2];
  int from_child[2];
  if (pipe2(to_child, O_CLOEXEC) != 0 || pipe2(from_child, O_CLOEXEC) != 0) {
    return SystemError("pipe");
  }
  auto child = std::make_unique<Child>();
  child->requests = to_child[1];
  child->answers = from_child[0];
  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init(&actions);
  posix_spawn_file_actions_adddup2(&actions, to_child[0], STDIN_FILENO);
  posix_spawn_file_actions_adddup2(&actions, from_child[1], STDOUT_FILENO);
  std::string script = TestFile("interop/run");
  std::string argument = program_;
  char* arguments[] = {script.data(), argument.data(), nullptr};
  const int error =
      posix_spawn(&child->pid, script.c_str(), &actions, nullptr, arguments, environ);
  posix_spawn_file_actions_destroy(&actions);
  close(to_child[0]);
  close(from_child[1]);
  if (error != 0) {
    child->pid = -1;
    errno = error;
    return SystemError("start");
  }
  child_ = std::move(child);
  return Status::OK();
}

Status JavaOracle::Send(const std::string& line) {
  std::string_view rest = line;
  while (!rest.empty()) {
    const ssize_t written = write(child_->requests, rest.data(), rest.size());
    if (written < 0 && errno != EINTR) return SystemError("write");
    if (written > 0) rest.remove_prefix(static_cast<size_t>(written));
  }
  return Status::OK();
}

Result<std::string> JavaOracle::Receive() {
  std::string& buffered = child_->buffered;
  size_t searched = 0;
  while (true) {
    const size_t end = buffered.find('\n', searched);
    if (end != std::string::npos) {
      std::string line = buffered.substr(0, end);
      buffered.erase(0, end + 1);
      return line;
    }
    searched = buffered.size();
    pollfd waiting{child_->answers, POLLIN, 0};
    const int ready = poll(&waiting, 1, kAnswerWaitMillis);
    if (ready == 0) return Unavailable(8901, "The Java program does not answer.");
    char chunk[1 << 16];
    const ssize_t bytes = read(child_->answers, chunk, sizeof chunk);
    if (bytes < 0 && errno != EINTR) return SystemError("read");
    if (bytes == 0) {
      return Unavailable(8902, "The Java program ended; its last words are above.");
    }
    if (bytes > 0) buffered.append(chunk, static_cast<size_t>(bytes));
  }
}

Result<std::string> JavaOracle::AskText(const std::string& request) {
  if (child_ == nullptr) ARROW_RETURN_NOT_OK(Start());
  const Status sent = Send(request + "\n");
  Result<std::string> answer = sent.ok() ? Receive() : Result<std::string>(sent);
  if (!answer.ok()) child_.reset();  // the next test starts a new one
  return answer;
}

Result<nlohmann::json> JavaOracle::Ask(const nlohmann::json& request) {
  ARROW_ASSIGN_OR_RAISE(const std::string text, AskText(request.dump()));
  nlohmann::json answer = nlohmann::json::parse(text);
  if (!answer.at("ok").get<bool>() && !answer.contains("results")) {
    return InvalidInput(1900, "Java refuses:", V("error", answer.value("error", "")),
                        V("outer", answer.value("outer", "")));
  }
  return answer;
}

Result<std::vector<std::string>> JavaOracle::AskRows(const nlohmann::json& request) {
  ARROW_ASSIGN_OR_RAISE(const std::string text, AskText(request.dump()));
  if (!text.starts_with("{\"ok\":true")) {
    return InvalidInput(1900, "Java refuses:", V("answer", text));
  }
  return MemberTexts(text, "rows");
}

Result<std::vector<std::string>> JavaRows(const std::string& warehouse) {
  return JavaRows(warehouse, nlohmann::json::object());
}

Result<std::vector<std::string>> JavaRows(const std::string& warehouse,
                                          nlohmann::json request) {
  request["cmd"] = "read";
  request["warehouse"] = warehouse;
  if (!request.contains("table")) request["table"] = "db.t";
  return JavaOracle::Core().AskRows(request);
}

std::vector<std::string> MemberTexts(const std::string& object, const std::string& name) {
  std::vector<std::string> out;
  const std::string head = "\"" + name + "\":[";
  size_t begin = object.find(head);
  if (begin == std::string::npos) return out;
  begin += head.size();
  int depth = 0;
  bool in_string = false;
  for (size_t i = begin; i < object.size(); ++i) {
    const char c = object[i];
    if (in_string) {
      if (c == '\\') {
        ++i;
      } else if (c == '"') {
        in_string = false;
      }
      continue;
    }
    const bool ends_member = depth == 0 && (c == ',' || c == ']');
    if (ends_member && i > begin) out.push_back(object.substr(begin, i - begin));
    if (ends_member) begin = i + 1;
    if (ends_member && c == ']') break;
    if (c == '"') in_string = true;
    if (c == '{' || c == '[') ++depth;
    if (c == '}' || c == ']') --depth;
  }
  return out;
}

}  // namespace tarn::support
