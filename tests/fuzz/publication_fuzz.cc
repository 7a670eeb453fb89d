// A POST that publishes is refused with a problem that says why, or gives events that protobuf can carry and whose data
// is not larger than allowed. The text is a media type and a query, a line each, then the body.
#include <cstddef>
#include <cstdint>
#include <cstdlib>

#include "http/history.h"
#include "http/publication.h"
#include "http/split.h"
#include "text/utf8.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace taskwire;
  using namespace taskwire::edge;
  std::string_view text(reinterpret_cast<const char*>(data), size);
  HttpRequest request;
  request.headers.emplace_back("Content-Type", take_part(text, '\n'));
  const auto target = parse_target("/publish/news?" + std::string(take_part(text, '\n')));
  request.body = std::string(text);
  if (!target) return 0;
  (void)parse_history_request(*target);
  const auto publication = parse_publication(request, *target, "channels/news");
  if (!publication) {
    if (publication.error().status() < 400 || publication.error().detail.empty()) std::abort();
    return 0;
  }
  constexpr std::size_t kMostEvents = 1000;
  constexpr std::size_t kMostPayloadBytes = 61'440;
  const auto& events = publication->events;
  if (events.empty() || events.size() > kMostEvents || (!publication->is_batch && events.size() != 1)) std::abort();
  for (const auto& event : events) {
    if (event.data().size() > kMostPayloadBytes || !is_utf8(event.data()) || !is_utf8(event.type())) std::abort();
  }
  return 0;
}
