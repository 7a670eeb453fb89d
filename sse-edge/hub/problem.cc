#include "hub/problem.h"

#include <algorithm>

#include "hub/json_writer.h"

namespace taskwire::edge {
namespace {

bool is_reason(std::string_view text) {
  return !text.empty() && std::all_of(text.begin(), text.end(), [](char c) {
    return (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_';
  });
}

unsigned status_of(EngineCode code, std::string_view reason) {
  if (reason == "IDEMPOTENCY_KEY_REUSED") return 422;
  if (reason == "PAYLOAD_TOO_LARGE" || reason == "PARAMS_TOO_LARGE") return 413;
  switch (code) {
    case EngineCode::invalid_argument:
    case EngineCode::out_of_range:
      return 400;
    case EngineCode::unauthenticated:
      return 401;
    case EngineCode::permission_denied:
      return 403;
    case EngineCode::not_found:
      return 404;
    case EngineCode::already_exists:
    case EngineCode::failed_precondition:
    case EngineCode::aborted:
      return 409;
    case EngineCode::resource_exhausted:
      return 429;
    case EngineCode::unimplemented:
      return 501;
    case EngineCode::cancelled:
    case EngineCode::deadline_exceeded:
    case EngineCode::unavailable:
      return 503;
    case EngineCode::ok:
    case EngineCode::unknown:
    case EngineCode::internal:
    case EngineCode::data_loss:
      return 500;
  }
  return 500;
}

}  // namespace

HttpResponse problem_response(const Problem& problem) {
  HttpResponse response;
  response.status = problem.status;
  response.headers = {{"Content-Type", "application/problem+json"}, {"Cache-Control", "no-store"}};
  if (problem.retry_after_s > 0) response.headers.emplace_back("Retry-After", std::to_string(problem.retry_after_s));
  JsonWriter(response.body)
      .begin_object()
      .member("type", "about:blank")
      .member("title", status_phrase(problem.status))
      .member("status", std::int64_t{problem.status})
      .member("detail", problem.detail)
      .member("reason", problem.reason)
      .end_object();
  return response;
}

Problem engine_problem(EngineCode code, std::string_view message, bool is_write) {
  constexpr int kRetryAfterS = 1;
  const auto colon = message.find(": ");
  if (colon != std::string_view::npos && is_reason(message.substr(0, colon))) {
    const auto reason = message.substr(0, colon);
    const unsigned status = status_of(code, reason);
    const bool is_temporary = status == 503 || status == 429;
    return {status, std::string(reason), std::string(message.substr(colon + 2)), is_temporary ? kRetryAfterS : 0};
  }
  const bool was_answered = code != EngineCode::unavailable && code != EngineCode::deadline_exceeded &&
                            code != EngineCode::cancelled && code != EngineCode::unknown;
  if (was_answered)
    return {status_of(code, ""), "ENGINE_ERROR", "The engine refused the request: " + std::string(message), 0};
  if (is_write) {
    return {503, "UNKNOWN_OUTCOME",
            "The engine did not answer, so it is not known whether this was done. Repeat the request with the same "
            "Idempotency-Key.",
            kRetryAfterS};
  }
  return {503, "ENGINE_UNAVAILABLE", "The engine did not answer. Try again in a moment.", kRetryAfterS};
}

}  // namespace taskwire::edge
