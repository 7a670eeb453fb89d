#include "progress/command.h"

#include <gmock/gmock.h>

#include "progress/profile.h"
#include "progress/reading.h"

namespace taskwire::progress {
namespace {

using testing::ElementsAre;

std::string name_of(const Words& line) {
  return std::string(command_of(line).name);
}

TEST(Command, IsWhatIsRunInTheEnd) {
  EXPECT_EQ(name_of({"rsync", "-a"}), "rsync");
  EXPECT_EQ(name_of({"/usr/local/bin/rsync"}), "rsync");
  EXPECT_EQ(name_of({"sudo", "-u", "bob", "-E", "apt-get", "install"}), "apt-get");
  EXPECT_EQ(name_of({"env", "-i", "A=b", "C=/d/e", "curl"}), "curl");
  EXPECT_EQ(name_of({"nice", "-n", "10", "ionice", "-c3", "dd", "if=x"}), "dd");
  EXPECT_EQ(name_of({"/usr/bin/time", "-v", "-o", "file", "ninja"}), "ninja");
  EXPECT_EQ(name_of({"timeout", "-k", "5", "10m", "wget"}), "wget");
  EXPECT_EQ(name_of({"sudo", "--", "git", "clone"}), "git");
  EXPECT_EQ(name_of({"python3.11", "-u", "-m", "pip", "install"}), "pip");
  EXPECT_EQ(name_of({"python", "/usr/bin/tqdm", "x"}), "tqdm");
  EXPECT_EQ(name_of({"python3", "-c", "print(1)"}), "python3");
  EXPECT_EQ(name_of({}), "");
  EXPECT_EQ(name_of({"sudo"}), "");
  EXPECT_EQ(name_of({"sudo", "-u"}), "");
  EXPECT_EQ(name_of({"timeout"}), "");
}

TEST(Command, KeepsTheArgumentsOfTheProgram) {
  const Words line = {"sudo", "dd", "if=x", "bs=1M"};
  const auto command = command_of(line);
  EXPECT_THAT(Words(command.arguments.begin(), command.arguments.end()), ElementsAre("if=x", "bs=1M"));
}

TEST(Command, IsAShellWhereAShellIsRun) {
  EXPECT_EQ(name_of({"sh", "-c", "git clone x"}), "sh");
  EXPECT_EQ(name_of({"bash", "./rsync"}), "bash");
}

TEST(Profiles, AreChosenByTheCommand) {
  const auto chosen = [](const Words& line, std::string_view asked = {}) {
    return std::string(ProgressReader(line, asked).profile());
  };
  EXPECT_EQ(chosen({"pip3.11", "install"}), "pip");
  EXPECT_EQ(chosen({"fsck.ext4", "-C0", "/dev/x"}), "e2fsck");
  EXPECT_EQ(chosen({"./backup.sh"}), "");
  EXPECT_EQ(chosen({"./backup.sh"}, "rsync"), "rsync");
  EXPECT_EQ(chosen({"rsync"}, "curl"), "curl");
  EXPECT_EQ(chosen({"rsync"}, "nobody"), "rsync");
}

TEST(Profiles, HaveNamesInOrder) {
  const auto names = profile_names();
  EXPECT_TRUE(std::is_sorted(names.begin(), names.end()));
  for (const auto* const name : {"rsync", "curl", "wget", "git", "apt", "ffmpeg", "e2fsck", "pip", "pv", "dd", "ninja",
                                 "docker", "tqdm", "zstd", "cargo"})
    EXPECT_NE(profile_named(name), nullptr) << name;
  EXPECT_EQ(profile_named("nobody"), nullptr);
}

}  // namespace
}  // namespace taskwire::progress
