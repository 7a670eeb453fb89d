#include "http/output_request.h"

#include <limits>

#include "text/utf8.h"

namespace taskwire::edge {
namespace {

constexpr std::size_t kLongerThanAPlace = 64;  // kept for as long as the stream is open

}  // namespace

Result<v1::ReadOutputRequest> parse_output_request(const HttpRequest& request, const Target& target,
                                                   const std::string& user_id, const std::string& task_id) {
  v1::ReadOutputRequest output;
  output.set_user_id(user_id);
  output.set_task_id(task_id);
  const auto attempt = target.number("attempt", 1, std::numeric_limits<int>::max(), Reason::invalid_limit);
  if (!attempt) return tl::unexpected(attempt.error());
  output.set_attempt(attempt->value_or(0));
  const auto from = target.parameter("from");
  if (!from) return tl::unexpected(from.error());
  if (*from && *from != "end") return refuse(Reason::invalid_from, "from is end, or is left out: from the beginning.");
  const auto id = target.parameter("lastEventId");
  if (!id) return tl::unexpected(id.error());
  auto after = request.header("Last-Event-ID").value_or("");
  if (after.empty()) after = id->value_or("");
  const auto begin = after.substr(0, kLongerThanAPlace);
  output.set_after(is_utf8(begin) ? std::string(begin) : "malformed");
  output.set_from_end(after.empty() && from->has_value());
  return output;
}

}  // namespace taskwire::edge
