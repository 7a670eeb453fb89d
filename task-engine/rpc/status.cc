#include "rpc/status.h"

#include "engine/text.h"

namespace taskwire::rpc {
namespace {

constexpr std::size_t kMostMessageBytes = 1024;  // it travels in a header, and may quote the request

grpc::StatusCode to_status_code(engine::Code code) {
  switch (code) {
    case engine::Code::cancelled:
      return grpc::StatusCode::CANCELLED;
    case engine::Code::invalid_argument:
      return grpc::StatusCode::INVALID_ARGUMENT;
    case engine::Code::not_found:
      return grpc::StatusCode::NOT_FOUND;
    case engine::Code::permission_denied:
      return grpc::StatusCode::PERMISSION_DENIED;
    case engine::Code::failed_precondition:
      return grpc::StatusCode::FAILED_PRECONDITION;
    case engine::Code::resource_exhausted:
      return grpc::StatusCode::RESOURCE_EXHAUSTED;
    case engine::Code::unavailable:
      return grpc::StatusCode::UNAVAILABLE;
    case engine::Code::internal:
      return grpc::StatusCode::INTERNAL;
  }
  return grpc::StatusCode::UNKNOWN;
}

}  // namespace

grpc::Status to_status(const engine::Error& error) {
  return {to_status_code(error.code), error.reason + ": " + engine::clean_text(error.message, kMostMessageBytes)};
}

}  // namespace taskwire::rpc
