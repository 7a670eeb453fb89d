// A request read from any bytes, cut anywhere: it ends complete or with a problem, holds no more than it may, and is
// the same however it was cut. The first byte says how large the pieces are.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "http/request_parser.h"

namespace {

using namespace taskwire::edge;

constexpr std::size_t kMostHeader = 1024;
constexpr std::uint64_t kMostBody = 2048;

struct Outcome {
  HttpRequest request;
  bool is_complete = false;
  bool has_problem = false;
  std::size_t taken = 0;
};

Outcome read(std::string_view bytes, std::size_t piece) {
  RequestParser parser(kMostHeader);
  Outcome outcome;
  while (outcome.taken < bytes.size() && !parser.is_complete() && !parser.problem()) {
    const auto taken = parser.put(bytes.substr(outcome.taken, piece));
    outcome.taken += taken;
    if (parser.is_header_read()) {
      parser.read_body(kMostBody);
    } else if (taken == 0 && !parser.problem()) {
      std::abort();  // it would never end
    }
    std::size_t held = parser.request().method.size() + parser.request().target.size();
    for (const auto& [name, value] : parser.request().headers) held += name.size() + value.size();
    if (held > kMostHeader || parser.request().body.size() > kMostBody) std::abort();
    if (parser.request().headers.size() > RequestParser::kMostFields) std::abort();
  }
  outcome.request = parser.request();
  outcome.is_complete = parser.is_complete();
  outcome.has_problem = parser.problem().has_value();
  if (outcome.is_complete && !outcome.has_problem) (void)parser.keeps_alive();
  return outcome;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  const std::string_view bytes(reinterpret_cast<const char*>(data) + 1, size - 1);
  const auto whole = read(bytes, std::string_view::npos);
  const auto cut = read(bytes, 1 + data[0] % 64);
  if (whole.has_problem != cut.has_problem || whole.is_complete != cut.is_complete) std::abort();
  if (!whole.has_problem && (whole.taken != cut.taken || whole.request.body != cut.request.body ||
                             whole.request.headers != cut.request.headers)) {
    std::abort();
  }
  return 0;
}
