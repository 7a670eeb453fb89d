#include "tasks/task_list.h"

#include <algorithm>
#include <charconv>
#include <optional>

#include "base/digest.h"
#include "resume/topic.h"

namespace taskwire::engine {
namespace {

constexpr int kDefaultPage = 100;
constexpr int kMostPage = 1000;
constexpr std::size_t kMostPageBytes = std::size_t{2} << 20;
constexpr char kTokenVersion = 1;
constexpr std::size_t kTokenDigits = 18;

/// A page token is a version, and the place of the page's last task in the order of creation: nobody is to count on it.
std::string make_page_token(Sequence below) {
  std::string bytes(1, kTokenVersion);
  for (int shift = 56; shift >= 0; shift -= 8) bytes += static_cast<char>((below >> shift) & 0xff);
  return to_hex(bytes);
}

std::optional<Sequence> parse_page_token(const std::string& token) {
  Sequence below = 0;
  const auto* const end = token.data() + token.size();
  const bool is_whole =
      token.size() == kTokenDigits && token.find_first_not_of("0123456789abcdef") == std::string::npos;
  if (!is_whole || std::from_chars(token.data() + 2, end, below, 16).ptr != end || make_page_token(below) != token)
    return std::nullopt;
  return below > 0 ? std::optional(below) : std::nullopt;
}

}  // namespace

Result<v1::ListTasksResponse> list_tasks(ReadTransaction& reader, const v1::ListTasksRequest& request) {
  if (!is_name(request.user_id()))
    return refuse(Reason::invalid_user_id, "user_id is 1 to 128 of A-Z a-z 0-9 . _ ~ @ -, and not . or ..");
  if (request.page_size() < 0) return refuse(Reason::invalid_page_size, "page_size is 0 to 1000, 0 meaning 100");
  TaskQuery query{request.user_id(), {}, {}};
  for (const auto state : request.states()) {
    if (!v1::TaskState_IsValid(state) || state == v1::TASK_STATE_UNSPECIFIED)
      return refuse(Reason::invalid_status, "states are TASK_STATE_QUEUED to TASK_STATE_CANCELLED; none for all");
    query.states.push_back(static_cast<v1::TaskState>(state));
  }
  if (!request.page_token().empty()) {
    query.created_below = parse_page_token(request.page_token());
    if (!query.created_below)
      return refuse(Reason::invalid_page_token,
                    "the page token is none that was answered; leave it out for the first page");
  }
  const int most = request.page_size() == 0 ? kDefaultPage : std::min(request.page_size(), kMostPage);

  v1::ListTasksResponse response;
  std::size_t bytes = 0;
  Sequence last = 0;
  response.set_as_of(to_string(reader.head()));
  const bool all = reader.tasks(query, [&](Sequence created, v1::Task&& task) {
    bytes += task.ByteSizeLong();
    if (response.tasks_size() == most || (response.tasks_size() > 0 && bytes > kMostPageBytes)) return false;
    *response.add_tasks() = std::move(task);
    last = created;
    return true;
  });
  if (const auto error = reader.error()) return tl::make_unexpected(*error);
  if (!all) response.set_next_page_token(make_page_token(last));
  return response;
}

}  // namespace taskwire::engine
