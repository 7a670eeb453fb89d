#pragma once

#include <functional>
#include <google/protobuf/arena.h>
#include <optional>
#include <utility>

#include "rpc/call_limits.h"
#include "rpc/kept_message.h"
#include "rpc/pending_writes.h"
#include "rpc/raw_message.h"
#include "rpc/status.h"

namespace taskwire::rpc {

/// A call that is answered once. Keeps its place, and counts its answer, until the caller has taken it or has gone.
/// Belongs to the call: deletes itself at its end. Called on gRPC threads; answered on any, once.
class UnaryCall : public grpc::ServerUnaryReactor, private Cuttable {
 public:
  /// What calls work with; all of it must outlive them.
  struct Means {
    CallLimits& limits;
    PendingWrites& writes;
  };

  UnaryCall(const Means& means, grpc::CallbackServerContext& context, grpc::ByteBuffer& response)
      : UnaryCall(means, context, response, means.limits.enter_call()) {}

  /// Why there is no place for the call, if there is none.
  [[nodiscard]] const engine::Result<CallLimits::Place>& place() const { return place_; }
  void refuse(const engine::Error& error) { Finish(to_status(error)); }
  void answer(grpc::ByteBuffer bytes) {
    response_.Swap(&bytes);
    write_ = writes_.begin(*this, response_.Length());
    Finish(grpc::Status::OK);
  }

  void OnDone() override {
    if (write_) writes_.end(*write_);
    delete this;  // gRPC's own way: nobody else owns a reactor
  }

 protected:
  UnaryCall(const Means& means, grpc::CallbackServerContext& context, grpc::ByteBuffer& response,
            engine::Result<CallLimits::Place> place)
      : context_(context), writes_(means.writes), place_(std::move(place)), response_(response) {}

 private:
  void cut() override {
    cut_call(context_, {Reason::too_many_calls,
                        "the caller does not take its answers, and the engine holds as much for "
                        "callers as it may; read them, or ask for less"});
  }

  grpc::CallbackServerContext& context_;
  PendingWrites& writes_;
  const engine::Result<CallLimits::Place> place_;
  grpc::ByteBuffer& response_;
  std::optional<PendingWrites::Id> write_;
};

/// Why a call of large answers is refused while callers do not take those that they have.
[[nodiscard]] inline engine::Error no_room() {
  return {Reason::too_many_calls,
          "the engine holds as much for callers as it may; take what was answered, and repeat the call in a moment"};
}

/// How large the answers of a call may be.
enum class Answers { small, large };

struct CallManner {
  Answers answers = Answers::small;
  std::size_t most_bytes = kMostRequestBytes;
  /// Requests are read into memory that the thread keeps for the next one, but for large ones.
  bool is_frequent = false;
};

inline constexpr std::size_t kMostKeptBytes = std::size_t{64} << 10;  // on the wire

template <class Message>
KeptMessage<Message>& kept_message() {
  static thread_local KeptMessage<Message> kept;
  return kept;
}

/// Answers a call whose request and answer are bytes: reads the Request, hands it to `answer(const Request&,
/// Done<Response>)`, and writes down what that says. Refuses what is no Request or has more than `most_bytes`, a call
/// too many, and one of large answers while callers do not take those that they have.
template <class Request, class Response, class Answer>
grpc::ServerUnaryReactor* answer_call(grpc::CallbackServerContext* context, const grpc::ByteBuffer* request,
                                      grpc::ByteBuffer* response, const UnaryCall::Means& means, Answer&& answer,
                                      const CallManner& manner = {}) {
  auto* const call = new UnaryCall(means, *context, *response);  // deletes itself
  const auto refuse = [call](const engine::Error& error) {
    call->refuse(error);
    return call;
  };
  if (!call->place()) return refuse(call->place().error());
  google::protobuf::Arena arena;
  const auto bytes = request->Length();
  auto* const message = manner.is_frequent && bytes <= kMostKeptBytes
                            ? &kept_message<Request>().next(bytes)
                            : google::protobuf::Arena::CreateMessage<Request>(&arena);
  if (const auto parsed = parse_message(*request, *message, manner.most_bytes); !parsed) return refuse(parsed.error());
  if (manner.answers == Answers::large && !means.writes.has_room()) return refuse(no_room());
  answer(*message, [call](engine::Result<Response> result) {
    if (!result) return call->refuse(result.error());
    if constexpr (requires { result->bytes(); }) {
      call->answer(own_bytes(result->bytes()));
    } else {
      call->answer(to_bytes(*result));
    }
  });
  return call;
}

/// Whether the caller has gone of a call that is not finished; nobody may ask after its end.
[[nodiscard]] inline std::function<bool()> gone(const grpc::CallbackServerContext* context) {
  return [context] { return context->IsCancelled(); };
}

}  // namespace taskwire::rpc
