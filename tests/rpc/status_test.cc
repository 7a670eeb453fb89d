#include "rpc/status.h"

#include <gtest/gtest.h>

namespace taskwire::rpc {
namespace {

using engine::Code;

TEST(Status, SaysTheReasonThenTheMessage) {
  EXPECT_EQ(to_status({Code::not_found, "TASK_NOT_FOUND", "this user has no such task"}).error_message(),
            "TASK_NOT_FOUND: this user has no such task");
}

TEST(Status, CutsAMessageThatWouldFillTheHeader) {
  EXPECT_EQ(to_status({Code::internal, "X", std::string(100'000, 'x')}).error_message().size(), 1024U + 3);
}

TEST(Status, MapsEachCodeToItsNamesake) {
  const std::pair<Code, grpc::StatusCode> expected[] = {
      {Code::cancelled, grpc::StatusCode::CANCELLED},
      {Code::invalid_argument, grpc::StatusCode::INVALID_ARGUMENT},
      {Code::not_found, grpc::StatusCode::NOT_FOUND},
      {Code::permission_denied, grpc::StatusCode::PERMISSION_DENIED},
      {Code::failed_precondition, grpc::StatusCode::FAILED_PRECONDITION},
      {Code::resource_exhausted, grpc::StatusCode::RESOURCE_EXHAUSTED},
      {Code::unavailable, grpc::StatusCode::UNAVAILABLE},
      {Code::internal, grpc::StatusCode::INTERNAL},
  };
  for (const auto& [code, status] : expected) EXPECT_EQ(to_status({code, "X", "x"}).error_code(), status);
}

}  // namespace
}  // namespace taskwire::rpc
