// However a stream is cut, it holds the same events. The first byte says where it is cut.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <vector>

#include "resume/sse_parser.h"

namespace {

struct Parsed {
  std::vector<taskwire::SseEvent> events;
  std::string last_event_id;
  friend bool operator==(const Parsed&, const Parsed&) = default;
};

Parsed parse(std::string_view stream, std::size_t piece) {
  Parsed parsed;
  taskwire::SseParser parser([&](taskwire::SseEvent event) { parsed.events.push_back(std::move(event)); });
  for (std::size_t i = 0; i < stream.size(); i += piece) parser.feed(stream.substr(i, piece));
  parsed.last_event_id = parser.last_event_id();
  return parsed;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size < 2) return 0;
  const std::string_view stream(reinterpret_cast<const char*>(data) + 1, size - 1);
  if (parse(stream, stream.size()) != parse(stream, 1U + data[0] % 16U)) std::abort();
  return 0;
}
