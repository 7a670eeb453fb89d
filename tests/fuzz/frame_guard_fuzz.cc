// A gate's guard shown any bytes of a client, cut anywhere, while the engine answers: it lets pass no more than it was
// shown, and whatever came, nothing is left of the connection when it has gone. The first bytes say how to cut, and
// when the engine answers or resets what.
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include "gate/frame_guard.h"

namespace {

using namespace taskwire::gate;
using taskwire::engine::SteadyTime;

constexpr std::size_t kMostHeld = 4096;

std::string frame_of(std::uint8_t type, std::uint8_t flags, std::uint8_t stream) {
  return {'\0', '\0', '\0', static_cast<char>(type),  static_cast<char>(flags),
          '\0', '\0', '\0', static_cast<char>(stream)};
}

void show(std::string_view bytes, std::size_t piece, std::uint8_t answers) {
  Allowance allowance{{.streams = 20, .streams_of_one = 15, .unanswered = 4, .request_bytes = 2000, .advances = 5}};
  {
    FrameGuard guard(allowance);
    SteadyTime now{std::chrono::seconds(1)};
    std::string held;
    for (std::uint8_t round = 0; !bytes.empty() || !held.empty(); ++round) {
      const auto more = bytes.substr(0, held.size() < kMostHeld ? piece : 0);
      bytes.remove_prefix(more.size());
      held += more;
      const auto verdict = guard.from_client(held, now);
      if (verdict.fault != Fault::none) return;
      if (verdict.passes > held.size()) std::abort();
      held.erase(0, verdict.passes);
      if (!held.empty() && guard.waits_for() == FrameGuard::Wait::none) std::abort();  // it would wait for nothing
      now += std::chrono::milliseconds(1);
      const auto stream = static_cast<std::uint8_t>(round | 1);
      const bool resets = (answers & 1) != 0;
      const auto answer = resets ? frame_of(Frame::rst_stream, 0, stream)
                                 : frame_of(Frame::headers, Frame::kEndHeaders | (answers & Frame::kEndStream), stream);
      if (guard.from_engine(answer, now).fault != Fault::none) return;
      answers = static_cast<std::uint8_t>(answers << 1 | answers >> 7);
      if (round == 255) return;
    }
  }
  if (allowance.streams != 0 || allowance.unanswered != 0 || allowance.asking != 0 || allowance.request_bytes != 0)
    std::abort();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size < 2) return 0;
  const std::string_view bytes(reinterpret_cast<const char*>(data) + 2, size - 2);
  show(bytes, std::max<std::size_t>(data[0], 1), data[1]);
  show("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n" + std::string(bytes), std::max<std::size_t>(data[0], 1), data[1]);
  return 0;
}
