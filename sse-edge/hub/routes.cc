#include "hub/routes.h"

#include <algorithm>
#include <array>
#include <span>

#include "resume/topic.h"

namespace taskwire::edge {
namespace {

struct Row {
  std::string_view method;
  std::string_view path;  // "{user}" and the like stand for one segment
  Endpoint endpoint;
};

constexpr std::array kRoutes = {
    Row{"GET", "/api/task-progress/{user}", Endpoint::user_stream},
    Row{"GET", "/api/task-progress/{user}/{task}", Endpoint::task_stream},
    Row{"GET", "/api/events", Endpoint::topic_stream},
    Row{"GET", "/stream/{channel}", Endpoint::channel_stream},
    Row{"GET", "/api/task-types", Endpoint::task_types},
    Row{"POST", "/api/tasks/{user}/start", Endpoint::start_task},
    Row{"GET", "/api/tasks/{user}", Endpoint::list_tasks},
    Row{"GET", "/api/tasks/{user}/{task}", Endpoint::get_task},
    Row{"DELETE", "/api/tasks/{user}/{task}", Endpoint::delete_task},
    Row{"POST", "/api/tasks/{user}/{task}/cancel", Endpoint::cancel_task},
    Row{"POST", "/api/tasks/{user}/{task}/retry", Endpoint::retry_task},
    Row{"POST", "/publish/{channel}", Endpoint::publish},
    Row{"GET", "/healthz", Endpoint::healthz},
    Row{"GET", "/readyz", Endpoint::readyz},
};

std::string_view take_segment(std::string_view& path) {
  path.remove_prefix(1);  // the slash
  const auto end = std::min(path.find('/'), path.size());
  const auto segment = path.substr(0, end);
  path.remove_prefix(end);
  return segment;
}

bool is_name_place(std::string_view segment) {
  return segment.starts_with('{');
}

/// Whether `segment` may stand for the name place `place`. `/api/tasks/{user}/start` is no task called "start".
bool fits(std::string_view place, const std::string& segment) {
  return !segment.empty() && (place != "{task}" || segment != "start");
}

bool matches(std::string_view path, const std::vector<std::string>& segments) {
  for (const auto& segment : segments) {
    if (path.empty()) return false;
    const auto expected = take_segment(path);
    if (is_name_place(expected) ? !fits(expected, segment) : expected != segment) return false;
  }
  return path.empty();
}

Result<void> check_name(std::string_view place, const std::string& name) {
  const auto bad = [&](std::string_view what, const char* reason) {
    return tl::unexpected(Problem{400, reason,
                                  "The " + std::string(what) +
                                      " in the path is 1 to 128 characters of A-Z a-z 0-9 . _ ~ @ -, "
                                      "and not . or .."});
  };
  if (place == "{user}" && !is_name(name)) return bad("user id", "INVALID_USER_ID");
  if (place == "{channel}" && !is_name(name)) return bad("channel name", "INVALID_CHANNEL");
  if (place == "{task}" && !is_name(name)) return bad("task id", "INVALID_TASK_ID");
  return {};
}

Result<Route> fill(const Row& row, const std::vector<std::string>& segments) {
  Route route{row.endpoint, {}};
  auto path = row.path;
  for (const auto& segment : segments) {
    const auto place = take_segment(path);
    if (!is_name_place(place)) continue;
    if (auto valid = check_name(place, segment); !valid) return tl::unexpected(valid.error());
    route.names.push_back(segment);
  }
  return route;
}

}  // namespace

bool Route::is_stream() const {
  return endpoint == Endpoint::user_stream || endpoint == Endpoint::task_stream || endpoint == Endpoint::topic_stream ||
         endpoint == Endpoint::channel_stream;
}

bool Route::is_write() const {
  return endpoint == Endpoint::start_task || endpoint == Endpoint::delete_task || endpoint == Endpoint::cancel_task ||
         endpoint == Endpoint::retry_task || endpoint == Endpoint::publish;
}

std::string allowed_methods(const Target& target) {
  std::string methods;
  for (const auto& row : kRoutes) {
    if (!matches(row.path, target.segments)) continue;
    methods += row.method;
    methods += row.method == "GET" ? ", HEAD, " : ", ";
  }
  return methods.empty() ? methods : methods + "OPTIONS";
}

Problem method_not_allowed(const std::string& allowed) {
  return {405, "METHOD_NOT_ALLOWED", "This path takes " + allowed + "."};
}

Result<Route> find_route(std::string_view method, const Target& target) {
  const auto wanted = method == "HEAD" ? std::string_view("GET") : method;
  bool path_is_known = false;
  for (const auto& row : kRoutes) {
    if (!matches(row.path, target.segments)) continue;
    if (row.method == wanted) return fill(row, target.segments);
    path_is_known = true;
  }
  if (path_is_known) return tl::unexpected(method_not_allowed(allowed_methods(target)));
  return tl::unexpected(Problem{404, "NOT_FOUND", "Nothing is at this path. The README lists what is served."});
}

}  // namespace taskwire::edge
