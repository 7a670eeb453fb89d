#include "http/task_query.h"

#include "http/split.h"
#include "http/task_json.h"
#include "text/utf8.h"

namespace taskwire::edge {
namespace {

constexpr int kMostPage = 1000;

Result<void> parse_status(const Target& target, v1::ListTasksRequest& request) {
  const auto value = target.parameter("status");
  if (!value) return tl::unexpected(value.error());
  if (!*value) return {};
  for (const auto part : split(**value, ',')) {
    const auto state = status_state(part);
    if (state == v1::TASK_STATE_UNSPECIFIED)
      return refuse(Reason::invalid_status,
                    "status is a list of queued, running, cancelling, succeeded, failed and cancelled, with commas.");
    request.add_states(state);
  }
  return {};
}

}  // namespace

Result<v1::ListTasksRequest> parse_task_query(const Target& target, const Route& route) {
  v1::ListTasksRequest request;
  request.set_user_id(route.names[0]);
  const auto page_size = target.number("pageSize", 1, kMostPage, Reason::invalid_page_size);
  if (!page_size) return tl::unexpected(page_size.error());
  request.set_page_size(page_size->value_or(0));
  const auto page_token = target.parameter("pageToken");
  if (!page_token) return tl::unexpected(page_token.error());
  // For the engine an empty one is none.
  if (*page_token && ((*page_token)->empty() || !is_utf8(**page_token)))
    return refuse(Reason::invalid_page_token, "pageToken is none that was answered; leave it out for the first page.");
  request.set_page_token(std::string(page_token->value_or("")));
  if (auto valid = parse_status(target, request); !valid) return tl::unexpected(valid.error());
  return request;
}

}  // namespace taskwire::edge
