#include "support/services.h"

#include <algorithm>
#include <gtest/gtest.h>
#include <stdlib.h>
#include <utility>

#include "support/http.h"

namespace taskwire::test {
namespace {

std::vector<std::string> joined(std::vector<std::string> first, const std::vector<std::string>& second) {
  first.insert(first.end(), second.begin(), second.end());
  return first;
}

/// With the demo sources' events left out, which tests that count events do not expect; unless `arguments` name them.
std::vector<std::string> quiet(std::vector<std::string> arguments) {
  const bool is_named = std::any_of(arguments.begin(), arguments.end(),
                                    [](const std::string& argument) { return argument.starts_with("--demo-sources"); });
  if (!is_named) arguments.emplace_back("--demo-sources=false");
  return arguments;
}

}  // namespace

TemporaryFolder::TemporaryFolder() {
  std::string pattern = std::filesystem::temp_directory_path() / "taskwire-test-XXXXXX";
  path_ = mkdtemp(pattern.data());
}

TemporaryFolder::~TemporaryFolder() {
  std::error_code ignored;
  std::filesystem::remove_all(path_, ignored);
}

Service::Service(std::string program, std::vector<std::string> arguments, std::uint16_t port)
    : program_(std::move(program)), arguments_(std::move(arguments)), port_(port) {
  restart();
}

void Service::restart() {
  process_.reset();
  auto argv = joined({program_path(program_), "--listen", address()}, arguments_);
  // Streams that tests leave open are not waited for, where they ask for nothing else.
  process_ = std::make_unique<Process>(std::move(argv), std::vector<std::string>{"TASKWIRE_DRAIN=0s"});
  const auto line = process_->wait_for_line("listening on 127.0.0.1:");
  ASSERT_TRUE(line) << program_ << " does not listen:\n" << process_->output();
  port_ = static_cast<std::uint16_t>(std::stoi(line->substr(line->rfind(':') + 1)));
}

std::string program_path(const std::string& program) {
  return std::filesystem::read_symlink("/proc/self/exe").parent_path() / program;
}

Services::Services(std::vector<std::string> engine_arguments, std::vector<std::string> edge_arguments)
    : engine("taskwire-engine", joined({"--data-dir", data.path() / "data"}, quiet(std::move(engine_arguments)))),
      edge("taskwire-edge", joined({"--engine", engine.address(), "--shards", "2"}, edge_arguments)) {
  const bool is_ready = eventually([&] { return get(edge.port(), "/readyz").status == 200; });
  EXPECT_TRUE(is_ready) << edge.process().output() << engine.process().output();
}

}  // namespace taskwire::test
