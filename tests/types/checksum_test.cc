#include "types/checksum.h"

#include <filesystem>
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include "engine/support/fake_context.h"
#include "engine/support/temp_dir.h"
#include "types/find_files.h"

namespace taskwire::engine {
namespace {

constexpr auto kDigestOfNothing = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";
constexpr auto kDigestOfAbc = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";
constexpr auto kDigestOfAMillionAs = "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0";

class ChecksumTest : public testing::Test {
 protected:
  void SetUp() override { dir.write("data/taskwire.db", "private"); }
  Result<google::protobuf::Struct> run(const std::string& path = ".") {
    context.emplace(type, R"({"path":")" + path + R"("})");
    return type.run(*context);
  }
  std::map<std::string, std::string> digests(const std::string& path = ".") {
    const auto result = run(path);
    EXPECT_TRUE(result) << result.error().message;
    std::map<std::string, std::string> digests;
    for (const auto& [file, digest] : result->fields().at("digests").struct_value().fields())
      digests[file] = digest.string_value();
    return digests;
  }
  std::string reason(const std::string& path) {
    const auto result = run(path);
    return result ? "none" : result.error().name();
  }

  /// `change` happens when the scan is over and nothing is hashed.
  Result<google::protobuf::Struct> run_while_hashing(const std::function<void()>& change) {
    context.emplace(type, "{}");
    context->on_report = [&, has_changed = false]() mutable {
      if (!has_changed && context->reports.back().stage() == "Hashing") {
        has_changed = true;
        change();
      }
    };
    return type.run(*context);
  }
  static std::string skipped(const Result<google::protobuf::Struct>& result) {
    if (!result) return result.error().name();
    std::string text;
    for (const auto& entry : result->fields().at("skipped").list_value().values()) {
      const auto& fields = entry.struct_value().fields();
      text += fields.at("path").string_value() + " " + fields.at("reason").string_value() + ";";
    }
    return text;
  }
  /// Runs `function` without root's right to read everything.
  template <class Function>
  auto as_nobody(Function function) {
    if (geteuid() != 0) return function();
    using std::filesystem::perms;
    std::filesystem::permissions(dir.path(), perms::group_all | perms::others_all, std::filesystem::perm_options::add);
    EXPECT_EQ(seteuid(65534), 0);
    auto result = function();
    EXPECT_EQ(seteuid(0), 0);
    return result;
  }

  TempDir dir;
  Checksum type{*Files::open(dir.path(), (std::filesystem::create_directory(dir / "data"), dir / "data"))};
  std::optional<FakeContext> context;
};

TEST_F(ChecksumTest, HashesEveryRegularFileBelowTheFolder) {
  dir.write("abc", "abc");
  dir.write("sub/deep/empty", "");
  dir.write("sub/million", std::string(1'000'000, 'a'));
  const auto result = run();
  ASSERT_TRUE(result);
  EXPECT_EQ(result->fields().at("algorithm").string_value(), "sha256");
  EXPECT_EQ(result->fields().at("files").number_value(), 3);
  EXPECT_EQ(result->fields().at("bytes").number_value(), 1'000'003);
  EXPECT_EQ(digests(),
            (std::map<std::string, std::string>{
                {"abc", kDigestOfAbc}, {"sub/deep/empty", kDigestOfNothing}, {"sub/million", kDigestOfAMillionAs}}));
  EXPECT_EQ(digests("sub/deep"), (std::map<std::string, std::string>{{"empty", kDigestOfNothing}}));
}

TEST_F(ChecksumTest, ReportsFilesThenBytes) {
  dir.write("a", "abc");
  dir.write("b", std::string(300'000, 'b'));
  ASSERT_TRUE(run());
  EXPECT_EQ(context->reports.front().stage(), "Scanning");
  EXPECT_EQ(context->reports.front().total(), 0);
  const auto& last = context->reports.back();
  EXPECT_EQ(last.stage(), "Hashing");
  EXPECT_EQ(last.unit(), "bytes");
  EXPECT_EQ(last.done(), 300'003);
  EXPECT_EQ(last.total(), 300'003);
  const auto says = [&](const std::string& message) {
    return std::any_of(context->reports.begin(), context->reports.end(),
                       [&](const auto& report) { return report.message() == message; });
  };
  EXPECT_TRUE(says("1 of 2 files: b"));
}

TEST_F(ChecksumTest, SkipsTheEnginesOwnData) {
  dir.write("a", "abc");
  EXPECT_EQ(digests().size(), 1U);
  EXPECT_EQ(digests("data").size(), 0U);
  dir.write("data/sub/a", "abc");
  EXPECT_EQ(reason("data/sub"), "PATH_FORBIDDEN");
}

TEST_F(ChecksumTest, PassesOverLinksAndPipes) {
  dir.write("a", "abc");
  std::filesystem::create_symlink("/etc/passwd", dir / "link");
  std::filesystem::create_symlink("/etc", dir / "folder");
  ASSERT_EQ(mkfifo((dir / "fifo").c_str(), 0600), 0);
  EXPECT_EQ(digests(), (std::map<std::string, std::string>{{"a", kDigestOfAbc}}));
}

TEST_F(ChecksumTest, IsNotLedOutOfItsRoot) {
  std::filesystem::create_symlink("/etc", dir / "folder");
  for (const auto* const path : {"..", "../..", "sub/../..", "/etc", "./../etc"})
    EXPECT_EQ(reason(path), "PATH_FORBIDDEN") << path;
  for (const auto* const path : {"folder", "folder/ssl"})
    EXPECT_TRUE(reason(path) == "PATH_FORBIDDEN" || reason(path) == "NOT_A_FOLDER") << path << ' ' << reason(path);
}

TEST_F(ChecksumTest, NamesWhatIsNotThere) {
  dir.write("file", "abc");
  EXPECT_EQ(reason("missing"), "PATH_NOT_FOUND");
  EXPECT_EQ(reason("file"), "NOT_A_FOLDER");
}

TEST_F(ChecksumTest, SkipsANameThatIsNoUtf8) {
  dir.write("a", "abc");
  dir.write("bad\xff", "abc");
  EXPECT_EQ(skipped(run()), "bad? NAME_NOT_UTF8;");
  EXPECT_EQ(digests(), (std::map<std::string, std::string>{{"a", kDigestOfAbc}}));
}

TEST_F(ChecksumTest, FailsOnTooManyFiles) {
  for (std::size_t i = 0; i <= ScanLimits{}.files; ++i) std::ofstream(dir / ("f" + std::to_string(i)));
  EXPECT_EQ(reason("."), "TOO_MANY_FILES");
}

TEST_F(ChecksumTest, FailsOnFoldersTooManyOrTooDeep) {
  std::string deep = "deep";
  for (std::size_t i = 0; i < ScanLimits{}.depth; ++i) deep += "/d";
  dir.write(deep + "/a", "abc");
  EXPECT_EQ(digests("deep").size(), 1U);
  EXPECT_EQ(reason("."), "TOO_MANY_FILES");
  const auto most = ScanLimits{}.folders;
  for (std::size_t i = 0; i < most; ++i) std::filesystem::create_directories(dir / ("wide/" + std::to_string(i)));
  EXPECT_EQ(reason("wide"), "none");
  std::filesystem::create_directory(dir / ("wide/0/0"));
  EXPECT_EQ(reason("wide"), "TOO_MANY_FILES");
}

TEST_F(ChecksumTest, SkipsAFileThatWentWhileItRan) {
  dir.write("a", "abc");
  dir.write("b", "abc");
  dir.write("c", "abc");
  const auto result = run_while_hashing([&] { std::filesystem::remove(dir / "b"); });
  EXPECT_EQ(skipped(result), "b PATH_NOT_FOUND;");
  EXPECT_EQ(result->fields().at("files").number_value(), 2);
  EXPECT_EQ(result->fields().at("bytes").number_value(), 6);
  EXPECT_EQ(result->fields().at("digests").struct_value().fields_size(), 2);
  EXPECT_EQ(context->reports.back().message(), "2 files, 1 skipped");
  EXPECT_EQ(context->reports.back().done(), context->reports.back().total());
}

TEST_F(ChecksumTest, SkipsWhatBecameSomethingElseWhileItRan) {
  dir.write("a", "abc");
  dir.write("b", "abc");
  dir.write("c", "abc");
  dir.write("d", "abc");
  const auto result = run_while_hashing([&] {
    for (const auto* const name : {"b", "c", "d"}) std::filesystem::remove(dir / name);
    std::filesystem::create_symlink("/etc/passwd", dir / "b");
    std::filesystem::create_directory(dir / "c");
    ASSERT_EQ(mkfifo((dir / "d").c_str(), 0600), 0);
  });
  EXPECT_EQ(skipped(result), "b PATH_FORBIDDEN;c PATH_NOT_FOUND;d PATH_NOT_FOUND;");
}

TEST_F(ChecksumTest, SkipsWhatCannotBeRead) {
  dir.write("a", "abc");
  dir.write("closed/b", "abc");
  dir.write("secret", "abc");
  std::filesystem::permissions(dir / "secret", std::filesystem::perms::none);
  std::filesystem::permissions(dir / "closed", std::filesystem::perms::none);
  const auto result = as_nobody([&] { return run(); });
  std::filesystem::permissions(dir / "closed", std::filesystem::perms::owner_all);
  EXPECT_EQ(skipped(result), "closed UNREADABLE;secret UNREADABLE;");
  EXPECT_EQ(result->fields().at("files").number_value(), 1);
}

TEST_F(ChecksumTest, HasAnEmptyListWhereNothingWasSkipped) {
  dir.write("a", "abc");
  EXPECT_EQ(skipped(run()), "");
}

TEST_F(ChecksumTest, StopsInTheMiddleOfAFile) {
  dir.write("big", std::string(std::size_t{1} << 20, 'b'));
  context.emplace(type, "{}");
  context->on_report = [&] { context->stopped = context->reports.back().done() > 0; };
  EXPECT_EQ(type.run(*context).error().reason, Reason::cancelled);
  EXPECT_LT(context->reports.back().done(), 1 << 20);
}

TEST_F(ChecksumTest, RunsAgainAfterAStopOfTheEngine) {
  EXPECT_TRUE(type.runs_again());
}

}  // namespace
}  // namespace taskwire::engine
