#include "resume/sse_parser.h"

#include <algorithm>
#include <charconv>
#include <utility>

#include "resume/ascii.h"

namespace taskwire {

void SseParser::feed(std::string_view bytes) {
  while (!bytes.empty()) {
    if (std::exchange(skips_line_feed_, false) && bytes.front() == '\n') {
      bytes.remove_prefix(1);
      continue;
    }
    const auto end = bytes.find_first_of("\r\n");
    line_.append(bytes.substr(0, end));
    if (end == std::string_view::npos) return;
    skips_line_feed_ = bytes[end] == '\r';
    bytes.remove_prefix(end + 1);
    take_line(line_);
    line_.clear();
  }
}

void SseParser::reconnect() {
  line_.clear();
  is_first_line_ = true;
  skips_line_feed_ = false;
  type_.clear();
  data_.clear();
  has_data_ = false;
  id_ = last_event_id_;
}

void SseParser::take_line(std::string_view line) {
  constexpr std::string_view kByteOrderMark = "\xEF\xBB\xBF";
  if (std::exchange(is_first_line_, false) && line.starts_with(kByteOrderMark))
    line.remove_prefix(kByteOrderMark.size());
  if (line.empty()) return dispatch();
  const auto colon = line.find(':');
  if (colon == 0) return;  // a comment
  if (colon == std::string_view::npos) return take_field(line, {});
  auto value = line.substr(colon + 1);
  if (value.starts_with(' ')) value.remove_prefix(1);
  take_field(line.substr(0, colon), value);
}

void SseParser::take_field(std::string_view name, std::string_view value) {
  if (name == "event") {
    type_ = value;
  } else if (name == "data") {
    (data_ += value) += '\n';
    has_data_ = true;
  } else if (name == "id") {
    if (value.find('\0') == std::string_view::npos) id_ = value;
  } else if (name == "retry") {
    std::chrono::milliseconds::rep ms = 0;
    if (value.empty() || !std::all_of(value.begin(), value.end(), is_digit)) return;
    if (std::from_chars(value.data(), value.data() + value.size(), ms).ec == std::errc())
      retry_ = std::chrono::milliseconds(ms);
  }
}

void SseParser::dispatch() {
  last_event_id_ = id_;
  auto type = std::exchange(type_, {});
  if (!std::exchange(has_data_, false)) return;
  data_.pop_back();
  on_event_({type.empty() ? "message" : std::move(type), std::exchange(data_, {}), last_event_id_});
}

}  // namespace taskwire
