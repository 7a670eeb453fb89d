#pragma once

#include <functional>

#include "rpc/call_limits.h"
#include "rpc/raw_message.h"
#include "rpc/status.h"

namespace taskwire::rpc {

/// Answers a call whose request and answer are bytes: reads the Request, hands it to `answer(const Request&,
/// Done<Response>)`, and writes down what that says. Refuses what is no Request or has more than
/// `most_bytes`, and a call too many.
template <class Request, class Response, class Answer>
grpc::ServerUnaryReactor* answer_call(grpc::CallbackServerContext* context, const grpc::ByteBuffer* request,
                                      grpc::ByteBuffer* response, CallLimits& limits, Answer&& answer,
                                      std::size_t most_bytes = kMostRequestBytes) {
  auto* const reactor = context->DefaultReactor();
  auto place = limits.enter_call();
  const auto message = place ? parse_message<Request>(*request, most_bytes) : tl::make_unexpected(place.error());
  if (!message) {
    reactor->Finish(to_status(message.error()));
    return reactor;
  }
  answer(*message, [reactor, response, place = std::move(*place)](engine::Result<Response> result) {
    if (result) *response = to_bytes(*result);
    reactor->Finish(result ? grpc::Status::OK : to_status(result.error()));
  });
  return reactor;
}

/// Whether the caller of a call that is not finished has gone.
[[nodiscard]] inline std::function<bool()> gone(const grpc::CallbackServerContext* context) {
  return [context] { return context->IsCancelled(); };
}

}  // namespace taskwire::rpc
