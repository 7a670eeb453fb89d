#include "hub/sse.h"

#include <array>
#include <charconv>

namespace taskwire::edge {
namespace {

constexpr std::string_view kLineEnd = "\r\n";

void append_data(std::string& out, std::string_view data) {
  for (;;) {
    const auto end = data.find_first_of("\r\n");
    (out += "data: ").append(data.substr(0, end)) += '\n';
    if (end == std::string_view::npos) return;
    const bool is_crlf = data[end] == '\r' && end + 1 < data.size() && data[end + 1] == '\n';
    data.remove_prefix(end + (is_crlf ? 2 : 1));
  }
}

}  // namespace

void append_block(std::string& out, const SseBlock& block) {
  if (!block.id.empty()) (out += "id: ").append(block.id) += '\n';
  if (!block.event.empty()) (out += "event: ").append(block.event) += '\n';
  if (block.retry_ms > 0) (out += "retry: ").append(std::to_string(block.retry_ms)) += '\n';
  if (block.data) append_data(out, *block.data);
  out += '\n';
}

void append_comment(std::string& out, std::string_view text) {
  (out += ": ").append(text) += '\n';
}

Frame::Frame(std::string_view sse) {
  std::array<char, 16> size;
  const auto [end, error] = std::to_chars(size.data(), size.data() + size.size(), sse.size(), 16);
  header_ = static_cast<std::size_t>(end - size.data()) + kLineEnd.size();
  bytes_.reserve(header_ + sse.size() + kLineEnd.size());
  bytes_.append(size.data(), end).append(kLineEnd).append(sse).append(kLineEnd);
}

std::string_view Frame::plain() const {
  return std::string_view(bytes_).substr(header_, bytes_.size() - header_ - kLineEnd.size());
}

}  // namespace taskwire::edge
