#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "hub/problem.h"
#include "hub/target.h"

namespace taskwire::edge {

/// What a request can ask for, the dashboard's files aside. The paths are in `kRoutes` (routes.cc).
enum class Endpoint {
  user_stream,   ///< Stream of a user's tasks.
  task_stream,   ///< Stream of one task.
  topic_stream,  ///< Stream of several topics.
  channel_stream,
  start_task,
  list_tasks,
  get_task,
  delete_task,
  cancel_task,
  retry_task,
  task_types,
  publish,
  healthz,
  readyz,
};

/// A request's endpoint, with the names in its path, in order.
struct Route {
  Endpoint endpoint{};
  std::vector<std::string> names;

  [[nodiscard]] bool is_stream() const;
  /// Whether the request may change something.
  [[nodiscard]] bool is_write() const;
};

/// The methods that `target` takes, as an `Allow` header lists them; empty where nothing is there.
[[nodiscard]] std::string allowed_methods(const Target& target);

/// 405, with what the path takes.
[[nodiscard]] Problem method_not_allowed(const std::string& allowed);

/// The route of a request (HEAD goes where GET goes). 404 NOT_FOUND, 405 METHOD_NOT_ALLOWED (send `allowed_methods`
/// beside it), 400 INVALID_USER_ID, INVALID_CHANNEL, INVALID_TASK_ID.
[[nodiscard]] Result<Route> find_route(std::string_view method, const Target& target);

}  // namespace taskwire::edge
