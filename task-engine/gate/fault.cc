#include "gate/fault.h"

namespace taskwire::gate {
namespace {

constexpr char kGoaway = 7;
constexpr std::uint32_t kEnhanceYourCalm = 0xb;

std::string word(std::uint32_t value, int bytes) {
  std::string text;
  for (int shift = 8 * (bytes - 1); shift >= 0; shift -= 8) text += static_cast<char>(value >> shift);
  return text;
}

}  // namespace

FaultInfo info(Fault fault) {
  switch (fault) {
    case Fault::not_http2:
      return {Reason::malformed_request, "this is not HTTP/2; speak gRPC, without TLS"};
    case Fault::silent:
      return {Reason::malformed_request, "no HTTP/2 came within 10 s; connect when there is something to say"};
    case Fault::header_too_large:
      return {Reason::header_too_large, "a header has more than 64 KiB or 16 frames; send less metadata"};
    case Fault::too_many_streams:
      return {Reason::too_many_calls, "too many calls are open at once, most of them here; end some first"};
    case Fault::streams_beyond_settings:
      return {Reason::too_many_calls, "more calls are open than the engine's SETTINGS allow; make calls wait"};
    case Fault::too_many_bytes:
      return {Reason::too_many_calls, "too many large requests are under way, most of them here; send fewer at once"};
    case Fault::too_many_resets:
      return {Reason::too_many_resets, "too many calls were aborted; let calls end, and give them time"};
    case Fault::idle_frames:
      return {Reason::too_many_resets, "too many frames came that carry nothing; ping at most every 10 s"};
    case Fault::too_many_connections:
      return {Reason::too_many_connections, "the engine serves as many connections as it may; try again later"};
    case Fault::none:
      break;
  }
  return {};
}

std::string to_string(Fault fault) {
  const auto [reason, text] = info(fault);
  return std::string(taskwire::info(reason).name) + ": " + std::string(text);
}

std::string goaway(Fault fault, std::uint32_t last_stream) {
  const auto text = to_string(fault);
  const auto payload = word(last_stream, 4) + word(kEnhanceYourCalm, 4) + text;
  return word(static_cast<std::uint32_t>(payload.size()), 3) + kGoaway + word(0, 1) + word(0, 4) + payload;
}

std::string first_goaway(Fault fault) {
  constexpr std::string_view kNoSettings("\0\0\0\4\0\0\0\0\0", 9);
  return std::string(kNoSettings) + goaway(fault, 0);
}

}  // namespace taskwire::gate
