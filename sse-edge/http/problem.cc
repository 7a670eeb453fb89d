#include "http/problem.h"

#include <algorithm>
#include <array>

#include "text/json_writer.h"

namespace taskwire::edge {
namespace {

/// gRPC's codes of a call that may have been carried out without an answer.
constexpr int kCancelled = 1;
constexpr int kUnknown = 2;
constexpr int kDeadlineExceeded = 4;
constexpr int kUnavailable = 14;
constexpr std::array kUnanswered = {kCancelled, kUnknown, kDeadlineExceeded, kUnavailable};

}  // namespace

HttpResponse problem_response(const Problem& problem) {
  const auto status = problem.status();
  HttpResponse response;
  response.status = status;
  response.headers = {{"Content-Type", "application/problem+json"}, {"Cache-Control", "no-store"}};
  if (status == 429 || status == 503)
    response.headers.emplace_back("Retry-After", std::to_string(problem.retry_after_s));
  JsonWriter json(response.body);
  json.begin_object()
      .member("type", "about:blank")
      .member("title", status_phrase(status))
      .member("status", std::int64_t{status})
      .member("detail", problem.detail)
      .member("reason", info(problem.reason).name);
  if (problem.output_next) json.member("outputNext", *problem.output_next);
  json.end_object();
  return response;
}

Problem engine_problem(int code, std::string_view message, bool is_write) {
  const auto colon = message.find(": ");
  if (colon != std::string_view::npos) {
    const auto reason = find_reason(message.substr(0, colon));
    if (reason && info(*reason).http != 0) return {*reason, std::string(message.substr(colon + 2))};
  }
  if (std::find(kUnanswered.begin(), kUnanswered.end(), code) == kUnanswered.end())
    return {Reason::engine_error, "The engine refused the request: " + std::string(message)};
  if (is_write) {
    return {
        Reason::unknown_outcome,
        "The engine did not answer, so it is not known whether this was done. If the request had an Idempotency-Key, "
        "repeat it with the same key; else look whether it was done before you repeat it."};
  }
  return {Reason::engine_unavailable, "The engine did not answer. Try again in a moment."};
}

}  // namespace taskwire::edge
