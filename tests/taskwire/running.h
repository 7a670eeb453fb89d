#pragma once

#include <filesystem>
#include <fstream>
#include <optional>
#include <sstream>
#include <string>
#include <utility>
#include <vector>

#include "support/process.h"
#include "support/services.h"

namespace taskwire::test {

/// The command line of `taskwire run` at `url`, as alice.
inline std::vector<std::string> run_command(const std::string& url, const std::vector<std::string>& options,
                                            const std::vector<std::string>& command) {
  std::vector<std::string> words = {program_path("taskwire"), "run", "--url", url, "--user", "alice"};
  words.insert(words.end(), options.begin(), options.end());
  words.emplace_back("--");
  words.insert(words.end(), command.begin(), command.end());
  return words;
}

inline std::vector<std::string> sh(const std::string& script) {
  return {"/bin/sh", "-c", script};
}

inline std::string contents(const std::filesystem::path& path) {
  std::ifstream file(path, std::ios::binary);
  std::ostringstream text;
  text << file.rdbuf();
  return text.str();
}

/// Runs `command` with standard output and error each into a file.
class Apart {
 public:
  explicit Apart(std::vector<std::string> command, const std::string& input = "/dev/null") {
    command.insert(command.begin(),
                   {"/bin/sh", "-c", R"(in=$1 out=$2 err=$3; shift 3; exec "$@" <"$in" >"$out" 2>"$err")", "sh", input,
                    out_path(), err_path()});
    process_.emplace(std::move(command));
  }
  [[nodiscard]] Process& process() { return *process_; }
  std::optional<int> wait(Clock::time_point deadline = within()) { return process_->wait(deadline); }
  [[nodiscard]] std::string out() const { return contents(out_path()); }
  [[nodiscard]] std::string err() const { return contents(err_path()); }

 private:
  [[nodiscard]] std::string out_path() const { return folder_.path() / "out"; }
  [[nodiscard]] std::string err_path() const { return folder_.path() / "err"; }

  TemporaryFolder folder_;
  std::optional<Process> process_;
};

/// A port that nobody listens on.
inline const std::string kNobody = "http://127.0.0.1:1";

}  // namespace taskwire::test
