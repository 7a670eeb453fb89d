#include "libraries/library_log.h"

#include <atomic>
#include <chrono>
#include <google/protobuf/stubs/logging.h>
#include <grpc/support/log.h>
#include <spdlog/spdlog.h>
#include <string>
#include <string_view>

#include "process/log.h"

namespace taskwire {
namespace {

using Clock = std::chrono::steady_clock;
constexpr std::chrono::minutes kPause(1);

/// Whether `last` is so long ago that it is time again; it is now, then.
bool is_time(std::atomic<Clock::rep>& last) {
  auto before = last.load();
  const auto now = Clock::now().time_since_epoch();
  return (before == 0 || now - Clock::duration(before) >= kPause) && last.compare_exchange_strong(before, now.count());
}

void complain(const char* library, std::atomic<Clock::rep>& last, std::string_view text) {
  if (is_time(last)) {
    spdlog::warn("{}: {} (more of these: --log-level debug)", library, text);
  } else {
    spdlog::debug("{}: {}", library, text);
  }
}

void end(const char* library, std::string_view text) {
  spdlog::critical("{}: {}", library, text);
  flush_log();
}

void take_grpc(gpr_log_func_args* line) {
  static std::atomic<Clock::rep> last = 0;
  const std::string_view text = line->message;
  if (text.starts_with("assertion failed")) return end("grpc", text);  // it ends the process next
  if (line->severity == GPR_LOG_SEVERITY_ERROR) return complain("grpc", last, text);
  spdlog::debug("grpc: {}", text);
}

void take_protobuf(google::protobuf::LogLevel level, const char* /*file*/, int /*line*/, const std::string& text) {
  static std::atomic<Clock::rep> last = 0;
  if (level == google::protobuf::LOGLEVEL_FATAL) return end("protobuf", text);
  if (level >= google::protobuf::LOGLEVEL_WARNING) return complain("protobuf", last, text);
  spdlog::debug("protobuf: {}", text);
}

}  // namespace

void take_library_logs() {
  gpr_set_log_function(take_grpc);
  google::protobuf::SetLogHandler(take_protobuf);
}

}  // namespace taskwire
