#include "taskwire/run_settings.h"

#include <cstdlib>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace taskwire::cli {
namespace {

using std::chrono::milliseconds;
using testing::HasSubstr;

class RunSettingsTest : public testing::Test {
 protected:
  RunSettingsTest() {
    for (const char* const name : {"TASKWIRE_URL", "TASKWIRE_USER", "TASKWIRE_TOKEN"}) unsetenv(name);
  }
  std::optional<int> parse(const std::vector<std::string>& words) {
    testing::internal::CaptureStderr();
    const auto status = parse_run(words, settings);
    complaint = testing::internal::GetCapturedStderr();
    return status;
  }
  RunSettings settings;
  std::string complaint;
};

TEST_F(RunSettingsTest, TakeTheCommandAfterTheDashes) {
  ASSERT_EQ(parse({"--name", "Nightly", "--user", "alice", "--grace", "3s", "--wait", "0s", "--progress", "rsync", "--",
                   "sh", "-c", "a -- b", "--", "--help"}),
            std::nullopt)
      << complaint;
  EXPECT_EQ(settings.command, (std::vector<std::string>{"sh", "-c", "a -- b", "--", "--help"}));
  EXPECT_EQ(settings.name, "Nightly");
  EXPECT_EQ(settings.edge.user, "alice");
  EXPECT_EQ(settings.grace, milliseconds(3000));
  EXPECT_EQ(settings.wait, milliseconds(0));
  EXPECT_EQ(settings.profile, "rsync");
  EXPECT_EQ(settings.edge.url.authority, "localhost:8080");
}

TEST_F(RunSettingsTest, TakeTheEnvironmentAndFlagsBeforeThat) {
  setenv("TASKWIRE_URL", "edge:81/below/", 1);
  setenv("TASKWIRE_USER", "bob", 1);
  setenv("TASKWIRE_TOKEN", "t0ken", 1);
  ASSERT_EQ(parse({"--user", "alice", "--", "true"}), std::nullopt);
  EXPECT_EQ(settings.edge.url.authority, "edge:81");
  EXPECT_EQ(settings.edge.url.path, "/below");
  EXPECT_EQ(settings.edge.user, "alice");
  EXPECT_EQ(settings.edge.token, "t0ken");
}

TEST_F(RunSettingsTest, AreNotRefusedForTheEnvironment) {
  const auto untold = [&](const char* name, const char* value, const std::string& why) {
    setenv(name, value, 1);
    settings = {};
    EXPECT_EQ(parse({"--", "true"}), std::nullopt) << complaint;
    EXPECT_THAT(settings.untold, HasSubstr(why));
    EXPECT_THAT(settings.untold, HasSubstr(name));
    settings = {};
    EXPECT_EQ(parse({"--require-server", "--", "true"}), 2);
    EXPECT_THAT(complaint, HasSubstr(why));
    unsetenv(name);
  };
  untold("TASKWIRE_URL", "ftp://edge", "ftp");
  untold("TASKWIRE_USER", "a/b", "'a/b' is no name");
  untold("TASKWIRE_TOKEN", "a b", "characters that no token has");
  setenv("TASKWIRE_TOKEN", "a b", 1);
  settings = {};
  EXPECT_EQ(parse({"--user", "a/b", "--", "true"}), 2) << "the mistake of the command line is told";
  EXPECT_THAT(complaint, HasSubstr("--user"));
  unsetenv("TASKWIRE_TOKEN");
}

TEST_F(RunSettingsTest, AreRefusedInWords) {
  EXPECT_EQ(parse({"--nmae", "x", "--", "true"}), 2);
  EXPECT_THAT(complaint, HasSubstr("--nmae"));
  EXPECT_EQ(parse({"--name", "x"}), 2);
  EXPECT_THAT(complaint, HasSubstr("write it after --"));
  EXPECT_EQ(parse({"make", "--", "true"}), 2);
  EXPECT_THAT(complaint, HasSubstr("make"));
  EXPECT_EQ(parse({"--grace", "soon", "--", "true"}), 2);
  EXPECT_THAT(complaint, HasSubstr("'soon' is no time"));
  EXPECT_EQ(parse({"--progress", "rsnyc", "--", "true"}), 2);
  EXPECT_THAT(complaint, HasSubstr("rsync"));
  EXPECT_EQ(parse({"--user", "a/b", "--", "true"}), 2);
  EXPECT_THAT(complaint, HasSubstr("'a/b' is no name"));
  EXPECT_EQ(parse({"--url", "https://edge", "--", "true"}), 2);
  EXPECT_THAT(complaint, HasSubstr("https"));
}

TEST(UsualName, IsTheProgramAndWhatItDoes) {
  EXPECT_EQ(usual_name({"/usr/bin/git", "clone", "https://user:secret@host/x"}), "git clone");
  EXPECT_EQ(usual_name({"sudo", "rsync", "-a", "x", "y"}), "rsync");
  EXPECT_EQ(usual_name({"mysqldump", "-psecret"}), "mysqldump");
}

}  // namespace
}  // namespace taskwire::cli
