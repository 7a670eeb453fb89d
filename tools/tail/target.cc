#include "tail/target.h"

#include <algorithm>
#include <optional>
#include <string_view>

#include "resume/topic.h"

namespace taskwire::tail {
namespace {

using Result = tl::expected<Target, std::string>;
using client::is_sendable;
using client::is_url;

tl::unexpected<std::string> refuse(std::string_view what, std::string_view why) {
  return tl::unexpected("'" + std::string(what) + "' " + std::string(why));
}

std::optional<std::string> task_path(std::string_view word) {
  const auto slash = word.rfind('/');
  const auto topic = slash == std::string_view::npos ? std::nullopt : parse_topic(word.substr(0, slash));
  if (!topic || topic->kind != TopicKind::tasks || !is_name(word.substr(slash + 1))) return std::nullopt;
  return "/api/task-progress/" + std::string(word.substr(word.find('/') + 1));
}

/// The path of the stream that short forms name.
tl::expected<std::string, std::string> short_path(const std::vector<std::string>& words) {
  if (words.size() == 1) {
    if (const auto path = task_path(words[0])) return *path;
  }
  std::string path = "/api/events";
  for (const auto& word : words) {
    if (task_path(word)) return refuse(word, "is one task, which is followed alone");
    if (word.starts_with('/') || is_url(word)) return refuse(word, "is a stream by itself; only topics go together");
    if (!parse_topic(word)) {
      return refuse(word,
                    "is no target; write a URL, a path that begins with /, tasks/{user}, tasks/{user}/{task}, "
                    "messages/{user} or channels/{name}");
    }
    path.append(path.find('?') == std::string::npos ? "?" : "&").append("topic=").append(word);
  }
  return path;
}

/// The task id of `…/api/task-progress/{user}/{task}`; empty for any other path.
std::string task_of(std::string_view path) {
  constexpr std::string_view kStreams = "/api/task-progress/";
  const auto at = path.find(kStreams);
  if (at == std::string_view::npos) return {};
  const auto names = path.substr(at + kStreams.size());
  const auto slash = names.find('/');
  if (slash == std::string_view::npos || names.find('/', slash + 1) != std::string_view::npos) return {};
  return std::string(names.substr(slash + 1));
}

/// Puts a parameter before all others, since of several of one name the first counts.
void add_parameter(std::string& path, std::string_view name, std::string_view value) {
  if (value.empty()) return;
  const auto query = path.find('?');
  const std::string parameter = std::string(name).append("=").append(value);
  if (query == std::string::npos) {
    path.append("?").append(parameter);
  } else {
    path.insert(query + 1, parameter + "&");
  }
}

}  // namespace

Result parse_target(const std::vector<std::string>& words, const std::string& edge, const TargetQuery& query) {
  if (words.empty()) return tl::unexpected<std::string>("name what to follow, for example tasks/alice");
  const bool is_whole = words.size() == 1 && is_url(words[0]);
  auto url = is_whole ? client::parse_url(words[0]) : client::parse_edge(edge);
  if (!url) return tl::unexpected(is_whole ? url.error() : "--edge: " + url.error());
  Target target{*std::move(url), {}};
  if (!is_whole) {
    const bool is_path = words.size() == 1 && words[0].starts_with('/');
    const auto path = is_path ? words[0] : short_path(words);
    if (!path) return tl::unexpected(path.error());
    if (!is_sendable(*path)) return refuse(*path, "has characters that a URL has not; percent-encode them");
    target.path += path->substr(0, path->find('#'));
  }
  target.task_id = task_of(target.bare_path());
  add_parameter(target.path, "types", query.types);
  add_parameter(target.path, "from", query.from);
  return target;
}

}  // namespace taskwire::tail
