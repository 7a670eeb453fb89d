#include "rpc/command_service.h"

#include <google/protobuf/arena.h>
#include <limits>
#include <optional>
#include <string>

#include "rpc/command_group.h"
#include "rpc/raw_message.h"
#include "rpc/status.h"

namespace taskwire::rpc {
namespace {

constexpr std::size_t kMostAnswerBytes = std::size_t{1} << 20;  // of several outcomes

// Said only where nothing of the group that has no answer was done.
const engine::Error kShuttingDown{Reason::shutting_down, "the engine is stopping; ask again when it is back"};
const engine::Error kMadeRoom{
    Reason::too_many_calls,
    "as many calls bring commands as may, and this one waited longest; open it again when there "
    "is something to do"};

const engine::Error kAllTaken{Reason::too_many_calls, "as many calls bring commands as may; try again in a moment"};
const engine::Error kOutcomesNotTaken{Reason::unknown_outcome,
                                      "the caller does not take what became of its groups, and the engine holds as "
                                      "much for callers as it may; look what was done, or repeat with the same key"};

}  // namespace

/// Belongs to gRPC: deletes itself at its end. Called on gRPC threads, and where the engine answers.
class CommandService::Call final : public grpc::ServerBidiReactor<grpc::ByteBuffer, grpc::ByteBuffer>,
                                   private Cuttable {
 public:
  Call(CommandService& all, grpc::CallbackServerContext& context) : all_(all), context_(context) {}

  void refuse(const engine::Error& error) { Finish(to_status(error)); }
  void begin() {
    StartSendInitialMetadata();
    next();
  }

  /// Ends the call where it waits for a group; else it ends before it waits for one again. Not on a gRPC thread.
  void stop() {
    const std::lock_guard lock(mutex_);
    if (!end_) end_ = kShuttingDown;
    if (is_reading_) cut_call(context_, *end_);
  }
  /// Since when it waits for a group, if it does.
  [[nodiscard]] std::optional<std::uint64_t> waits_since() {
    const std::lock_guard lock(mutex_);
    return is_reading_ && !end_ ? std::optional(turn_) : std::nullopt;
  }
  /// Ends the call if it still waits.
  void make_room() {
    const std::lock_guard lock(mutex_);
    if (!is_reading_ || end_) return;
    end_ = kMadeRoom;
    cut_call(context_, *end_);
  }

  void OnReadDone(bool ok) override {
    std::optional<engine::Error> end;
    {
      const std::lock_guard lock(mutex_);
      is_reading_ = false;
      end = end_;
    }
    if (end) return refuse(*end);              // also where a group has come by now
    if (!ok) return Finish(grpc::Status::OK);  // the caller has said all, or has gone
    google::protobuf::Arena arena;
    auto& group = *google::protobuf::Arena::CreateMessage<v1::ExecuteRequest>(&arena);
    const auto parsed = parse_message(request_, group, kMostMessageBytes);
    request_.Clear();
    if (!parsed) return refuse(parsed.error());
    execute(all_.engine_, group, [this](engine::Result<v1::ExecuteResponse> outcomes) {
      if (!outcomes) return refuse(outcomes.error());
      outcomes_.Swap(&*outcomes);
      told_ = 0;
      answer();
    });
  }

  void OnWriteDone(bool ok) override {
    all_.writes_.end(write_);
    response_.Clear();
    if (!ok) return Finish(grpc::Status::CANCELLED);
    if (told_ < outcomes_.outcomes_size()) return answer();
    v1::ExecuteResponse().Swap(&outcomes_);
    next();
  }

  void OnDone() override {
    {
      const std::lock_guard lock(all_.mutex_);
      all_.calls_.erase(this);
    }
    delete this;  // gRPC's own way: nobody else owns a reactor
  }

 private:
  void next() {
    std::optional<engine::Error> end;
    {
      const std::lock_guard lock(mutex_);
      end = end_;
      is_reading_ = !end;
      turn_ = ++all_.turns_;
    }
    end ? refuse(*end) : StartRead(&request_);
  }
  /// Tells of as many as a message may have, and of one at least.
  void answer() {
    google::protobuf::Arena arena;
    auto& message = *google::protobuf::Arena::CreateMessage<v1::ExecuteResponse>(&arena);
    std::size_t size = 0;
    for (; told_ < outcomes_.outcomes_size(); ++told_) {
      auto& outcome = *outcomes_.mutable_outcomes(told_);
      size += outcome.ByteSizeLong();
      if (size > kMostAnswerBytes && message.outcomes_size() > 0) break;
      message.mutable_outcomes()->UnsafeArenaAddAllocated(&outcome);
    }
    auto bytes = to_bytes(message);
    response_.Swap(&bytes);
    write_ = all_.writes_.begin(*this, response_.Length());
    StartWrite(&response_);
  }
  void cut() override { cut_call(context_, kOutcomesNotTaken); }

  CommandService& all_;
  grpc::CallbackServerContext& context_;
  grpc::ByteBuffer request_;   // gRPC fills it until OnReadDone
  grpc::ByteBuffer response_;  // gRPC reads it until OnWriteDone
  PendingWrites::Id write_;    // of response_
  v1::ExecuteResponse outcomes_;
  int told_ = 0;  // of outcomes_
  std::mutex mutex_;
  bool is_reading_ = false;
  std::uint64_t turn_ = 0;            // of the waiting for a group
  std::optional<engine::Error> end_;  // with what it ends
};

grpc::ServerBidiReactor<grpc::ByteBuffer, grpc::ByteBuffer>* CommandService::Execute(
    grpc::CallbackServerContext* context) {
  auto* const call = new Call(*this, *context);  // deletes itself
  const std::lock_guard lock(mutex_);
  if (is_shut_down_) {
    call->refuse(kShuttingDown);
  } else if (calls_.size() >= limits_.most_groups() && !make_room()) {
    call->refuse(kAllTaken);
  } else {
    calls_.insert(call);
    call->begin();
  }
  return call;
}

bool CommandService::make_room() {
  Call* longest = nullptr;
  auto since = std::numeric_limits<std::uint64_t>::max();
  for (auto* const call : calls_) {
    if (const auto waits = call->waits_since(); waits && *waits < since) {
      longest = call;
      since = *waits;
    }
  }
  if (longest == nullptr) return false;
  crowding_.count(std::to_string(calls_.size()) + " are open");
  longest->make_room();
  return true;
}

void CommandService::shut_down() {
  const std::lock_guard lock(mutex_);
  is_shut_down_ = true;
  for (auto* const call : calls_) call->stop();
}

}  // namespace taskwire::rpc
