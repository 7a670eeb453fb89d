#include "process/log.h"

#include <algorithm>
#include <chrono>
#include <csignal>
#include <cstdlib>
#include <exception>
#include <fcntl.h>
#include <mutex>
#include <spdlog/pattern_formatter.h>
#include <spdlog/sinks/base_sink.h>
#include <spdlog/spdlog.h>
#include <string>
#include <sys/stat.h>
#include <unistd.h>

#include "process/line_writer.h"

namespace taskwire {
namespace {

constexpr const char* kPattern = "%Y-%m-%dT%H:%M:%S.%e %l %v";
constexpr std::size_t kMostBytes = std::size_t{256} << 10;
constexpr std::chrono::seconds kPatience(1);

void open_standard_descriptors() {
  for (const int fd : {STDIN_FILENO, STDOUT_FILENO, STDERR_FILENO}) {
    if (fcntl(fd, F_GETFD) == -1) (void)open("/dev/null", O_RDWR);
  }
}

/// Standard error; /dev/null where something else has its number: a library that was initialised before main, while it
/// was closed, may have opened an eventfd there.
int log_descriptor() {
  struct stat status {};
  const bool is_known = fstat(STDERR_FILENO, &status) == 0;
  const auto mode = status.st_mode;
  const bool takes_text = is_known && (S_ISFIFO(mode) || S_ISCHR(mode) || S_ISREG(mode) || S_ISSOCK(mode));
  return takes_text ? STDERR_FILENO : open("/dev/null", O_WRONLY | O_CLOEXEC);
}

std::string format(spdlog::level::level_enum level, const std::string& text) {
  spdlog::memory_buf_t line;
  spdlog::pattern_formatter(kPattern).format(spdlog::details::log_msg({}, level, text), line);
  return fmt::to_string(line);
}

std::string tell_dropped(std::uint64_t count) {
  return format(spdlog::level::warn, std::to_string(count) + (count == 1 ? " line was" : " lines were") +
                                         " dropped here: the log was not read, or could not be written");
}

/// Never destroyed: gRPC's threads may have something to say until the process is gone.
LineWriter& writer() {
  static auto* const instance = new LineWriter(log_descriptor(), kMostBytes, tell_dropped);
  return *instance;
}

class LineSink final : public spdlog::sinks::base_sink<std::mutex> {
 protected:
  void sink_it_(const spdlog::details::log_msg& message) override {
    spdlog::memory_buf_t line;
    formatter_->format(message, line);
    // A line is one line, and no escape sequence, whoever brought its text.
    std::replace_if(
        line.begin(), line.end() - 1, [](char c) { return static_cast<unsigned char>(c) < ' ' || c == '\x7F'; }, ' ');
    writer().write({line.data(), line.size()});
  }
  void flush_() override {}
};

[[noreturn]] void end_with_last_words() {
  std::string what = "of no known type";
  try {
    if (const auto exception = std::current_exception()) std::rethrow_exception(exception);
    what = "none";
  } catch (const std::exception& exception) {
    what = exception.what();
  } catch (...) {
  }
  spdlog::critical("the program ends by a fault of its own; exception: {}", what);
  flush_log();
  std::abort();
}

}  // namespace

ProcessLog::ProcessLog() {
  open_standard_descriptors();
  std::signal(SIGPIPE, SIG_IGN);
  // Never destroyed either: what static objects still log goes nowhere, but harms nobody.
  static auto* const logger =
      new std::shared_ptr<spdlog::logger>(std::make_shared<spdlog::logger>("", std::make_shared<LineSink>()));
  (*logger)->set_error_handler(
      [](const std::string& error) { writer().write(format(spdlog::level::err, "cannot log: " + error)); });
  spdlog::set_default_logger(*logger);
  spdlog::set_pattern(kPattern);
  std::set_terminate(end_with_last_words);
}

ProcessLog::~ProcessLog() {
  flush_log();
}

void flush_log() {
  writer().flush(kPatience);
}

}  // namespace taskwire
