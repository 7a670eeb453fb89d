#include "net/routing.h"

#include <utility>

#include "http/publication.h"
#include "http/split.h"
#include "http/work_request.h"
#include "resume/limits.h"

namespace taskwire::edge {
namespace {

/// What is answered to whoever asks, also when there is no place: whether the edge is well, and what it has counted.
bool is_probe(const Result<Route>& route) {
  return route && (route->endpoint == Endpoint::healthz || route->endpoint == Endpoint::readyz ||
                   route->endpoint == Endpoint::metrics);
}

std::uint64_t body_limit(const Route& route, const HttpRequest& header, const Config& config) {
  if (route.endpoint == Endpoint::claim_work) return kMostClaimBytes;  // it waits
  if (route.endpoint == Endpoint::report_work) return kMostReportBytes;
  if (route.endpoint == Endpoint::finish_work) return kMostFinishBytes;
  const bool publishes = route.endpoint == Endpoint::publish || route.endpoint == Endpoint::send_message;
  auto type = header.header("Content-Type").value_or("");
  const bool is_batch = publishes && equals_ignoring_case(trim(take_part(type, ';')), kNdjson);
  return is_batch ? kMostBatchBytes : config.max_body_bytes;
}

HttpResponse not_routed(const Problem& problem, const std::string& allowed) {
  auto response = problem_response(problem);
  if (problem.reason == Reason::method_not_allowed) response.headers.emplace_back("Allow", allowed);
  return response;
}

}  // namespace

tl::expected<Destination, HttpResponse> find_destination(const Services& services, const HttpRequest& header,
                                                         const std::function<std::optional<Refusal>()>& refuse) {
  const auto answer = [](HttpResponse response) { return tl::unexpected(std::move(response)); };
  const bool is_server = header.target == "*";
  auto target = is_server ? Target() : parse_target(header.target);
  if (!target) {
    return answer(problem_response(
        {Reason::malformed_target,
         "The request target is no path, or has a bad percent-encoding. Write / and what follows it."}));
  }
  if (const auto valid = services.guard.check_host(header, target->authority, answered_hosts(*target)); !valid)
    return answer(problem_response(valid.error()));
  const Principal principal = Principal::anyone;  // until there is authentication
  const bool is_file = target->segments.size() == 1 && services.files.has(target->segments[0]);
  const std::string allowed = is_file     ? "GET, HEAD, OPTIONS"
                              : is_server ? "GET, HEAD, POST, PUT, DELETE, OPTIONS"
                                          : allowed_methods(*target);
  Result<Route> route = is_file ? tl::unexpected(method_not_allowed(allowed)) : find_route(header.method, *target);
  if (route && route->endpoint == Endpoint::task_output && is_event_source(header)) route->kind = Kind::stream;
  const auto refusal = is_probe(route) ? std::nullopt : refuse();
  const bool is_turned_away = refusal && route && route->kind == Kind::stream && is_event_source(header);
  if (refusal && !is_turned_away) return answer(problem_response(no_place(*refusal)));
  if (header.method == "OPTIONS" && !allowed.empty()) return answer(services.guard.options_response(header, allowed));
  if (is_file && (header.method == "GET" || header.method == "HEAD"))
    return answer(services.files.respond(header, target->segments[0]));
  if (!route) return answer(not_routed(route.error(), allowed));
  if (route->kind == Kind::write) {
    if (const auto valid = services.guard.check_write(header, target->authority); !valid)
      return answer(problem_response(valid.error()));
  }
  const auto limit = body_limit(*route, header, services.config);
  return Destination{std::move(*target), std::move(*route), principal, is_turned_away, limit};
}

bool is_event_source(const HttpRequest& header) {
  return has_token(header.list("Accept"), "text/event-stream");
}

Problem no_place(const Refusal& refusal) {
  const auto seconds = static_cast<int>(refusal.wait.count());
  switch (refusal.reason) {
    case Reason::too_many_from_address:
      return {refusal.reason,
              "This address has as many connections as it may, or asks more often than it may. Close some, ask less "
              "often, or try again later.",
              seconds};
    case Reason::too_many_of_user:
      return {refusal.reason, "This user has as many streams as it may. Close some, or try again later.", seconds};
    case Reason::shutting_down:
      return {refusal.reason, "This edge is stopping. Try again in a moment.", seconds};
    default:
      return {refusal.reason, "This edge serves as many connections as it may. Try again later.", seconds};
  }
}

}  // namespace taskwire::edge
