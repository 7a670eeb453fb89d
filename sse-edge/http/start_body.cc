#include "http/start_body.h"

#include <array>
#include <limits>

#include "http/json_members.h"
#include "http/rfc3339.h"

namespace taskwire::edge {
namespace {

using Start = v1::StartTaskRequest;
using Retry = v1::RetryTaskRequest;

Result<void> take_not_before(const nlohmann::json& value, const std::string& name, Start& request) {
  if (!value.is_string()) return not_a(name, "a string");
  if (auto time = parse_rfc3339(value.get_ref<const std::string&>())) {
    *request.mutable_not_before() = *time;
    return {};
  }
  return refuse(Reason::invalid_not_before,
                "\"notBefore\" is a time as RFC 3339 has it, with its offset. Write it like 2026-01-02T10:30:45Z.");
}

Result<void> take_max_attempts(const nlohmann::json& value, const std::string& name, Start& request) {
  const auto attempts = whole_number(value);
  if (!attempts) return not_a(name, "a whole number");
  if (*attempts < 1 || *attempts > std::numeric_limits<std::int32_t>::max())
    return refuse(Reason::invalid_max_attempts, "\"maxAttempts\" is 1 to 100, not " + std::to_string(*attempts) + ".");
  request.set_max_attempts(static_cast<std::int32_t>(*attempts));
  return {};
}

constexpr std::array<Member<Start>, 8> kStart = {{
    {"type", text_of<Start, &Start::mutable_type>},
    {"taskName", text_of<Start, &Start::mutable_name>},
    {"params", object_of<Start, &Start::mutable_params>},
    {"notBefore", take_not_before},
    {"timeLimitMs", whole_of<Start, &Start::set_time_limit_ms>},
    {"maxAttempts", take_max_attempts},
    {"claim", bool_of<Start, &Start::set_claim>},
    {"worker", text_of<Start, &Start::mutable_worker>},
}};

constexpr std::array<Member<Retry>, 2> kRetry = {{
    {"claim", bool_of<Retry, &Retry::set_claim>},
    {"worker", text_of<Retry, &Retry::mutable_worker>},
}};

}  // namespace

Result<Start> parse_start_body(const std::string& body) {
  return parse_members<Start>(body, kStart);
}

Result<Retry> parse_retry_body(const std::string& body) {
  return parse_members<Retry>(body, kRetry);
}

}  // namespace taskwire::edge
