#pragma once

#include <grpcpp/grpcpp.h>

#include "base/error.h"

namespace taskwire::rpc {

/// The status that says the same as `error`; its message is `REASON: text`.
[[nodiscard]] grpc::Status to_status(const engine::Error& error);

}  // namespace taskwire::rpc
