#include "net/outputs.h"

#include <boost/asio/post.hpp>
#include <chrono>
#include <exception>
#include <utility>

#include "net/engine_client.h"
#include "net/fault.h"

namespace taskwire::edge {
namespace {

Result<OutputPagePtr> to_page(const grpc::Status& status, const v1::ReadOutputRequest& request,
                              const v1::ReadOutputResponse& response) {
  if (!status.ok()) return tl::unexpected(engine_problem(status.error_code(), status.error_message(), false));
  try {
    return make_output_page(request, response);
  } catch (...) {  // nobody else would catch it on this thread
    note_fault(std::current_exception());
    return refuse(Reason::internal, "The engine's answer could not be taken in.");
  }
}

}  // namespace

Outputs::Outputs(const EngineChannel& engine, std::size_t most)
    : lanes_(engine, most,
             {Reason::too_many_reads, "As much output is read through this edge as may be. Try again in a moment."}) {}

std::unique_ptr<Outputs::Wait> Outputs::request(const v1::ReadOutputRequest& request,
                                                boost::asio::any_io_executor executor, Done done) {
  auto key = request.SerializeAsString();
  std::unique_lock lock(mutex_);
  auto& known = calls_[key];
  const bool is_new = !known;
  if (is_new) {
    known = std::make_shared<Call>();
    known->request = request;
    known->key = std::move(key);
  }
  const auto call = known;
  const auto waiter = ++next_;
  call->waiters.emplace(waiter, Waiter{std::move(executor), std::move(done)});
  lock.unlock();
  auto wait = std::make_unique<Wait>(*this, call, waiter);
  if (is_new) start(call);
  return wait;
}

void Outputs::start(const Ptr& call) {
  const auto lane = lanes_.enter(call->context);
  if (!lane) return finish(call, tl::unexpected(lane.error()));
  call->context.set_deadline(std::chrono::system_clock::now() + std::chrono::milliseconds(call->request.wait_ms()) +
                             EngineClient::kDeadline);
  (*lane)->stub->async()->ReadOutput(&call->context, &call->request, &call->response,
                                     [this, lane = *lane, call = call](const grpc::Status& status) mutable {
                                       finish(call, to_page(status, call->request, call->response));
                                       auto& context = call->context;
                                       lanes_.leave(std::move(call), context, *lane);
                                     });
}

void Outputs::finish(const Ptr& call, const Result<OutputPagePtr>& page) {
  std::map<std::uint64_t, Waiter> waiters;
  {
    const std::scoped_lock lock(mutex_);
    const auto known = calls_.find(call->key);
    if (known != calls_.end() && known->second == call) calls_.erase(known);
    waiters = std::exchange(call->waiters, {});
  }
  for (auto& [number, waiter] : waiters)
    boost::asio::post(waiter.executor, [done = std::move(waiter.done), page] { done(page); });
}

void Outputs::leave(const Ptr& call, std::uint64_t waiter) {
  const std::scoped_lock lock(mutex_);
  if (call->waiters.erase(waiter) == 0 || !call->waiters.empty()) return;
  // Whoever asks the same from now on is not to be answered by a call that was cancelled.
  calls_.erase(call->key);
  call->context.TryCancel();
}

}  // namespace taskwire::edge
