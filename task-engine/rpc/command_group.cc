#include "rpc/command_group.h"

#include <algorithm>
#include <atomic>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "resume/limits.h"
#include "rpc/raw_message.h"
#include "rpc/status.h"

namespace taskwire::rpc {
namespace {

using engine::Appended;
using engine::Result;

/// The outcomes of a group, until all are known. Each is written by whoever knows it.
class Outcomes {
 public:
  using Done = std::function<void(Result<v1::ExecuteResponse>)>;

  /// Knows of none yet, and waits for who makes it.
  Outcomes(int commands, Done done) : done_(std::move(done)) {
    for (int i = 0; i < commands; ++i) response_.add_outcomes();
  }

  [[nodiscard]] v1::CommandOutcome& of(int command) { return *response_.mutable_outcomes(command); }
  /// One more is waited for.
  void expect() { ++expected_; }
  /// One of them is there.
  void arrive() {
    if (--expected_ == 0) done_(std::move(response_));
  }

 private:
  const Done done_;
  v1::ExecuteResponse response_;
  std::atomic<std::size_t> expected_ = 1;
};

void refuse(v1::CommandOutcome& outcome, const engine::Error& error) {
  const auto status = to_status(error);
  outcome.set_code(status.error_code());
  outcome.set_message(status.error_message());
}

/// As large as the RPC of its own takes it.
Result<void> check(const v1::Command& command) {
  if (command.has_start_task()) return check_size(command.start_task().ByteSizeLong(), kMostStartBytes);
  if (command.has_cancel_task()) return check_size(command.cancel_task().ByteSizeLong(), kMostRequestBytes);
  if (command.has_report()) return check_size(command.report().ByteSizeLong(), kMostReportBytes);
  if (command.has_publish()) return check_size(command.publish().ByteSizeLong(), kMostRequestBytes);
  return {};
}

class Execution {
 public:
  Execution(engine::Engine& engine, std::shared_ptr<Outcomes> outcomes)
      : engine_(engine), outcomes_(std::move(outcomes)) {}

  void take(int place, const v1::Command& command) {
    if (const auto checked = check(command); !checked) return refuse(outcomes_->of(place), checked.error());
    switch (command.command_case()) {
      case v1::Command::kPublish:
        return publish(place, &command.publish());
      case v1::Command::kPublishBatch:
        return publish(place, &command.publish_batch());
      case v1::Command::kStartTask:
        return engine_.start_task(command.start_task(), answering(place, &v1::CommandOutcome::mutable_start_task));
      case v1::Command::kCancelTask:
        return engine_.tasks().cancel(command.cancel_task(),
                                      answering(place, &v1::CommandOutcome::mutable_cancel_task));
      case v1::Command::kReport:
        return engine_.workers().report(command.report(), answering(place, &v1::CommandOutcome::mutable_report));
      case v1::Command::COMMAND_NOT_SET:
        break;
    }
    refuse(outcomes_->of(place), {Reason::malformed_message, "a command has nothing that this engine knows"});
  }

  /// Appends all that is to be published, in one write.
  void append() {
    if (publications_.empty()) return;
    outcomes_->expect();
    const auto appended = [outcomes = outcomes_, places = places_](const Result<std::vector<Result<Appended>>>& all) {
      for (std::size_t i = 0; i < places.size(); ++i) {
        auto& outcome = outcomes->of(places[i]);
        const auto* const error = !all ? &all.error() : !(*all)[i] ? &(*all)[i].error() : nullptr;
        error != nullptr ? refuse(outcome, *error) : outcome.set_cursor(to_string((*all)[i]->first));
      }
      outcomes->arrive();
    };
    engine_.publisher().publish_group(publications_, appended);
  }

 private:
  void publish(int place, engine::AnyPublishRequest request) {
    places_.push_back(place);
    publications_.push_back(request);
  }
  template <class Answer>
  engine::Done<Answer> answering(int place, Answer* (v1::CommandOutcome::*answer)()) {
    outcomes_->expect();
    return [outcomes = outcomes_, place, answer](Result<Answer> result) {
      auto& outcome = outcomes->of(place);
      result ? (outcome.*answer)()->Swap(&*result) : refuse(outcome, result.error());
      outcomes->arrive();
    };
  }

  engine::Engine& engine_;
  const std::shared_ptr<Outcomes> outcomes_;
  std::vector<engine::AnyPublishRequest> publications_;
  std::vector<int> places_;  // of these
};

}  // namespace

void execute(engine::Engine& engine, const v1::ExecuteRequest& group,
             std::function<void(Result<v1::ExecuteResponse>)> done) {
  const auto answers_with_task = [](const v1::Command& command) {
    return command.has_start_task() || command.has_cancel_task();
  };
  const auto& commands = group.commands();
  if (commands.empty() || commands.size() > kMostBatchEvents ||
      std::count_if(commands.begin(), commands.end(), answers_with_task) > kMostGroupTasks)
    return done(engine::refuse(Reason::invalid_batch, "a group is 1 to 1000 commands, 32 of them starts and cancels"));
  const auto outcomes = std::make_shared<Outcomes>(group.commands_size(), std::move(done));
  Execution execution(engine, outcomes);
  for (int i = 0; i < group.commands_size(); ++i) execution.take(i, group.commands(i));
  execution.append();
  outcomes->arrive();
}

}  // namespace taskwire::rpc
