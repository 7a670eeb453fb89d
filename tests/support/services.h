#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "support/process.h"

namespace taskwire::test {

/// A folder that is gone with the test.
class TemporaryFolder {
 public:
  TemporaryFolder();
  ~TemporaryFolder();
  TemporaryFolder(const TemporaryFolder&) = delete;
  TemporaryFolder& operator=(const TemporaryFolder&) = delete;
  [[nodiscard]] const std::filesystem::path& path() const { return path_; }

 private:
  std::filesystem::path path_;
};

/// A real taskwire-engine or taskwire-edge as a child process.
class Service {
 public:
  /// Starts `program` (its name in the build's bin folder) on `port`, 0 for a free one, and waits until it listens. It
  /// listens on the same port again after restart().
  Service(std::string program, std::vector<std::string> arguments, std::uint16_t port = 0);

  [[nodiscard]] std::uint16_t port() const { return port_; }
  [[nodiscard]] std::string address() const { return "127.0.0.1:" + std::to_string(port_); }
  [[nodiscard]] Process& process() { return *process_; }
  /// Kills it as a crash would.
  void kill() { process_->kill(); }
  /// Starts it again with the same arguments.
  void restart();

 private:
  std::string program_;
  std::vector<std::string> arguments_;
  std::uint16_t port_;
  std::unique_ptr<Process> process_;
};

/// The path of a program of this build.
std::string program_path(const std::string& program);

/// An engine and an edge, wired to each other. The engine tells nothing by itself unless `--demo-sources` is among its
/// arguments.
struct Services {
  explicit Services(std::vector<std::string> engine_arguments = {}, std::vector<std::string> edge_arguments = {});

  TemporaryFolder data;
  Service engine;
  Service edge;
};

}  // namespace taskwire::test
