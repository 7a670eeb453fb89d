#include "net/static_files.h"

#include <fstream>
#include <gtest/gtest.h>

#include "support/services.h"

namespace taskwire::edge {
namespace {

class StaticFilesTest : public testing::Test {
 protected:
  void write(const std::string& name, const std::string& content) { std::ofstream(folder.path() / name) << content; }
  static HttpRequest request(std::vector<std::pair<std::string, std::string>> headers) {
    HttpRequest made;
    made.headers = std::move(headers);
    return made;
  }
  static std::string header(const HttpResponse& response, const std::string& name) {
    for (const auto& [known, value] : response.headers) {
      if (known == name) return value;
    }
    return {};
  }
  void SetUp() override {
    write("index.html", "<html>");
    write("index.html.br", "BR");
    write("index.html.gz", "GZ");
    write("app.wasm", "wasm");
    write("notes.txt", "of no known type");
  }

  test::TemporaryFolder folder;
};

TEST_F(StaticFilesTest, ServesFilesOfKnownTypes) {
  const StaticFiles files(folder.path());
  EXPECT_TRUE(files.has(""));
  EXPECT_TRUE(files.has("index.html"));
  EXPECT_FALSE(files.has("index.html.br"));
  EXPECT_FALSE(files.has("notes.txt"));
  EXPECT_FALSE(files.has("../etc/passwd"));
  EXPECT_EQ(header(files.respond(request({}), "app.wasm"), "Content-Type"), "application/wasm");
  EXPECT_TRUE(StaticFiles(folder.path() / "nothing").is_empty());
}

TEST_F(StaticFilesTest, ChoosesTheSmallestFormThatIsAccepted) {
  const StaticFiles files(folder.path());
  const auto content = [&](const char* accepted) {
    return files.respond(request({{"Accept-Encoding", accepted}}), "").content();
  };
  EXPECT_EQ(content("gzip, deflate, br"), "BR");
  EXPECT_EQ(content("gzip"), "GZ");
  EXPECT_EQ(content("br;q=0, gzip;q=0.1"), "GZ");
  EXPECT_EQ(content("identity"), "<html>");
  EXPECT_EQ(header(files.respond(request({{"Accept-Encoding", "br"}}), ""), "Content-Encoding"), "br");
  EXPECT_EQ(header(files.respond(request({}), ""), "Vary"), "Accept-Encoding");
}

TEST_F(StaticFilesTest, SendsNothingToWhoHasIt) {
  const StaticFiles files(folder.path());
  const auto etag = header(files.respond(request({}), ""), "ETag");
  ASSERT_TRUE(etag.starts_with('"') && etag.ends_with('"')) << etag;
  for (const auto& known : {etag, "W/" + etag, "\"other\", " + etag, std::string("*")}) {
    const auto response = files.respond(request({{"If-None-Match", known}}), "");
    EXPECT_EQ(response.status, 304U) << known;
    EXPECT_EQ(response.content(), "");
    EXPECT_EQ(header(response, "ETag"), etag);
  }
  EXPECT_EQ(files.respond(request({{"If-None-Match", "\"other\""}}), "").status, 200U);
  EXPECT_EQ(files.respond(request({{"If-None-Match", etag}, {"Accept-Encoding", "br"}}), "").status, 200U)
      << "another form";
}

TEST_F(StaticFilesTest, KeepsAPageFromLoadingWhatIsForeign) {
  const auto response = StaticFiles(folder.path()).respond(request({}), "");
  EXPECT_NE(header(response, "Content-Security-Policy").find("default-src 'none'"), std::string::npos);
  EXPECT_EQ(header(response, "Cross-Origin-Resource-Policy"), "same-origin");
}

}  // namespace
}  // namespace taskwire::edge
