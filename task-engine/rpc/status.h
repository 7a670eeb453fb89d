#pragma once

#include <grpcpp/grpcpp.h>

#include "base/error.h"

namespace taskwire::rpc {

/// The status that says the same as `error`; its message is `REASON: text`.
[[nodiscard]] grpc::Status to_status(const engine::Error& error);

/// Ends the call with that status at once: what is on its way to the caller is given up, so that it need not be taken
/// first. As with TryCancel, the call has to be finished yet, if it is not. Thread-safe.
void cut_call(grpc::CallbackServerContext& context, const engine::Error& error);

}  // namespace taskwire::rpc
