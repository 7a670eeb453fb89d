#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>
#include <chrono>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>

#include "client/http_stream.h"
#include "resume/sse_parser.h"
#include "tail/course.h"
#include "tail/display.h"
#include "tail/settings.h"

namespace taskwire::tail {

/// Follows a stream over as many connections as it takes, as an EventSource would (WHATWG HTML, 9.2), and shows it. Not
/// thread-safe.
class Follower {
 public:
  /// `settings` and `display` must outlive it. `random` gives numbers in [0, 1).
  Follower(const boost::asio::any_io_executor& executor, const Settings& settings, Display& display,
           std::function<double()> random);

  /// Runs until there is nothing more to follow, or nobody to show it to.
  boost::asio::awaitable<Ending> run();

  /// After which id to go on for what was not shown yet; empty: from the start.
  [[nodiscard]] const std::string& resume_id() const { return resume_id_; }

 private:
  boost::asio::awaitable<Cut> follow_once();
  boost::asio::awaitable<Cut> read(client::HttpStream& stream, SseParser& parser);
  boost::asio::awaitable<Cut> refusal(client::HttpStream& stream, const client::ResponseHead& head);
  boost::asio::awaitable<void> wait(std::chrono::milliseconds delay, const std::string& why);
  void take(const SseEvent& event);
  [[nodiscard]] Cut lost(const std::string& why) const;

  boost::asio::any_io_executor executor_;
  const Settings& settings_;
  Display& display_;
  Course course_;
  SseParser parser_;
  std::string resume_id_;
  std::optional<std::uint64_t> left_;  // events until the end, where that is wanted
  std::chrono::milliseconds patience_;
  std::optional<Ending> ending_;
};

}  // namespace taskwire::tail
