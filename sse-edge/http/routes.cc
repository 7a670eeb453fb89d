#include "http/routes.h"

#include <algorithm>
#include <array>

#include "resume/topic.h"

namespace taskwire::edge {
namespace {

constexpr std::array kRows = {
    RouteRow{"GET", "/api/task-progress/{userId}", Endpoint::user_stream, Kind::stream},
    RouteRow{"GET", "/api/task-progress/{userId}/{taskId}", Endpoint::task_stream, Kind::stream},
    RouteRow{"POST", "/api/tasks/{userId}/start", Endpoint::start_task, Kind::write},
    RouteRow{"GET", "/api/tasks/{userId}", Endpoint::list_tasks, Kind::read},
    RouteRow{"GET", "/api/tasks/{userId}/{taskId}", Endpoint::get_task, Kind::read},
    RouteRow{"DELETE", "/api/tasks/{userId}/{taskId}", Endpoint::delete_task, Kind::write},
    RouteRow{"POST", "/api/tasks/{userId}/{taskId}/cancel", Endpoint::cancel_task, Kind::write},
    RouteRow{"POST", "/api/tasks/{userId}/{taskId}/retry", Endpoint::retry_task, Kind::write},
    RouteRow{"GET", "/api/tasks/{userId}/{taskId}/output", Endpoint::task_output, Kind::read},
    RouteRow{"GET", "/api/task-types", Endpoint::task_types, Kind::read},
    RouteRow{"PUT", "/api/task-types/{type}", Endpoint::register_type, Kind::write},
    RouteRow{"DELETE", "/api/task-types/{type}", Endpoint::delete_type, Kind::write},
    RouteRow{"POST", "/api/work/claim", Endpoint::claim_work, Kind::write},
    RouteRow{"POST", "/api/work/report", Endpoint::report_work, Kind::write},
    RouteRow{"POST", "/api/work/finish", Endpoint::finish_work, Kind::write},
    RouteRow{"GET", "/api/sessions", Endpoint::sessions, Kind::read},
    RouteRow{"GET", "/stream/{channelName}", Endpoint::channel_stream, Kind::stream},
    RouteRow{"POST", "/publish/{channel}", Endpoint::publish, Kind::write},
    RouteRow{"POST", "/pulse", Endpoint::record_pulse, Kind::write},
    RouteRow{"GET", "/api/pulse", Endpoint::pulse_statistics, Kind::read},
    RouteRow{"GET", "/api/events", Endpoint::topic_stream, Kind::stream},
    RouteRow{"GET", "/api/events/history", Endpoint::history, Kind::read},
    RouteRow{"GET", "/string-item", Endpoint::heart_rate_text, Kind::stream},
    RouteRow{"GET", "/json-item", Endpoint::heart_rate_json, Kind::stream},
    RouteRow{"GET", "/sse-item", Endpoint::heart_rate_number, Kind::stream},
    RouteRow{"GET", "/sse/connect/{userId}", Endpoint::person_stream, Kind::stream},
    RouteRow{"GET", "/sse/task/{userId}", Endpoint::run_attempts, Kind::write},
    RouteRow{"POST", "/sse/task/{userId}", Endpoint::run_attempts, Kind::write},
    RouteRow{"GET", "/sse/object/{userId}", Endpoint::run_countdown, Kind::write},
    RouteRow{"POST", "/sse/object/{userId}", Endpoint::run_countdown, Kind::write},
    RouteRow{"POST", "/api/messages/{userId}", Endpoint::send_message, Kind::write},
    RouteRow{"GET", "/healthz", Endpoint::healthz, Kind::read, Hosts::any},
    RouteRow{"GET", "/readyz", Endpoint::readyz, Kind::read, Hosts::any},
    RouteRow{"GET", "/metrics", Endpoint::metrics, Kind::read, Hosts::any},
    RouteRow{"GET", "/openapi.json", Endpoint::openapi, Kind::read},
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

/// Whether `segment` may stand for the name place `place`. `/api/tasks/{userId}/start` is no task called "start".
bool fits(std::string_view place, const std::string& segment) {
  return !segment.empty() && (place != "{taskId}" || segment != "start");
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
  if (is_name(name)) return {};
  if (place == "{type}")
    return refuse(Reason::invalid_type, "The type in the path is [a-z][a-z0-9._-]{0,63}, like resize or image.resize");
  const auto bad = [](Reason reason, std::string_view what) {
    return refuse(reason, "The " + std::string(what) +
                              " in the path is 1 to 128 characters of A-Z a-z 0-9 . _ ~ @ -, and not . or ..");
  };
  if (place == "{userId}") return bad(Reason::invalid_user_id, "user id");
  if (place == "{taskId}") return bad(Reason::invalid_task_id, "task id");
  return bad(Reason::invalid_channel, "channel name");
}

Result<Route> fill(const RouteRow& row, const std::vector<std::string>& segments) {
  Route route{row.endpoint, row.kind, {}};
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

std::span<const RouteRow> rows() {
  return kRows;
}

std::string allowed_methods(const Target& target) {
  std::string methods;
  for (const auto& row : kRows) {
    if (!matches(row.path, target.segments)) continue;
    methods += row.method;
    methods += row.method == "GET" ? ", HEAD, " : ", ";
  }
  return methods.empty() ? methods : methods + "OPTIONS";
}

Hosts answered_hosts(const Target& target) {
  const auto is_asked = [&](const RouteRow& row) { return matches(row.path, target.segments); };
  const auto* const row = std::find_if(kRows.begin(), kRows.end(), is_asked);
  return row == kRows.end() ? Hosts::known : row->hosts;
}

Problem method_not_allowed(const std::string& allowed) {
  return {Reason::method_not_allowed, "This path takes " + allowed + "."};
}

Result<Route> find_route(std::string_view method, const Target& target) {
  const auto wanted = method == "HEAD" ? std::string_view("GET") : method;
  bool path_is_known = false;
  for (const auto& row : kRows) {
    if (!matches(row.path, target.segments)) continue;
    if (row.method == wanted) return fill(row, target.segments);
    path_is_known = true;
  }
  if (path_is_known) return tl::unexpected(method_not_allowed(allowed_methods(target)));
  return refuse(Reason::not_found, "Nothing is at this path. /openapi.json lists what is served.");
}

}  // namespace taskwire::edge
