#include "bench/event_scanner.h"

#include <cstring>

namespace taskwire::bench {
namespace {

/// Where the first line of `bytes` ends; npos where it does not. Two searches, since most lines end in LF alone.
std::size_t line_end(std::string_view bytes) {
  const auto line_feed = bytes.find('\n');
  const auto carriage_return = bytes.substr(0, line_feed).find('\r');
  return carriage_return != std::string_view::npos ? carriage_return : line_feed;
}

}  // namespace

bool EventScanner::next(std::string_view& bytes) {
  if (was_told_) {
    was_told_ = false;
    data_.clear();
  }
  while (!bytes.empty()) {
    if (skips_line_feed_) {
      skips_line_feed_ = false;
      if (bytes.front() == '\n') {
        bytes.remove_prefix(1);
        continue;
      }
    }
    const auto end = line_end(bytes);
    if (end == std::string_view::npos) {
      line_ += bytes;
      bytes = {};
      return false;
    }
    auto line = bytes.substr(0, end);
    skips_line_feed_ = bytes[end] == '\r';
    bytes.remove_prefix(end + 1);
    if (line_.empty()) {
      if (take_line(line)) return true;
      continue;
    }
    line_ += line;
    const bool is_event = take_line(line_);
    line_.clear();
    if (is_event) return true;
  }
  return false;
}

bool EventScanner::take_line(std::string_view line) {
  if (line.empty()) {
    was_told_ = has_data_;
    has_data_ = false;
    return was_told_;
  }
  const auto colon = line.find(':');
  const auto name = line.substr(0, colon);
  if (name != "data" && name != "id") return false;
  auto value = colon == std::string_view::npos ? std::string_view() : line.substr(colon + 1);
  if (value.starts_with(' ')) value.remove_prefix(1);
  if (name == "id") {
    if (value.find('\0') == std::string_view::npos) id_ = value;
    return false;
  }
  if (has_data_) data_ += '\n';
  data_ += value;
  has_data_ = true;
  return false;
}

}  // namespace taskwire::bench
