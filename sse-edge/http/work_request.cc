#include "http/work_request.h"

#include <array>

#include "http/json_members.h"
#include "http/progress_json.h"

namespace taskwire::edge {
namespace {

using Type = v1::RegisterTypeRequest;
using Claim = v1::ClaimRequest;
using Report = v1::ReportRequest;
using Finish = v1::FinishRequest;
using Error = v1::WorkError;

constexpr std::array<Member<v1::Retry>, 3> kTypeRetry = {{
    {"attempts", small_of<v1::Retry, &v1::Retry::set_attempts>},
    {"backoffMs", whole_of<v1::Retry, &v1::Retry::set_backoff_ms>},
    {"maxBackoffMs", whole_of<v1::Retry, &v1::Retry::set_max_backoff_ms>},
}};

constexpr std::array<Member<Type>, 6> kType = {{
    {"description", text_of<Type, &Type::mutable_description>},
    {"params", object_of<Type, &Type::mutable_params_schema>},
    {"maxRunning", small_of<Type, &Type::set_max_running>},
    {"maxRunningPerUser", small_of<Type, &Type::set_max_running_per_user>},
    {"timeLimitMs", whole_of<Type, &Type::set_time_limit_ms>},
    {"retry",
     [](const nlohmann::json& value, const std::string& name, Type& request) -> Result<void> {
       if (!value.is_object()) return not_a(name, "an object");
       return take_members(value, kTypeRetry, *request.mutable_retry(), name + ".");
     }},
}};

Result<void> take_types(const nlohmann::json& value, const std::string& name, Claim& request) {
  if (!value.is_array()) return not_a(name, "a list of names of types");
  for (const auto& type : value) {
    const auto its_name = name + "[" + std::to_string(request.types_size()) + "]";
    if (auto taken = take_text(type, its_name, *request.add_types()); !taken) return taken;
  }
  return {};
}

Result<void> take_max(const nlohmann::json& value, const std::string& name, Claim& request) {
  return take_small(value, name).and_then([&](std::int32_t most) -> Result<void> {
    if (most < 1)
      return refuse(Reason::invalid_limit, "\"" + name + "\" is 1 to 100. Leave it out for 1.");  // 0 would be none
    request.set_max(most);
    return {};
  });
}

constexpr std::array<Member<Claim>, 4> kClaim = {{
    {"worker", text_of<Claim, &Claim::mutable_worker>},
    {"types", take_types},
    {"max", take_max},
    {"waitMs", whole_of<Claim, &Claim::set_wait_ms>},
}};

template <class Request>
Result<void> take_progress(const nlohmann::json& value, const std::string& name, Request& request) {
  return read_progress(value, name, *request.mutable_progress());
}

Result<void> take_seq(const nlohmann::json& value, const std::string& name, Report& request) {
  const auto number = whole_number(value);
  if (!number || *number < 1) return not_a(name, "a whole number from 1");  // 0 would be none
  request.set_seq(*number);
  return {};
}

Result<void> take_stream(const nlohmann::json& value, const std::string& name, v1::Output& output) {
  if (value == "stdout") {
    output.set_stream(v1::OUTPUT_STREAM_STDOUT);
  } else if (value == "stderr") {
    output.set_stream(v1::OUTPUT_STREAM_STDERR);
  } else {
    return not_a(name, "\"stdout\" or \"stderr\"");
  }
  return {};
}

constexpr std::array<Member<v1::Output>, 3> kOutput = {{
    {"offset", whole_of<v1::Output, &v1::Output::set_offset>},
    {"stream", take_stream},
    {"text", text_of<v1::Output, &v1::Output::mutable_text>},
}};

template <class Request>
Result<void> take_output(const nlohmann::json& value, const std::string& name, Request& request) {
  if (!value.is_array()) return not_a(name, "a list of pieces of output");
  for (const auto& piece : value) {
    const auto its_name = name + "[" + std::to_string(request.output_size()) + "]";
    if (!piece.is_object()) return not_a(its_name, "an object");
    if (auto taken = take_members(piece, kOutput, *request.add_output(), its_name + "."); !taken) return taken;
  }
  return {};
}

constexpr std::array<Member<Report>, 4> kReport = {{
    {"lease", text_of<Report, &Report::mutable_lease>},
    {"seq", take_seq},
    {"progress", take_progress<Report>},
    {"output", take_output<Report>},
}};

constexpr std::array<Member<Error>, 3> kError = {{
    {"reason", text_of<Error, &Error::mutable_reason>},
    {"message", text_of<Error, &Error::mutable_message>},
    {"retryable", bool_of<Error, &Error::set_retryable>},
}};

/// That `request` has no outcome yet.
Result<void> check_first(const Finish& request) {
  if (request.outcome_case() == Finish::OUTCOME_NOT_SET) return {};
  return refuse(Reason::invalid_outcome, "Work has one outcome. Send one of \"result\", \"error\" and \"cancelled\".");
}

Result<void> take_result(const nlohmann::json& value, const std::string& name, Finish& request) {
  if (auto first = check_first(request); !first) return first;
  return take_object(value, name, *request.mutable_result());
}

Result<void> take_error(const nlohmann::json& value, const std::string& name, Finish& request) {
  if (auto first = check_first(request); !first) return first;
  if (!value.is_object()) return not_a(name, "an object");
  return take_members(value, kError, *request.mutable_error(), name + ".");
}

Result<void> take_cancelled(const nlohmann::json& value, const std::string& name, Finish& request) {
  if (auto first = check_first(request); !first) return first;
  const auto is_cancelled = take_bool(value, name);
  if (!is_cancelled) return tl::unexpected(is_cancelled.error());
  if (!*is_cancelled)
    return refuse(Reason::invalid_outcome, "\"cancelled\" is true, or is left out where the work went on to its end.");
  request.set_cancelled(true);
  return {};
}

constexpr std::array<Member<Finish>, 6> kFinish = {{
    {"lease", text_of<Finish, &Finish::mutable_lease>},
    {"result", take_result},
    {"error", take_error},
    {"cancelled", take_cancelled},
    {"progress", take_progress<Finish>},
    {"output", take_output<Finish>},
}};

}  // namespace

Result<Type> parse_type_body(const std::string& body) {
  return parse_members<Type>(body, kType);
}

Result<Claim> parse_claim_body(const std::string& body) {
  return parse_members<Claim>(body, kClaim);
}

Result<Report> parse_report_body(const std::string& body) {
  return parse_members<Report>(body, kReport);
}

Result<Finish> parse_finish_body(const std::string& body) {
  auto request = parse_members<Finish>(body, kFinish);
  if (request && request->outcome_case() == Finish::OUTCOME_NOT_SET)
    return refuse(Reason::invalid_outcome, "Say how the work ended: send \"result\", \"error\" or \"cancelled\":true.");
  return request;
}

}  // namespace taskwire::edge
