#include "http/body_framing.h"

#include <charconv>
#include <vector>

#include "http/split.h"

namespace taskwire::edge {
namespace {

std::vector<std::string_view> values_of(const HttpRequest& request, std::string_view name) {
  std::vector<std::string_view> values;
  for (const auto& [known, value] : request.headers) {
    if (equals_ignoring_case(known, name)) values.push_back(value);
  }
  return values;
}

Result<BodyFraming> coded(const HttpRequest& request, const std::vector<std::string_view>& lines, bool has_length) {
  if (request.is_http_1_0)
    return refuse(Reason::malformed_request, "HTTP/1.0 knows no Transfer-Encoding. Send the body with Content-Length.");
  if (has_length) {
    return refuse(Reason::malformed_request,
                  "Transfer-Encoding beside Content-Length could be read in two ways. Send one of them.");
  }
  std::size_t count = 0;
  for (auto line : lines) {
    if (line.empty() || line.ends_with(','))
      return refuse(Reason::malformed_request, "An empty Transfer-Encoding says nothing. Leave it out.");
    while (!line.empty()) {
      if (!equals_ignoring_case(trim(take_part(line, ',')), "chunked")) {
        return refuse(Reason::unsupported_transfer_coding,
                      "Send the body with Content-Length, or chunked and nothing else.");
      }
      ++count;
    }
  }
  if (count != 1) return refuse(Reason::malformed_request, "A body is chunked once. Send Transfer-Encoding: chunked.");
  return BodyFraming{true, 0};
}

}  // namespace

Result<BodyFraming> body_framing(const HttpRequest& request) {
  const auto lengths = values_of(request, "Content-Length");
  const auto codings = values_of(request, "Transfer-Encoding");
  if (!codings.empty()) return coded(request, codings, !lengths.empty());
  BodyFraming framing;
  if (lengths.empty()) return framing;
  const auto text = lengths.front();
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), framing.length);
  constexpr std::uint64_t kMost = std::uint64_t{1} << 60;
  if (lengths.size() > 1 || error != std::errc() || end != text.data() + text.size() || framing.length >= kMost)
    return refuse(Reason::malformed_request, "Content-Length is one whole number, given once.");
  return framing;
}

}  // namespace taskwire::edge
