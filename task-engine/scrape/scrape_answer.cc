#include "scrape/scrape_answer.h"

#include "metrics/exposition.h"

namespace taskwire::scrape {
namespace {

std::string answer(std::string_view status, std::string_view headers, std::string_view type, std::string_view body) {
  std::string text = "HTTP/1.1 ";
  text.append(status).append("\r\n").append(headers);
  text.append("Content-Type: ").append(type).append("\r\n");
  text.append("Content-Length: ").append(std::to_string(body.size())).append("\r\n");
  text.append("Cache-Control: no-store\r\nX-Content-Type-Options: nosniff\r\nConnection: close\r\n\r\n").append(body);
  return text;
}

std::string refusal(std::string_view status, std::string_view what, std::string_view headers = {}) {
  return answer(status, headers, "text/plain; charset=utf-8", what);
}

/// Takes what stands before the next space off `line`.
std::string_view take_word(std::string_view& line) {
  const auto end = line.find(' ');
  const auto word = line.substr(0, end);
  line.remove_prefix(end == std::string_view::npos ? line.size() : end + 1);
  return word;
}

std::string answer_to(std::string_view method, std::string_view target, const Collect& collect) {
  if (target.substr(0, target.find('?')) != "/metrics") return refusal("404 Not Found", "Only /metrics is here.\n");
  if (method != "GET" && method != "HEAD")
    return refusal("405 Method Not Allowed", "Only GET and HEAD are answered.\n", "Allow: GET, HEAD\r\n");
  return answer("200 OK", {}, Exposition::kContentType, collect());
}

}  // namespace

std::optional<std::string> scrape_answer(std::string_view request, const Collect& collect) {
  const auto end = request.substr(0, kMostRequestBytes).find("\r\n\r\n");
  if (end == std::string_view::npos) {
    if (request.size() < kMostRequestBytes) return std::nullopt;
    return refusal("431 Request Header Fields Too Large", "The header is too large.\n");
  }
  auto line = request.substr(0, request.find("\r\n"));
  const auto method = take_word(line);
  const auto target = take_word(line);
  if (method.empty() || !target.starts_with('/') || !line.starts_with("HTTP/1."))
    return refusal("400 Bad Request", "This is no request of HTTP/1.1.\n");
  auto whole = answer_to(method, target, collect);
  if (method == "HEAD") whole.resize(whole.find("\r\n\r\n") + 4);
  return whole;
}

}  // namespace taskwire::scrape
