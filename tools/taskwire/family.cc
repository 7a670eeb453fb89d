#include "taskwire/family.h"

#include <algorithm>
#include <csignal>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <optional>
#include <sstream>
#include <string>
#include <vector>

#include "program/process_stat.h"

namespace taskwire::cli {
namespace {

/// When a process that lives began, in ticks of the system; nothing where there is none any more.
std::optional<std::uint64_t> beginning_of(pid_t pid) {
  constexpr int kBetween = 18;  // fields of proc(5) from the state to the beginning
  std::istringstream fields(process_stat(pid));
  std::string field;
  if (!(fields >> field) || field == "Z" || field == "X") return std::nullopt;
  for (int i = 0; i < kBetween; ++i) fields >> field;
  std::uint64_t began = 0;
  return fields >> began ? std::optional(began) : std::nullopt;
}

/// Those that any of its threads started.
std::vector<pid_t> children_of(pid_t pid) {
  std::vector<pid_t> children;
  std::error_code error;
  std::filesystem::directory_iterator threads("/proc/" + std::to_string(pid) + "/task", error);
  for (; !error && threads != std::filesystem::directory_iterator(); threads.increment(error)) {
    std::ifstream file(threads->path() / "children");
    children.insert(children.end(), std::istream_iterator<pid_t>(file), {});
  }
  return children;
}

}  // namespace

void Family::look() {
  std::vector<pid_t> unread = {root_};
  for (const auto& [pid, began] : began_) unread.push_back(pid);
  std::map<pid_t, std::uint64_t> found;
  while (!unread.empty()) {
    const auto pid = unread.back();
    unread.pop_back();
    const auto began = pid > 0 ? beginning_of(pid) : std::nullopt;
    const auto before = began_.find(pid);
    if (!began || found.contains(pid) || (before != began_.end() && before->second != *began)) continue;
    found.emplace(pid, *began);
    const auto children = children_of(pid);
    unread.insert(unread.end(), children.begin(), children.end());
  }
  began_ = std::move(found);
}

void Family::signal(int number) {
  look();
  for (const auto& [pid, began] : began_) kill(pid, number);
}

bool Family::is_alive() const {
  return std::any_of(began_.begin(), began_.end(),
                     [](const auto& member) { return beginning_of(member.first) == member.second; });
}

}  // namespace taskwire::cli
