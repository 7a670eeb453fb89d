#pragma once

#include <functional>
#include <string>

#include "sources/demo_source.h"
#include "sources/proc_text.h"

namespace taskwire::engine {

/// How busy the machine is, on `channels/host`: events of type `host`, data `{"cpuPercent":12.5,
/// "memoryUsedBytes":…,"memoryTotalBytes":…,"load1":0.42,"timestamp":"…"}`. The processors' share is that of the time
/// since the reading before, so the first reading gives no event. What cannot be read is logged once, and gives none.
/// Not thread-safe.
class Host final : public DemoSource {
 public:
  /// The content of a file; nothing where it cannot be read.
  using ReadFile = std::function<std::optional<std::string>(const std::string& path)>;

  explicit Host(ReadFile read_file) : read_file_(std::move(read_file)) {}

  [[nodiscard]] std::string_view name() const override { return "host"; }
  [[nodiscard]] std::optional<v1::PublishRequest> read(SystemTime now) override;

 private:
  /// Parses a file; says once that this cannot be done.
  template <class T>
  std::optional<T> parse(const char* path, std::optional<T> (*parser)(std::string_view));

  ReadFile read_file_;
  std::optional<CpuTimes> before_;
  bool has_complained_ = false;
};

/// Reads the machine's files.
[[nodiscard]] std::optional<std::string> read_small_file(const std::string& path);

}  // namespace taskwire::engine
