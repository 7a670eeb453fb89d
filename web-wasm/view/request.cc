#include "view/request.h"

#include <utility>

#include "resume/ascii.h"

namespace taskwire::view {
namespace {

constexpr int kCommandTries = 6;  // about half a minute
constexpr int kReadTries = 3;
constexpr Millis kRunTimeout{70'000};  // the server gives up after 60 s

bool is_unreserved(char c) {
  return is_letter(c) || is_digit(c) || std::string_view("-._~@").find(c) != std::string_view::npos;
}

/// `text` as part of a URL: one segment of its path, or a value of its query. What taskwire's names and cursors consist
/// of stays readable.
std::string encoded(std::string_view text) {
  constexpr std::string_view kHex = "0123456789ABCDEF";
  std::string result;
  for (const char c : text) {
    if (is_unreserved(c)) {
      result += c;
    } else {
      const auto byte = static_cast<unsigned char>(c);
      result.append({'%', kHex[byte >> 4U], kHex[byte & 15U]});
    }
  }
  return result;
}

/// A topic, as a value of the query.
std::string encoded_topic(std::string_view topic) {
  const auto slash = topic.find('/');
  if (slash == std::string_view::npos) return encoded(topic);
  return encoded(topic.substr(0, slash)) + '/' + encoded(topic.substr(slash + 1));
}

std::string task_path(std::string_view user, std::string_view task) {
  return "/api/tasks/" + encoded(user) + '/' + encoded(task);
}

}  // namespace

bool Answer::is_worth_repeating() const {
  return status == 0 || status == 429 || (status >= 502 && status <= 504);
}

Request catalogue_request() {
  return {Purpose::catalogue, {}, "GET", "/api/task-types", {}, {}, 0};
}

Request start_request(std::string_view user, std::string body, std::string key) {
  return {Purpose::start, {}, "POST", task_path(user, "start"), std::move(body), std::move(key), kCommandTries};
}

Request cancel_request(std::string_view user, std::string_view task) {
  return {Purpose::cancel, std::string(task), "POST", task_path(user, task) + "/cancel", {}, {}, kCommandTries};
}

Request retry_request(std::string_view user, std::string_view task) {
  return {Purpose::retry, std::string(task), "POST", task_path(user, task) + "/retry", {}, {}, 1};
}

Request forget_request(std::string_view user, std::string_view task) {
  return {Purpose::forget, std::string(task), "DELETE", task_path(user, task), {}, {}, kReadTries};
}

Request details_request(std::string_view user, std::string_view task) {
  return {Purpose::details, std::string(task), "GET", task_path(user, task), {}, {}, kReadTries};
}

Request publish_request(std::string_view channel, std::string_view type, std::string key) {
  std::string path = "/publish/" + encoded(channel);
  if (!type.empty()) path += "?event=" + encoded(type);
  return {Purpose::publish, {}, "POST", std::move(path), {}, std::move(key), kCommandTries};
}

Request message_request(std::string_view user, std::string key) {
  return {Purpose::message, {}, "POST", "/api/messages/" + encoded(user), {}, std::move(key), kCommandTries};
}

Request run_request(Purpose purpose, std::string_view user) {
  const std::string path = (purpose == Purpose::run_task ? "/sse/task/" : "/sse/object/") + encoded(user);
  return {purpose, {}, "POST", path, {}, {}, 1, Form::json, kRunTimeout};
}

bool fits_in_path(std::string_view name) {
  return !name.empty() && name != "." && name != "..";
}

std::string output_path(std::string_view user, std::string_view task) {
  return task_path(user, task) + "/output";
}

std::string channel_path(std::string_view channel) {
  return "/stream/" + encoded(channel);
}

std::string inbox_path(std::string_view user) {
  return "/sse/connect/" + encoded(user);
}

std::string resumed(std::string path, std::string_view cursor) {
  return path.append("?lastEventId=").append(encoded(cursor));
}

std::string stream_url(std::span<const std::string> topics, std::string_view cursor) {
  std::string url = "/api/events";
  char separator = '?';
  for (const auto& topic : topics) {
    url.append({separator}).append("topic=").append(encoded_topic(topic));
    separator = '&';
  }
  if (!cursor.empty()) url.append({separator}).append("lastEventId=").append(encoded(cursor));
  return url;
}

}  // namespace taskwire::view
