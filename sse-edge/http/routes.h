#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "http/problem.h"
#include "http/target.h"

namespace taskwire::edge {

/// What a request can ask for, the dashboard's files aside. The paths are in `rows()`.
enum class Endpoint {
  user_stream,   ///< Stream of a user's tasks.
  task_stream,   ///< Stream of one task.
  topic_stream,  ///< Stream of several topics.
  channel_stream,
  person_stream,  ///< Stream of the messages to one person.
  heart_rate_text,
  heart_rate_json,
  heart_rate_number,
  start_task,
  list_tasks,
  get_task,
  delete_task,
  cancel_task,
  retry_task,
  task_output,  ///< As text, or as a stream to who asks for one.
  task_types,
  register_type,
  delete_type,
  claim_work,  ///< Waits, perhaps, until there is some.
  report_work,
  finish_work,
  sessions,
  publish,
  send_message,
  history,
  record_pulse,
  pulse_statistics,
  run_attempts,   ///< A long request: answers when its task has ended.
  run_countdown,  ///< The same.
  healthz,
  readyz,
  metrics,  ///< For Prometheus.
  openapi,
};

/// How a request is treated.
enum class Kind {
  stream,  ///< An event stream.
  read,    ///< Changes nothing.
  write,   ///< May change something, so it is asked for its origin.
};

/// Which `Host` a path answers for.
enum class Hosts {
  known,  ///< Those that this edge answers for.
  any,    ///< Whatever it is: a probe asks for an address that the edge does not know as its own.
};

/// One line of the table of all paths.
struct RouteRow {
  std::string_view method;
  std::string_view path;  ///< `{userId}` and the like stand for one segment.
  Endpoint endpoint;
  Kind kind;
  Hosts hosts = Hosts::known;  ///< The same on all lines of a path.
};

/// Every path that is served, the dashboard's files aside.
[[nodiscard]] std::span<const RouteRow> rows();

/// A request's endpoint, with the names in its path, in order.
struct Route {
  Endpoint endpoint{};
  Kind kind{};
  std::vector<std::string> names;
};

/// The methods that `target` takes, as an `Allow` header lists them; empty where nothing is there.
[[nodiscard]] std::string allowed_methods(const Target& target);

/// Which hosts the path of `target` answers for, whatever the method.
[[nodiscard]] Hosts answered_hosts(const Target& target);

/// METHOD_NOT_ALLOWED, with what the path takes.
[[nodiscard]] Problem method_not_allowed(const std::string& allowed);

/// The route of a request (HEAD goes where GET goes). NOT_FOUND, METHOD_NOT_ALLOWED (send `allowed_methods` beside it),
/// INVALID_USER_ID, INVALID_CHANNEL, INVALID_TASK_ID, INVALID_TYPE.
[[nodiscard]] Result<Route> find_route(std::string_view method, const Target& target);

}  // namespace taskwire::edge
