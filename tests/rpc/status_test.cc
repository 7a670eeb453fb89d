#include "rpc/status.h"

#include <gtest/gtest.h>

namespace taskwire::rpc {
namespace {

TEST(Status, SaysTheReasonThenTheMessage) {
  const auto status = to_status({Reason::task_not_found, "this user has no such task"});
  EXPECT_EQ(status.error_code(), grpc::StatusCode::NOT_FOUND);
  EXPECT_EQ(status.error_message(), "TASK_NOT_FOUND: this user has no such task");
}

TEST(Status, CutsAMessageThatWouldFillTheHeader) {
  EXPECT_EQ(to_status({Reason::internal, std::string(100'000, 'x')}).error_message().size(), 1024U + 10);
}

TEST(Status, HasTheCodeOfItsReason) {
  for (const auto& row : reasons()) {
    const auto status = to_status({row.reason, "x"});
    if (row.grpc != GrpcCode::ok) {
      EXPECT_EQ(static_cast<int>(status.error_code()), static_cast<int>(row.grpc)) << row.name;
      EXPECT_EQ(status.error_message(), std::string(row.name) + ": x");
    }
  }
}

TEST(Status, IsNeverOkForWhatFailed) {
  for (const auto& row : reasons()) EXPECT_FALSE(to_status({row.reason, "x"}).ok()) << row.name;
  const auto fault = to_status({Reason::stale_report, "x"});
  EXPECT_EQ(fault.error_code(), grpc::StatusCode::INTERNAL);
  EXPECT_EQ(fault.error_message(), "INTERNAL: STALE_REPORT: x");
}

TEST(Status, HasTheNumbersOfGrpcsCodes) {
  const std::pair<GrpcCode, grpc::StatusCode> codes[] = {
      {GrpcCode::ok, grpc::StatusCode::OK},
      {GrpcCode::cancelled, grpc::StatusCode::CANCELLED},
      {GrpcCode::invalid_argument, grpc::StatusCode::INVALID_ARGUMENT},
      {GrpcCode::not_found, grpc::StatusCode::NOT_FOUND},
      {GrpcCode::permission_denied, grpc::StatusCode::PERMISSION_DENIED},
      {GrpcCode::failed_precondition, grpc::StatusCode::FAILED_PRECONDITION},
      {GrpcCode::resource_exhausted, grpc::StatusCode::RESOURCE_EXHAUSTED},
      {GrpcCode::unavailable, grpc::StatusCode::UNAVAILABLE},
      {GrpcCode::internal, grpc::StatusCode::INTERNAL},
  };
  for (const auto& [ours, theirs] : codes) EXPECT_EQ(static_cast<int>(ours), static_cast<int>(theirs));
}

}  // namespace
}  // namespace taskwire::rpc
