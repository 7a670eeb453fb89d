#pragma once

#include <functional>
#include <grpcpp/grpcpp.h>

#include "base/error.h"

namespace taskwire::rpc {

/// The status that says the same as `error`; its message is `REASON: text`.
[[nodiscard]] grpc::Status to_status(const engine::Error& error);

/// Answers a unary call with what comes, and finishes it.
template <class Response>
engine::Done<Response> answer_to(grpc::ServerUnaryReactor* reactor, Response* response) {
  return [reactor, response](engine::Result<Response> result) {
    if (result) response->Swap(&*result);
    reactor->Finish(result ? grpc::Status::OK : to_status(result.error()));
  };
}

/// Whether the caller of a call that is not finished has gone.
[[nodiscard]] inline std::function<bool()> gone(const grpc::CallbackServerContext* context) {
  return [context] { return context->IsCancelled(); };
}

}  // namespace taskwire::rpc
