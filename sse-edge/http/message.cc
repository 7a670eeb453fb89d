#include "http/message.h"

#include <algorithm>
#include <array>
#include <cstdio>

#include "http/split.h"
#include "resume/ascii.h"

namespace taskwire::edge {
namespace {

bool is_zero_weight(std::string_view parameter) {
  if (!parameter.starts_with("q=") && !parameter.starts_with("Q=")) return false;
  return parameter.substr(2).find_first_not_of("0.") == std::string_view::npos;
}

}  // namespace

std::optional<std::string_view> HttpRequest::header(std::string_view name) const {
  for (const auto& [known, value] : headers) {
    if (equals_ignoring_case(known, name)) return value;
  }
  return std::nullopt;
}

std::string HttpRequest::list(std::string_view name) const {
  std::string values;
  for (const auto& [known, value] : headers) {
    if (equals_ignoring_case(known, name)) (values += values.empty() ? "" : ", ") += value;
  }
  return values;
}

HttpResponse json_response(unsigned status, std::string json) {
  return {status, {{"Content-Type", "application/json"}, {"Cache-Control", "no-store"}}, std::move(json), nullptr};
}

std::string_view status_phrase(unsigned status) {
  switch (status) {
    case 200:
      return "OK";
    case 202:
      return "Accepted";
    case 204:
      return "No Content";
    case 206:
      return "Partial Content";
    case 304:
      return "Not Modified";
    case 400:
      return "Bad Request";
    case 401:
      return "Unauthorized";
    case 403:
      return "Forbidden";
    case 404:
      return "Not Found";
    case 405:
      return "Method Not Allowed";
    case 408:
      return "Request Timeout";
    case 409:
      return "Conflict";
    case 410:
      return "Gone";
    case 413:
      return "Content Too Large";
    case 415:
      return "Unsupported Media Type";
    case 416:
      return "Range Not Satisfiable";
    case 417:
      return "Expectation Failed";
    case 421:
      return "Misdirected Request";
    case 422:
      return "Unprocessable Content";
    case 429:
      return "Too Many Requests";
    case 431:
      return "Request Header Fields Too Large";
    case 500:
      return "Internal Server Error";
    case 501:
      return "Not Implemented";
    case 502:
      return "Bad Gateway";
    case 503:
      return "Service Unavailable";
    case 504:
      return "Gateway Timeout";
    default:
      return "Error";
  }
}

std::string response_head(const HttpResponse& response, Framing framing, bool keep_alive, bool is_http_1_0) {
  std::string head = is_http_1_0 ? "HTTP/1.0 " : "HTTP/1.1 ";
  (head += std::to_string(response.status) + ' ').append(status_phrase(response.status)) += "\r\n";
  const auto add = [&](std::string_view name, std::string_view value) {
    ((head.append(name) += ": ").append(value)) += "\r\n";
  };
  add("Date", http_date(std::chrono::system_clock::now()));
  for (const auto& [name, value] : response.headers) add(name, value);
  const bool may_have_body = response.status >= 200 && response.status != 204 && response.status != 304;
  if (framing == Framing::chunked) add("Transfer-Encoding", "chunked");
  if (framing == Framing::length && may_have_body) add("Content-Length", std::to_string(response.content().size()));
  if (!keep_alive) add("Connection", "close");
  if (keep_alive && is_http_1_0) add("Connection", "keep-alive");
  return head += "\r\n";
}

std::string http_date(std::chrono::system_clock::time_point time) {
  using namespace std::chrono;
  constexpr std::array kDays = {"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"};
  constexpr std::array kMonths = {"Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
  const auto at = floor<seconds>(time);
  const auto day = floor<days>(at);
  const year_month_day date(day);
  const hh_mm_ss clock(at - day);
  std::array<char, 48> text;
  const int size =
      std::snprintf(text.data(), text.size(), "%s, %02u %s %04d %02d:%02d:%02d GMT", kDays[weekday(day).c_encoding()],
                    unsigned(date.day()), kMonths[unsigned(date.month()) - 1], int(date.year()),
                    int(clock.hours().count()), int(clock.minutes().count()), int(clock.seconds().count()));
  return {text.data(), static_cast<std::size_t>(size)};
}

bool equals_ignoring_case(std::string_view a, std::string_view b) {
  return std::equal(a.begin(), a.end(), b.begin(), b.end(), [](char x, char y) { return to_lower(x) == to_lower(y); });
}

bool has_token(std::string_view header, std::string_view token) {
  while (!header.empty()) {
    auto element = take_part(header, ',');
    if (!equals_ignoring_case(trim(take_part(element, ';')), token)) continue;
    while (!element.empty()) {
      if (is_zero_weight(trim(take_part(element, ';')))) return false;
    }
    return true;
  }
  return false;
}

}  // namespace taskwire::edge
