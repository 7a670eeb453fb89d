#include "libraries/library_log.h"

#include <gmock/gmock.h>
#include <grpc/support/log.h>
#include <memory>
#include <spdlog/sinks/ostream_sink.h>
#include <spdlog/spdlog.h>
#include <sstream>

#include "taskwire/v1/task_service.pb.h"

namespace taskwire {
namespace {

using testing::HasSubstr;
using testing::Not;

class LibraryLogTest : public testing::Test {
 protected:
  LibraryLogTest() {
    spdlog::set_default_logger(
        std::make_shared<spdlog::logger>("", std::make_shared<spdlog::sinks::ostream_sink_mt>(log)));
    spdlog::set_pattern("%l %v");
    take_library_logs();
    gpr_set_log_verbosity(GPR_LOG_SEVERITY_ERROR);
    testing::internal::CaptureStderr();
  }
  ~LibraryLogTest() override {
    EXPECT_EQ(testing::internal::GetCapturedStderr(), "");
    spdlog::set_default_logger(before);
    spdlog::set_level(spdlog::level::info);
  }

  std::shared_ptr<spdlog::logger> before = spdlog::default_logger();
  std::ostringstream log;
};

TEST_F(LibraryLogTest, TakesWhatProtobufSaysOnceAMinute) {
  v1::StartTaskRequest request;
  for (int i = 0; i < 290; ++i) EXPECT_FALSE(request.ParseFromString("\x0A\x01\xFF"));  // a text that is no UTF-8
  EXPECT_THAT(log.str(), HasSubstr("warning protobuf: "));
  EXPECT_THAT(log.str().substr(log.str().find('\n') + 1), Not(HasSubstr("protobuf")));
}

TEST_F(LibraryLogTest, ShowsTheRestAtLevelDebug) {
  spdlog::set_level(spdlog::level::debug);
  for (int i = 0; i < 3; ++i) gpr_log(GPR_ERROR, "number %d", i);
  EXPECT_THAT(log.str(), HasSubstr("warning grpc: number 0"));
  EXPECT_THAT(log.str(), HasSubstr("debug grpc: number 2"));
}

}  // namespace
}  // namespace taskwire
