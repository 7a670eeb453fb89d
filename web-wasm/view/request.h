#pragma once

#include <span>
#include <string>
#include <string_view>

#include "view/clock.h"

namespace taskwire::view {

/// What a request is for.
enum class Purpose {
  catalogue,
  start,
  cancel,
  retry,
  forget,
  details,
  publish,     ///< To a channel.
  message,     ///< To a person.
  run_task,    ///< Answered when the task that it starts has ended.
  run_object,  ///< The same.
};

/// What a body is.
enum class Form { json, text };

/// Something to ask the edge.
struct Request {
  Purpose purpose{};
  std::string task_id;  ///< Of the task that it is about, if any.
  std::string method;
  std::string path;
  std::string body;             ///< Empty: none.
  std::string idempotency_key;  ///< Empty: none. The same however often the request is repeated.
  int tries = 0;                ///< It is sent so often at most; 0: until it is answered.
  Form form = Form::json;       ///< Of the body.
  Millis timeout{15'000};       ///< An answer that takes longer counts as none.
};

/// What came back.
struct Answer {
  int status = 0;  ///< 0: nothing came back.
  std::string body;
  Millis retry_after{0};
  bool is_late = false;  ///< Nothing came back within the request's timeout.

  [[nodiscard]] bool is_ok() const { return status >= 200 && status < 300; }
  /// Nothing is decided: the same request may be sent again.
  [[nodiscard]] bool is_worth_repeating() const;
};

[[nodiscard]] Request catalogue_request();
[[nodiscard]] Request start_request(std::string_view user, std::string body, std::string key);
[[nodiscard]] Request cancel_request(std::string_view user, std::string_view task);
/// Sent once: each time it arrives is another attempt.
[[nodiscard]] Request retry_request(std::string_view user, std::string_view task);
[[nodiscard]] Request forget_request(std::string_view user, std::string_view task);
[[nodiscard]] Request details_request(std::string_view user, std::string_view task);
[[nodiscard]] Request publish_request(std::string_view channel, std::string_view type, std::string key);
[[nodiscard]] Request message_request(std::string_view user, std::string key);
/// Sent once, since a try takes as long as the task. `purpose`: `run_task` or `run_object`.
[[nodiscard]] Request run_request(Purpose purpose, std::string_view user);

/// Whether a URL's path can carry `name`: browsers take `.` and `..` for folders, and an empty one for none.
[[nodiscard]] bool fits_in_path(std::string_view name);
[[nodiscard]] std::string output_path(std::string_view user, std::string_view task);
[[nodiscard]] std::string channel_path(std::string_view channel);
[[nodiscard]] std::string inbox_path(std::string_view user);
/// Where the stream at `path` is resumed after `cursor`.
[[nodiscard]] std::string resumed(std::string path, std::string_view cursor);

/// Where the stream of `topics` is; `cursor` is the last id received, empty at first.
[[nodiscard]] std::string stream_url(std::span<const std::string> topics, std::string_view cursor);

}  // namespace taskwire::view
