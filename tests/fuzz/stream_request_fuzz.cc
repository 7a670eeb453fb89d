// Target, route and stream request of any text: names are valid, starts are one of the known ones. The text is a
// target, perhaps with a Last-Event-ID after a line feed.
#include <cstddef>
#include <cstdint>
#include <cstdlib>

#include "http/request_guard.h"
#include "http/stream_request.h"
#include "resume/topic.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace taskwire;
  using namespace taskwire::edge;
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  HttpRequest request;
  request.method = "GET";
  const auto line_end = text.find('\n');
  request.target = std::string(text.substr(0, line_end));
  if (line_end != std::string_view::npos) {
    const std::string value(text.substr(line_end + 1));
    for (const auto* name : {"Last-Event-ID", "Host", "Origin", "Sec-Fetch-Site", "Sec-Purpose", "Accept-Encoding"})
      request.headers.emplace_back(name, value);
  }
  const RequestGuard guard({{}, {}});
  const auto target = parse_target(request.target);
  if (!target) return 0;
  (void)guard.check_host(request, target->authority, answered_hosts(*target));
  (void)guard.check_write(request, target->authority);
  (void)has_token(request.header("Accept-Encoding").value_or(""), "br");
  const auto route = find_route(request.method, *target);
  if (!route || route->kind != Kind::stream) return 0;
  const auto stream = parse_stream_request(request, *target, *route);
  if (!stream) return 0;
  if (stream->topics.empty()) std::abort();
  for (const auto& topic : stream->topics) {
    if (!parse_topic(topic)) std::abort();
  }
  return 0;
}
