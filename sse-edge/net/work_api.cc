#include "net/work_api.h"

#include <boost/asio/post.hpp>
#include <exception>
#include <utility>

#include "http/json_body.h"
#include "http/publication.h"
#include "http/task_json.h"
#include "http/work_json.h"
#include "http/work_request.h"
#include "net/aside.h"
#include "net/claim.h"
#include "net/fault.h"

namespace taskwire::edge {
namespace {

namespace asio = boost::asio;

/// The request of a body as `parse` reads it. As check_json_type and `parse`.
template <class Request>
Result<Request> read_body(const ApiCall& call, Result<Request> (*parse)(const std::string&)) {
  if (auto valid = check_json_type(call.request); !valid) return tl::unexpected(valid.error());
  return parse(call.request.body);
}

/// The problem of a call that may be repeated as it was, whatever became of it.
HttpResponse repeatable(Problem problem) {
  if (problem.reason == Reason::unknown_outcome)
    problem.detail = "The engine did not answer, so it is not known whether this was done. Repeat it as it was.";
  return problem_response(problem);
}

/// A report that tells nothing, but is answered where output goes on.
v1::ReportRequest renewal(const std::string& lease) {
  v1::ReportRequest request;
  request.set_lease(lease);
  return request;
}

Problem with_place(Problem gap, const Result<v1::ReportResponse>& now) {
  if (now) gap.output_next = now->output_next();
  return gap;
}

void finish(EngineClient& engine, const std::string& body, const Answer& answer) {
  try {
    auto request = parse_finish_body(body);
    if (!request) return answer(problem_response(request.error()));
    const auto look = renewal(request->lease());
    engine.finish(std::move(*request), [&engine, look, answer](const Result<v1::FinishResponse>& finished) {
      if (finished) return answer(json_response(200, task_json(finished->task())));
      if (finished.error().reason != Reason::output_gap) return answer(repeatable(finished.error()));
      engine.report(look, [answer, gap = finished.error()](const Result<v1::ReportResponse>& now) {
        answer(problem_response(with_place(gap, now)));
      });
    });
  } catch (...) {
    note_fault(std::current_exception());
    answer(problem_response({Reason::internal, "A fault of this edge. Whether it was done is not known; repeat it."}));
  }
}

}  // namespace

asio::awaitable<HttpResponse> register_type(const ApiCall& call) {
  auto request = read_body(call, parse_type_body);
  if (!request) co_return problem_response(request.error());
  request->set_type(call.route.names[0]);
  const auto registered = co_await call.services.engine.register_type(*request);
  co_return registered ? json_response(200, task_type_json(registered->type())) : repeatable(registered.error());
}

asio::awaitable<HttpResponse> delete_type(const ApiCall& call) {
  v1::DeleteTypeRequest request;
  request.set_type(call.route.names[0]);
  const auto deleted = co_await call.services.engine.delete_type(request);
  co_return deleted ? HttpResponse{204, {}, {}, nullptr} : problem_response(deleted.error());
}

asio::awaitable<HttpResponse> claim_work(const ApiCall& call) {
  auto request = read_body(call, parse_claim_body);
  if (!request) co_return problem_response(request.error());
  auto key = idempotency_key(call.request);
  if (!key) co_return problem_response(key.error());
  request->set_request_id(std::move(*key));
  Claim claim(call.services.claims, std::move(*request));
  auto watch = call.caller.watch([&claim] { claim.give_up(); });
  auto claimed = co_await claim.wait();
  watch.reset();
  const auto give_back = [&give_backs = call.services.give_backs, executor = call.shard.io().get_executor()](
                             v1::GiveBackRequest leases, std::chrono::milliseconds lasting) {
    if (leases.leases_size() > 0) give_backs.give_back(executor, std::move(leases), lasting);
  };
  if (claimed) {
    const auto lasting = claimed->lasting;
    if (lasting.count() == 0 || claim.has_key()) co_return json_response(200, std::move(claimed->json));
    if (claim.is_given_up() || call.caller.has_gone()) {
      give_back(claim.leases(), lasting);
      co_return json_response(200, claim_json({}));
    }
    HttpResponse response = json_response(200, std::move(claimed->json));
    response.when_lost = [give_back, leases = claim.leases(), lasting] { give_back(leases, lasting); };
    co_return response;
  }
  const auto& problem = claimed.error();
  if (problem.status() < 500 || problem.reason == Reason::engine_unavailable) co_return problem_response(problem);
  // What it gave may have crossed with its cancel, or be answered by an engine that has gone.
  give_back(claim.leases(), GiveBacks::kUsualLease);
  const bool is_over = claim.is_given_up() || call.shard.is_stopping();
  const bool is_quiet = is_over && !claim.has_key() && problem.reason == Reason::unknown_outcome;
  co_return is_quiet ? json_response(200, claim_json({})) : problem_response(problem);
}

asio::awaitable<HttpResponse> report_work(const ApiCall& call) {
  auto request = read_body(call, parse_report_body);
  if (!request) co_return problem_response(request.error());
  const auto lease = request->lease();
  const auto reported = co_await call.services.commands.report(std::move(*request));
  if (!reported && reported.error().reason == Reason::output_gap) {
    auto look = renewal(lease);
    const auto now = co_await call.services.commands.report(std::move(look));
    co_return problem_response(with_place(reported.error(), now));
  }
  co_return reported ? json_response(200, report_json(*reported)) : repeatable(reported.error());
}

asio::awaitable<HttpResponse> finish_work(const ApiCall& call) {
  if (auto valid = check_json_type(call.request); !valid) co_return problem_response(valid.error());
  auto begin = [&call](Answer answer) {
    asio::post(call.services.aside, [&engine = call.services.engine, &body = call.request.body,
                                     answer = std::move(answer)] { finish(engine, body, answer); });
  };
  co_return co_await answer_aside(begin);
}

}  // namespace taskwire::edge
