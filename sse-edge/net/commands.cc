#include "net/commands.h"

#include <utility>

#include "net/awaited.h"

namespace taskwire::edge {
namespace {

namespace asio = boost::asio;

template <class Request>
v1::Command command_of(Request request, Request* (v1::Command::*part)()) {
  v1::Command command;
  *(command.*part)() = std::move(request);
  return command;
}

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
  return ask(publications_, command_of(std::move(event), &v1::Command::mutable_publish),
             &v1::CommandOutcome::mutable_cursor);
}

asio::awaitable<Result<std::string>> Commands::publish(v1::PublishBatchRequest batch) {
  return ask(publications_, command_of(std::move(batch), &v1::Command::mutable_publish_batch),
             &v1::CommandOutcome::mutable_cursor);
}

asio::awaitable<Result<v1::StartTaskResponse>> Commands::start_task(v1::StartTaskRequest request) {
  if (request.ByteSizeLong() > kMostBytes) co_return co_await calls_.start_task(request);
  auto command = command_of(std::move(request), &v1::Command::mutable_start_task);
  co_return co_await ask(tasks_, std::move(command), &v1::CommandOutcome::mutable_start_task);
}

asio::awaitable<Result<v1::CancelTaskResponse>> Commands::cancel_task(v1::CancelTaskRequest request) {
  return ask(tasks_, command_of(std::move(request), &v1::Command::mutable_cancel_task),
             &v1::CommandOutcome::mutable_cancel_task);
}

asio::awaitable<Result<v1::ReportResponse>> Commands::report(v1::ReportRequest request) {
  if (request.ByteSizeLong() > kMostBytes) co_return co_await calls_.report(request);
  auto command = command_of(std::move(request), &v1::Command::mutable_report);
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
