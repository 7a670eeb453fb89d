#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace taskwire::bench {

/// Finds the events of a stream (WHATWG HTML, 9.2.6), however its bytes are cut, and their data and ids alone. In
/// contrast to SseParser it takes no memory for an event once the longest came, so that the load is the server's rather
/// than ours. Not thread-safe.
class EventScanner {
 public:
  /// Goes on to the next event within `bytes`, and takes off what it read; false where `bytes` ended before.
  bool next(std::string_view& bytes);

  /// Of the event that next() found; until the next call.
  [[nodiscard]] std::string_view data() const { return data_; }
  /// Whether a line, or an event, is longer than is read; nothing more is to be asked then.
  [[nodiscard]] bool is_too_long() const { return line_.size() + data_.size() > kMostBytes; }
  /// The last id of the stream up to here.
  [[nodiscard]] const std::string& id() const { return id_; }

  static constexpr std::size_t kMostBytes = 16 << 20;

 private:
  bool take_line(std::string_view line);

  std::string line_;  // the beginning of one whose end has not come
  std::string data_;
  std::string id_;
  bool has_data_ = false;
  bool was_told_ = false;
  bool skips_line_feed_ = false;
};

}  // namespace taskwire::bench
