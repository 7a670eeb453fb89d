#include "net/commands.h"

#include <utility>

#include "net/awaited.h"

namespace taskwire::edge {
namespace {

namespace asio = boost::asio;

/// What is asked for of the outcome.
template <class Answer>
asio::awaitable<Result<Answer>> ask(CommandLane& lane, v1::Command command, Answer* (v1::CommandOutcome::*answer)()) {
  auto begin = [&](CommandLane::Done done) { lane.carry_out(std::move(command), std::move(done)); };
  auto outcome = co_await awaited<Result<v1::CommandOutcome>>(begin);
  if (!outcome) co_return tl::unexpected(outcome.error());
  co_return std::move(*((*outcome).*answer)());
}

}  // namespace

asio::awaitable<Result<std::string>> Commands::publish(v1::PublishRequest event) {
  v1::Command command;
  *command.mutable_publish() = std::move(event);
  return ask(publications_, std::move(command), &v1::CommandOutcome::mutable_cursor);
}

asio::awaitable<Result<std::string>> Commands::publish(v1::PublishBatchRequest batch) {
  v1::Command command;
  *command.mutable_publish_batch() = std::move(batch);
  return ask(publications_, std::move(command), &v1::CommandOutcome::mutable_cursor);
}

asio::awaitable<Result<v1::StartTaskResponse>> Commands::start_task(v1::StartTaskRequest request) {
  if (request.ByteSizeLong() > kMostBytes) co_return co_await calls_.start_task(request);
  v1::Command command;
  *command.mutable_start_task() = std::move(request);
  co_return co_await ask(tasks_, std::move(command), &v1::CommandOutcome::mutable_start_task);
}

asio::awaitable<Result<v1::CancelTaskResponse>> Commands::cancel_task(v1::CancelTaskRequest request) {
  v1::Command command;
  *command.mutable_cancel_task() = std::move(request);
  return ask(tasks_, std::move(command), &v1::CommandOutcome::mutable_cancel_task);
}

asio::awaitable<Result<v1::ReportResponse>> Commands::report(v1::ReportRequest request) {
  if (request.ByteSizeLong() > kMostBytes) co_return co_await calls_.report(request);
  v1::Command command;
  *command.mutable_report() = std::move(request);
  co_return co_await ask(reports_, std::move(command), &v1::CommandOutcome::mutable_report);
}

std::uint64_t Commands::refused() const {
  return publications_.refused() + tasks_.refused() + reports_.refused();
}

void Commands::expire(CommandLane::Clock::time_point now) {
  for (auto* const lane : lanes()) lane->expire(now);
}

void Commands::shutdown() {
  for (auto* const lane : lanes()) lane->shutdown();
}

}  // namespace taskwire::edge
