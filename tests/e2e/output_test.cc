#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <map>
#include <random>
#include <string>

#include "support/http.h"
#include "support/services.h"

namespace taskwire::test {
namespace {

using nlohmann::json;

/// What tasks print, over HTTP.
class OutputTest : public testing::Test {
 protected:
  explicit OutputTest(const std::vector<std::string>& engine_arguments = {}) : services(engine_arguments) { start(); }

  void start() {
    const auto started = post(services.edge.port(), "/api/tasks/alice/start", {{"claim", true}}).json();
    lease = started["lease"];
    id = started["taskId"];
    next = 0;
  }
  [[nodiscard]] std::uint16_t port() const { return services.edge.port(); }
  [[nodiscard]] std::string path() const { return "/api/tasks/alice/" + id + "/output"; }
  Response report(std::int64_t offset, const std::string& text, const std::string& stream = "stdout") const {
    return post(port(), "/api/work/report",
                {{"lease", lease}, {"output", {{{"offset", offset}, {"stream", stream}, {"text", text}}}}});
  }
  /// Until it is known to be taken.
  void print(const std::string& text, const std::string& stream = "stdout") {
    Response answer;
    EXPECT_TRUE(eventually([&] { return (answer = report(next, text, stream)).status == 200; })) << answer.body;
    next = answer.json()["outputNext"];
  }
  void finish() const {
    EXPECT_EQ(post(port(), "/api/work/finish", {{"lease", lease}, {"result", json::object()}}).status, 200);
  }
  [[nodiscard]] std::string text(const std::string& query = "") const { return get(port(), path() + query).body; }

  Services services;
  std::string lease;
  std::string id;
  std::int64_t next = 0;
};

json data_of(const std::optional<SseEvent>& event) {
  return event ? json::parse(event->data) : json();
}

TEST_F(OutputTest, IsSeenLiveWithAnEnd) {
  print("one\n");
  Stream stream(port(), path());
  EXPECT_EQ(data_of(stream.next("output")), (json{{"stream", "stdout"}, {"text", "one\n"}}));
  print("50%");
  EXPECT_EQ(data_of(stream.next("line")), (json{{"stream", "stdout"}, {"text", "50%"}}));
  print("\r100%\n");
  EXPECT_EQ(data_of(stream.next("line"))["text"], "100%") << "it may be one of several that are drawn again and again";
  print("oh\n", "stderr");
  const auto wrong = stream.next("output");
  EXPECT_EQ(data_of(wrong), (json{{"stream", "stderr"}, {"text", "oh\n"}}));
  print("two\n");
  EXPECT_EQ(data_of(stream.next("output"))["text"], "100%\ntwo\n");
  finish();
  const auto end = stream.next("end");
  ASSERT_TRUE(end);
  EXPECT_TRUE(stream.wait_for_end());
  EXPECT_EQ(get(port(), path(), {{"Accept", "text/event-stream"}, {"Last-Event-ID", end->last_event_id}}).status, 204);
  Stream resumed(port(), path(), wrong->last_event_id);
  EXPECT_EQ(resumed.next("end")->last_event_id, end->last_event_id);
}

TEST_F(OutputTest, IsTextToWhoAsksForNoStream) {
  print("one\n");
  print("two\n", "stderr");
  const auto open = get(port(), path());
  EXPECT_EQ(open.status, 200);
  EXPECT_EQ(open.header("Content-Type"), "text/plain; charset=utf-8");
  EXPECT_EQ(open.body, "one\ntwo\n");
  EXPECT_EQ(open.header("ETag"), "") << "it may grow";
  finish();
  const auto whole = get(port(), path());
  const auto tag = whole.header("ETag");
  EXPECT_FALSE(tag.empty());
  const auto part = [&](const std::string& range, Headers more = {}) {
    more.emplace_back("Range", range);
    return get(port(), path(), more);
  };
  EXPECT_EQ(part("bytes=2-5").body, "e\ntw");
  EXPECT_EQ(part("bytes=2-5").header("Content-Range"), "bytes 2-5/8");
  EXPECT_EQ(part("bytes=-3").body, "wo\n");
  EXPECT_EQ(part("bytes=4-").body, "two\n");
  EXPECT_EQ(part("bytes=8-").status, 416);
  EXPECT_EQ(part("bytes=8-").json()["reason"], "RANGE_NOT_SATISFIABLE");
  EXPECT_EQ(part("bytes=8-").header("Content-Range"), "bytes */8");
  EXPECT_EQ(part("bytes=0-1,3-4").status, 200);
  EXPECT_EQ(part("bytes=0-1", {{"If-Range", tag}}).status, 206);
  EXPECT_EQ(part("bytes=0-1", {{"If-Range", "\"other\""}}).status, 200);
  EXPECT_EQ(get(port(), path(), {{"If-None-Match", tag}}).status, 304);
  EXPECT_EQ(request(port(), "HEAD", path()).header("Content-Length"), "8");
}

TEST_F(OutputTest, SaysWhereItGoesOnWhereAPieceIsMissing) {
  print("one\n");
  const auto gap = report(9, "x");
  EXPECT_EQ(gap.status, 409);
  EXPECT_EQ(gap.json()["reason"], "OUTPUT_GAP");
  EXPECT_EQ(gap.json()["outputNext"], 4);
  const json output = json::array({{{"offset", 9}, {"text", "x"}}});
  const auto end = post(port(), "/api/work/finish", {{"lease", lease}, {"result", json::object()}, {"output", output}});
  EXPECT_EQ(end.status, 409);
  EXPECT_EQ(end.json()["reason"], "OUTPUT_GAP");
  EXPECT_EQ(end.json()["outputNext"], 4);
  EXPECT_EQ(report(0, "one\ntwo\n").json()["outputNext"], 8);
  EXPECT_EQ(text(), "one\ntwo\n");
}

TEST_F(OutputTest, RefusesWhatIsNone) {
  const auto reason = [&](const json& output) {
    return post(port(), "/api/work/report", {{"lease", lease}, {"output", output}}).json()["reason"];
  };
  EXPECT_EQ(reason(json::array({{{"text", "x"}}})), "INVALID_OUTPUT") << "without an offset";
  EXPECT_EQ(reason(json::array({{{"offset", -1}, {"text", "x"}}})), "INVALID_OUTPUT");
  EXPECT_EQ(reason(json::array({{{"offset", 0}, {"stream", "stdin"}, {"text", "x"}}})), "INVALID_BODY");
  EXPECT_EQ(reason(json::array({{{"offset", 0}, {"text", 7}}})), "INVALID_BODY");
  EXPECT_EQ(reason("x"), "INVALID_BODY");
  EXPECT_EQ(get(port(), path() + "?from=now").json()["reason"], "INVALID_FROM");
  EXPECT_EQ(get(port(), path() + "?attempt=0").json()["reason"], "INVALID_LIMIT");
  EXPECT_EQ(get(port(), "/api/tasks/bob/" + id + "/output").status, 404);
  EXPECT_EQ(get(port(), "/api/tasks/bob/" + id + "/output", {{"Accept", "text/event-stream"}}).status, 404);
  EXPECT_EQ(request(port(), "POST", path()).header("Allow"), "GET, HEAD, OPTIONS");
}

TEST_F(OutputTest, BeginsAnewWhereTheIdIsNone) {
  print("one\n");
  Stream stream(port(), path(), "abcdefgh-1.0");
  EXPECT_EQ(data_of(stream.next("reset")), (json{{"reason", "epoch"}, {"cursor", "abcdefgh-1.0"}}));
  EXPECT_EQ(data_of(stream.next("output"))["text"], "one\n");
  Stream from_end(port(), path() + "?from=end");
  EXPECT_FALSE(from_end.next("output", within(std::chrono::milliseconds(50))));
  print("two\n");
  EXPECT_EQ(data_of(from_end.next("output"))["text"], "two\n");
}

TEST_F(OutputTest, SaysWhereItBegins) {
  print("one\n");
  Stream from_end(port(), path() + "?from=end");
  EXPECT_TRUE(from_end.wait_for_id());
  const auto begin = from_end.last_event_id();
  from_end.cut();
  print("two\n");
  Stream resumed(port(), path() + "?from=end", begin);
  EXPECT_EQ(data_of(resumed.next("output"))["text"], "two\n");
  Stream broken(port(), path() + "?lastEventId=%FF");
  EXPECT_EQ(data_of(broken.next("reset"))["reason"], "malformed");
}

TEST_F(OutputTest, EndsInOrderWithItsEdge) {
  print("one\n");
  Stream stream(port(), path());
  EXPECT_TRUE(stream.next("output"));
  const auto last = stream.last_event_id();
  services.edge.process().signal(SIGTERM);
  EXPECT_TRUE(stream.wait_for_end());
  EXPECT_EQ(stream.last_event_id(), last);
  EXPECT_EQ(services.edge.process().wait(), 0);
}

TEST_F(OutputTest, EachAttemptIsTold) {
  print("first\n");
  EXPECT_EQ(post(port(), "/api/work/finish", {{"lease", lease}, {"error", {{"message", "broke"}}}}).status, 200);
  Stream first(port(), path());
  const auto end = first.next("end");
  lease = post(port(), "/api/tasks/alice/" + id + "/retry", {{"claim", true}}).json()["lease"];
  Stream stream(port(), path(), end->last_event_id);
  EXPECT_EQ(data_of(stream.next("attempt"))["attempt"], 2);
  next = 0;
  print("second\n");
  EXPECT_EQ(data_of(stream.next("output"))["text"], "second\n");
  EXPECT_EQ(text(), "second\n");
  EXPECT_EQ(text("?attempt=1"), "first\n");
}

TEST_F(OutputTest, StreamsGoOnWhileTheEngineIsAway) {
  print("one\n");
  Stream stream(port(), path());
  EXPECT_TRUE(stream.next("output"));
  services.engine.kill();
  EXPECT_EQ(data_of(stream.next("upstream"))["state"], "down");
  services.engine.restart();
  EXPECT_EQ(data_of(stream.next("upstream"))["state"], "up");
  print("two\n");
  EXPECT_EQ(data_of(stream.next("output"))["text"], "two\n");
}

TEST_F(OutputTest, IsKeptOnceHoweverOftenItIsCut) {
  std::minstd_rand random(7);
  std::string printed;
  for (int i = 0; i < 400; ++i) {
    std::string line = std::to_string(i) + ":";
    for (auto n = random() % 300; n > 0; --n) line += static_cast<char>('a' + random() % 26);
    line += '\n';
    printed += line;
    // What was told before comes again, and lines are cut anywhere.
    const auto back = std::min<std::size_t>(random() % 200, static_cast<std::size_t>(next));
    const auto end =
        i == 399 ? printed.size()
                 : static_cast<std::size_t>(next) + random() % (printed.size() - static_cast<std::size_t>(next) + 1);
    const auto begin = static_cast<std::size_t>(next) - back;
    const auto told = printed.substr(begin, end - begin);
    Response answer;
    EXPECT_TRUE(eventually([&] { return (answer = report(static_cast<std::int64_t>(begin), told)).status == 200; }));
    next = answer.json()["outputNext"];
    EXPECT_EQ(next, static_cast<std::int64_t>(end));
    if (i % 40 == 20) {
      services.engine.kill();
      services.engine.restart();
    }
  }
  finish();
  EXPECT_EQ(text(), printed);
  std::string read;
  std::string last;
  while (read.size() < printed.size()) {
    Stream stream(port(), path(), last);
    for (auto n = 1 + random() % 3; n > 0 && read.size() < printed.size(); --n) {
      const auto event = stream.next("output");
      ASSERT_TRUE(event);
      read += json::parse(event->data)["text"].get<std::string>();
      last = event->last_event_id;
    }
  }
  EXPECT_EQ(read, printed);
}

class LittleOutputTest : public OutputTest {
 protected:
  LittleOutputTest() : OutputTest({"--retain-output", "1000000"}) {}
};

TEST_F(LittleOutputTest, TheBeginningIsKeptAndTheNewestAndAReaderIsToldWhatIsMissing) {
  const std::string line = std::string(999, 'x') + "\n";
  std::string block;
  for (int i = 0; i < 500; ++i) block += line;
  for (int i = 0; i < 6; ++i) print(block);
  Stream stream(port(), path());
  std::int64_t kept = 0;
  std::int64_t place = 0;
  json skipped;
  while (place < 3'000'000) {
    const auto event = stream.next(within());
    ASSERT_TRUE(event);
    if (event->type == "output")
      kept += static_cast<std::int64_t>(json::parse(event->data)["text"].get<std::string>().size());
    if (event->type == "skipped") {
      EXPECT_TRUE(skipped.is_null()) << "once";
      EXPECT_EQ(kept, 262'000) << "the beginning, up to the last line before 256 KiB";
      skipped = json::parse(event->data);
    }
    if (!event->last_event_id.empty())
      place = std::stoll(event->last_event_id.substr(event->last_event_id.rfind('.') + 1));
  }
  EXPECT_LE(kept, 1'000'000);
  EXPECT_GT(kept, 900'000);
  ASSERT_TRUE(skipped.is_object());
  print("the last\n");
  EXPECT_EQ(data_of(stream.next("output"))["text"], "the last\n");
  finish();
  EXPECT_THAT(text(),
              testing::AllOf(testing::HasSubstr(" bytes were left out]\n"), testing::EndsWith("x\nthe last\n")));
}

}  // namespace
}  // namespace taskwire::test
