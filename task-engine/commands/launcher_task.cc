#include "commands/launcher_task.h"

#include <algorithm>
#include <array>
#include <cerrno>
#include <charconv>
#include <string_view>
#include <unistd.h>

namespace taskwire::engine {
namespace {

std::uint64_t number_of(std::string_view text) {
  std::uint64_t number = 0;
  std::from_chars(text.data(), text.data() + text.size(), number);
  return number;
}

std::optional<LauncherTask::Identity> identity_of(std::string_view text) {
  if (text.empty()) return std::nullopt;
  std::vector<gid_t> ids;
  while (!text.empty()) {
    const auto end = text.find_first_of(":,");
    ids.push_back(static_cast<gid_t>(number_of(text.substr(0, end))));
    text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
  }
  ids.resize(std::max<std::size_t>(ids.size(), 2));
  return LauncherTask::Identity{ids[0], ids[1], {ids.begin() + 2, ids.end()}};
}

bool read_all(int fd, std::vector<char>& to) {
  std::array<char, 4096> part;
  for (;;) {
    const auto got = read(fd, part.data(), part.size());
    if (got < 0 && errno == EINTR) continue;
    if (got <= 0) return got == 0;
    to.insert(to.end(), part.begin(), part.begin() + got);
  }
}

}  // namespace

std::vector<char*> LauncherTask::environment() {
  std::vector<char*> all;
  for (auto at = variables.begin(); at != variables.end();) {
    all.push_back(&*at);
    at = std::find(at, variables.end(), '\0') + 1;
  }
  all.push_back(nullptr);
  return all;
}

std::optional<LauncherTask> read_task(char** words) {
  const auto word = [words](LauncherWord which) { return words[static_cast<int>(which)]; };
  LauncherTask task;
  task.folder = word(LauncherWord::folder);
  task.identity = identity_of(word(LauncherWord::user));
  task.memory = number_of(word(LauncherWord::memory));
  task.descriptors = number_of(word(LauncherWord::descriptors));
  task.program = word(LauncherWord::program);
  task.arguments = words + static_cast<int>(LauncherWord::arguments);
  if (!read_all(kLauncherVariables, task.variables)) return std::nullopt;
  return task;
}

}  // namespace taskwire::engine
