// Whatever a program prints: reading it asks for nothing that is not there, what is told is within its bounds, and it
// makes no difference where the bytes are cut. The first byte says where; the second whose output it is taken for.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <vector>

#include "progress/notify_message.h"
#include "progress/progress_reader.h"

namespace {

using namespace taskwire::progress;

void check(const Progress& progress) {
  const auto is_count = [](const auto& count) { return !count || *count >= 0; };
  if (progress.percent && (*progress.percent < 0 || *progress.percent > 100)) std::abort();
  if (!is_count(progress.done) || !is_count(progress.total)) std::abort();
  if (progress.steps.size() > Progress::kMaxSteps) std::abort();
  if (progress.stage.size() > Progress::kMaxText || progress.message.size() > Progress::kMaxText) std::abort();
  for (const auto& step : progress.steps) {
    if (step.name.size() > Progress::kMaxName || !is_count(step.done) || !is_count(step.total)) std::abort();
  }
}

std::pair<Progress, std::uint64_t> read(std::string_view bytes, std::size_t piece, std::string_view profile) {
  ProgressReader reader(std::vector<std::string>{"x"}, profile);
  for (std::size_t i = 0; i < bytes.size(); i += piece) {
    reader.feed(bytes.substr(i, piece), Stream::terminal, {});
    check(reader.progress());
  }
  reader.finish();
  check(reader.progress());
  return {reader.progress(), reader.version()};
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size < 3) return 0;
  const std::string_view bytes(reinterpret_cast<const char*>(data) + 2, size - 2);
  static const auto names = profile_names();
  const auto profile = data[1] % (names.size() + 1);
  const auto name = profile < names.size() ? names[profile] : std::string_view();
  if (read(bytes, bytes.size(), name) != read(bytes, 1U + data[0] % 16U, name)) std::abort();
  (void)parse_notify(bytes);
  return 0;
}
