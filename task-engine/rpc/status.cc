#include "rpc/status.h"

#include <grpc/grpc.h>

#include "base/text.h"

namespace taskwire::rpc {
namespace {

constexpr std::size_t kMostErrorBytes = 1024;  // it travels in a header, and may quote the request

}  // namespace

grpc::Status to_status(const engine::Error& error) {
  const auto code = info(error.reason).grpc;
  // A call that failed must never look as if it had not.
  if (code == GrpcCode::ok) return to_status({Reason::internal, error.name() + ": " + error.message});
  return {static_cast<grpc::StatusCode>(code),
          error.name() + ": " + engine::clean_text(error.message, kMostErrorBytes)};
}

void cut_call(grpc::CallbackServerContext& context, const engine::Error& error) {
  // What TryCancel does, in words of our own.
  const auto status = to_status(error);
  grpc_call_cancel_with_status(context.c_call(), static_cast<grpc_status_code>(status.error_code()),
                               status.error_message().c_str(), nullptr);
}

}  // namespace taskwire::rpc
