#include <gtest/gtest.h>
#include <signal.h>

#include "support/http.h"
#include "support/services.h"

namespace taskwire::test {
namespace {

constexpr const char* kPrograms[] = {"taskwire-engine", "taskwire-edge"};

TEST(Program, TellsItsFlagsVersionAndSettings) {
  for (const auto* program : kPrograms) {
    const auto help = run({program_path(program), "--help"});
    EXPECT_EQ(help.status, 0);
    EXPECT_NE(help.output.find("--listen"), std::string::npos) << help.output;
    EXPECT_NE(help.output.find("TASKWIRE_LISTEN"), std::string::npos) << help.output;
    EXPECT_EQ(run({program_path(program), "--version"}).output, "0.1.0\n");
    EXPECT_NE(run({program_path(program), "--print-config"}).output.find("listen="), std::string::npos);
  }
}

TEST(Program, NamesWhatItDoesNotUnderstand) {
  for (const auto* program : kPrograms) {
    const auto unknown = run({program_path(program), "--lisssten", "x"});
    EXPECT_EQ(unknown.status, 2);
    EXPECT_NE(unknown.output.find("--lisssten"), std::string::npos) << unknown.output;
    const auto bad = run({program_path(program), "--listen", "nowhere"});
    EXPECT_EQ(bad.status, 2);
    EXPECT_NE(bad.output.find("nowhere"), std::string::npos) << bad.output;
    const auto open = run({program_path(program), "--listen", "0.0.0.0:0"});
    EXPECT_EQ(open.status, 2);
    EXPECT_NE(open.output.find("--insecure-no-auth"), std::string::npos) << open.output;
  }
}

TEST(Program, StartsInAnEmptyFolderWithNothingSaid) {
  TemporaryFolder folder;
  Process engine(
      {"sh", "-c",
       "cd '" + folder.path().string() + "' && exec " + program_path("taskwire-engine") + " --listen 127.0.0.1:0"});
  EXPECT_TRUE(engine.wait_for_line("listening on 127.0.0.1:")) << engine.output();
  EXPECT_TRUE(std::filesystem::exists(folder.path() / "data" / "taskwire.db"));
}

TEST(Program, NamesAPortInUse) {
  Services services;
  TemporaryFolder data;
  const auto engine =
      run({program_path("taskwire-engine"), "--listen", services.engine.address(), "--data-dir", data.path() / "data"});
  EXPECT_EQ(engine.status, 1);
  EXPECT_NE(engine.output.find(std::to_string(services.engine.port())), std::string::npos) << engine.output;
  const auto edge = run({program_path("taskwire-edge"), "--listen", services.edge.address()});
  EXPECT_EQ(edge.status, 1);
  EXPECT_NE(edge.output.find(std::to_string(services.edge.port())), std::string::npos) << edge.output;
}

TEST(Program, SharesAPortOnPurpose) {
  Services services({}, {"--reuse-port"});
  Service other("taskwire-edge", {"--engine", services.engine.address(), "--reuse-port"}, services.edge.port());
  EXPECT_EQ(other.port(), services.edge.port());
  EXPECT_EQ(get(other.port(), "/healthz").status, 200);
}

TEST(Program, StopsCleanlyOnASignal) {
  for (const int signal : {SIGTERM, SIGINT}) {
    Services services;
    Stream stream(services.edge.port(), "/api/task-progress/alice");
    ASSERT_TRUE(stream.next("synced"));
    post(services.edge.port(), "/api/tasks/alice/start", {{"params", {{"durationMs", 60'000}}}});
    services.engine.process().signal(signal);
    EXPECT_EQ(services.engine.process().wait(), 0) << services.engine.process().output();
    services.edge.process().signal(signal);
    EXPECT_EQ(services.edge.process().wait(), 0) << services.edge.process().output();
  }
}

TEST(Program, TakesSettingsFromTheEnvironment) {
  Process edge({program_path("taskwire-edge"), "--listen", "127.0.0.1:0", "--print-config"}, {"TASKWIRE_MAX_LAG=77"});
  EXPECT_EQ(edge.wait(), 0);
  EXPECT_NE(edge.output().find("max-lag=77"), std::string::npos) << edge.output();
}

}  // namespace
}  // namespace taskwire::test
