// What workers report of output, as the store keeps it and readers get it.
#include <gmock/gmock.h>

#include "engine/support/test_tasks.h"
#include "output/output_page.h"
#include "retention/retention.h"

namespace taskwire::engine {
namespace {

using std::chrono::milliseconds;
using testing::ElementsAre;
using testing::IsEmpty;

class OutputTest : public testing::Test {
 protected:
  OutputTest() { lease = start(); }

  /// The lease of a new task.
  std::string start() {
    v1::StartTaskRequest request;
    request.set_user_id("alice");
    request.set_type("external");
    request.set_claim(true);
    request.set_max_attempts(3);
    const auto started = all.call(&Workers::start, request);
    if (!started) return ADD_FAILURE() << started.error().message, "";
    task_id = started->task().task_id();
    return started->lease().lease();
  }
  static void add(google::protobuf::RepeatedPtrField<v1::Output>& outputs, std::int64_t offset, const std::string& text,
                  v1::OutputStream stream = v1::OUTPUT_STREAM_STDOUT) {
    auto& output = *outputs.Add();
    output.set_offset(offset);
    output.set_text(text);
    output.set_stream(stream);
  }
  Result<std::int64_t> report(std::int64_t offset, const std::string& text,
                              v1::OutputStream stream = v1::OUTPUT_STREAM_STDOUT) {
    v1::ReportRequest request;
    request.set_lease(lease);
    add(*request.mutable_output(), offset, text, stream);
    return all.call(&Workers::report, request).map([](const v1::ReportResponse& answer) {
      return answer.output_next();
    });
  }
  Result<v1::FinishResponse> finish(std::int64_t offset = -1, const std::string& text = "") {
    v1::FinishRequest request;
    request.set_lease(lease);
    request.mutable_result();
    if (offset >= 0) add(*request.mutable_output(), offset, text);
    return all.call(&Workers::finish, request);
  }
  using Answer = std::shared_ptr<Inbox<Result<v1::ReadOutputResponse>>>;
  Answer begin_read(v1::ReadOutputRequest request, milliseconds wait = {}) {
    const auto answer = std::make_shared<Inbox<Result<v1::ReadOutputResponse>>>();
    if (request.user_id().empty()) request.set_user_id("alice");
    if (request.task_id().empty()) request.set_task_id(task_id);
    request.set_wait_ms(wait.count());
    last_read = all.output->next();
    all.output->read(
        last_read, request, [] { return false; },
        [answer](Result<v1::ReadOutputResponse> page) { answer->put(std::move(page)); });
    return answer;
  }
  v1::ReadOutputResponse read(const std::string& after = "", int attempt = 0) {
    v1::ReadOutputRequest request;
    request.set_after(after);
    request.set_attempt(attempt);
    const auto page = begin_read(request)->take();
    EXPECT_TRUE(page && *page);
    return page && *page ? **page : v1::ReadOutputResponse();
  }
  static std::string text_of(const v1::ReadOutputResponse& page) {
    std::string text;
    for (const auto& piece : page.pieces())
      text += piece.text().empty() ? "<" + std::to_string(piece.to() - piece.from()) + ">" : piece.text();
    return text;
  }
  /// All that is kept, however many pages it takes.
  std::string read_all() {
    std::string text;
    v1::ReadOutputResponse page;
    do {
      page = read(page.through());
      text += text_of(page);
    } while (!page.caught_up());
    return text;
  }
  static std::vector<std::string> unfinished(const v1::ReadOutputResponse& page) {
    std::vector<std::string> lines;
    for (const auto& line : page.unfinished()) lines.push_back(std::to_string(line.stream()) + " " + line.text());
    return lines;
  }
  [[nodiscard]] std::string at(const std::string& place) const { return all.log.store->epoch() + "-" + place; }

  TestTasks all;
  std::string task_id;
  std::string lease;
  OutputReads::Id last_read = 0;
};

TEST_F(OutputTest, IsReadAsItIsReported) {
  EXPECT_EQ(report(0, "one\ntwo"), 7);
  const auto page = read();
  EXPECT_EQ(text_of(page), "one\n");
  EXPECT_EQ(page.through(), at("1.4"));
  EXPECT_TRUE(page.caught_up());
  EXPECT_FALSE(page.ended());
  EXPECT_THAT(unfinished(page), ElementsAre("1 two"));
  EXPECT_EQ(report(7, " more\n"), 13);
  EXPECT_EQ(report(13, "wrong\n", v1::OUTPUT_STREAM_STDERR), 19);
  const auto next = read(page.through());
  ASSERT_EQ(next.pieces_size(), 2);
  EXPECT_EQ(next.pieces(0).text(), "two more\n");
  EXPECT_EQ(next.pieces(1).stream(), v1::OUTPUT_STREAM_STDERR);
  EXPECT_THAT(unfinished(next), IsEmpty());
  ASSERT_TRUE(finish(19, "last"));
  const auto end = read(next.through());
  EXPECT_EQ(text_of(end), "last");
  EXPECT_TRUE(end.ended());
  EXPECT_EQ(end.through(), at("1.24"));
  EXPECT_TRUE(read(end.through()).ended());
  EXPECT_EQ(text_of(read(end.through())), "");
}

TEST_F(OutputTest, PassesOverWhatIsThereAndRefusesGaps) {
  EXPECT_EQ(report(0, "one\n"), 4);
  EXPECT_EQ(report(0, "one\n"), 4);
  EXPECT_EQ(report(2, "e\ntwo\n"), 8);
  const auto gap = report(9, "x\n");
  ASSERT_FALSE(gap);
  EXPECT_EQ(gap.error().reason, Reason::output_gap);
  EXPECT_THAT(gap.error().message, testing::HasSubstr("goes on at 8,"));
  v1::ReportRequest partly;
  partly.set_lease(lease);
  add(*partly.mutable_output(), 8, "three\n");
  add(*partly.mutable_output(), 99, "x\n");
  EXPECT_FALSE(all.call(&Workers::report, partly)) << "all or none";
  EXPECT_EQ(read_all(), "one\ntwo\n");
  ASSERT_FALSE(finish(9, "x"));
  EXPECT_TRUE(finish(8, "end\n")) << "who left a gap may mend it";
  EXPECT_EQ(read_all(), "one\ntwo\nend\n");
}

TEST_F(OutputTest, IsAnsweredByEveryReportWhereItGoesOn) {
  EXPECT_EQ(report(0, "one\n"), 4);
  v1::ReportRequest nothing;
  nothing.set_lease(lease);
  EXPECT_EQ(all.call(&Workers::report, nothing)->output_next(), 4);
  all.restart();
  EXPECT_EQ(all.call(&Workers::report, nothing)->output_next(), 4);
  EXPECT_EQ(report(4, "half"), 8);
  all.restart();
  EXPECT_EQ(report(8, " and half\n"), 18);
  EXPECT_EQ(read_all(), "one\nhalf and half\n");
}

TEST_F(OutputTest, IsCheckedBeforeAnythingElse) {
  const auto refused = [&](const std::function<void(v1::Output&)>& fill) {
    v1::ReportRequest request;
    request.set_lease(lease);
    fill(*request.add_output());
    const auto answer = all.call(&Workers::report, request);
    return !answer && answer.error().reason == Reason::invalid_output;
  };
  EXPECT_TRUE(refused([](auto& output) { output.set_text("no offset"); }));
  EXPECT_TRUE(refused([](auto& output) { output.set_offset(-1); }));
  EXPECT_TRUE(refused([](auto& output) { output.set_offset((std::int64_t{1} << 53) + 1); }));
  EXPECT_TRUE(refused([](auto& output) {
    output.set_offset(0);
    output.set_stream(static_cast<v1::OutputStream>(7));
  }));
  EXPECT_TRUE(refused([](auto& output) {
    output.set_offset(0);
    output.set_text("\xff");
  }));
  v1::ReportRequest many;
  many.set_lease(lease);
  for (int i = 0; i < 257; ++i) add(*many.mutable_output(), i, "x");
  EXPECT_EQ(all.call(&Workers::report, many).error().reason, Reason::invalid_output);
  many.set_lease(std::string(32, '0'));
  many.mutable_output()->DeleteSubrange(0, 256);
  many.mutable_output(0)->set_offset(0);
  EXPECT_EQ(all.call(&Workers::report, many).error().reason, Reason::lease_lost);
}

TEST_F(OutputTest, OfALeaseThatIsOverIsNotTaken) {
  EXPECT_EQ(report(0, "one\n"), 4);
  ASSERT_TRUE(finish());
  EXPECT_EQ(report(4, "late\n").error().reason, Reason::lease_lost);
  EXPECT_EQ(read_all(), "one\n");
}

TEST_F(OutputTest, LeavesOutTheMiddleAndSaysSo) {
  std::int64_t next = 0;
  std::string line(99, 'x');
  for (int i = 0; i < 300; ++i) next = *report(next, line + "\n");
  const auto text = read_all();
  const auto gap = text.find('<');
  ASSERT_NE(gap, std::string::npos);
  EXPECT_EQ(gap, 1000U) << "the first stay";
  EXPECT_EQ(text.find('<', gap + 1), std::string::npos);
  const auto end = text.find('>');
  const auto left_out = std::stoul(text.substr(gap + 1, end - gap - 1));
  const auto kept = text.size() - (end - gap + 1);
  EXPECT_EQ(left_out + kept, 30'000U);
  EXPECT_LE(kept, 10'000U);
  EXPECT_GT(kept, 9000U);
  const auto reader = *all.log.log->read();
  EXPECT_GE(reader->output_bytes(), static_cast<std::int64_t>(kept));
  EXPECT_LE(reader->output_bytes(), 10'000);
}

TEST_F(OutputTest, OfManyLittlePiecesIsKeptInFewRows) {
  std::int64_t next = 0;
  for (int i = 0; i < 50; ++i) next = *report(next, "x\n");
  EXPECT_EQ(read().pieces_size(), 1);
  EXPECT_EQ(read_all().size(), 100U);
  EXPECT_EQ(text_of(read(at("1.50"))).size(), 50U);
  EXPECT_EQ((*all.log.log->read())->output_bytes(), 256) << "it takes a row";
}

TEST_F(OutputTest, OfAnAttemptThatWillNotBeHasEnded) {
  EXPECT_FALSE(read("", 7).ended());
  ASSERT_TRUE(finish());
  const auto page = read("", 7);
  EXPECT_TRUE(page.ended());
  EXPECT_TRUE(read(page.through(), 7).ended());
  EXPECT_FALSE(read(page.through(), 7).has_reset());
}

TEST_F(OutputTest, OfEachAttemptFollowsTheOneBefore) {
  EXPECT_EQ(report(0, "first\nunfinish"), 14);
  v1::FinishRequest failed;
  failed.set_lease(lease);
  failed.mutable_error()->set_reason("BROKE");
  ASSERT_TRUE(all.call(&Workers::finish, failed));
  v1::RetryTaskRequest retry;
  retry.set_user_id("alice");
  retry.set_task_id(task_id);
  retry.set_claim(true);
  const auto ended = read();
  EXPECT_TRUE(ended.ended());
  lease = all.call(&Workers::retry, retry)->lease().lease();
  const auto begun = read(ended.through());
  EXPECT_FALSE(begun.ended());
  EXPECT_EQ(begun.through(), at("2.0"));
  EXPECT_EQ(report(0, "second\n"), 7);
  EXPECT_EQ(text_of(read(ended.through())), "second\n");
  EXPECT_EQ(read_all(), "first\nunfinishsecond\n");
  EXPECT_EQ(text_of(read("", 1)), "first\nunfinish");
  EXPECT_TRUE(read("", 1).ended());
  EXPECT_EQ(text_of(read("", 2)), "second\n");
  EXPECT_FALSE(read("", 2).ended());
}

TEST_F(OutputTest, BeginsAnewWhereAPlaceIsNone) {
  EXPECT_EQ(report(0, "one\n"), 4);
  const auto reason = [&](const std::string& after) {
    const auto page = read(after);
    EXPECT_EQ(text_of(page), page.has_reset() ? "one\n" : "") << after;
    return page.reset().reason();
  };
  EXPECT_EQ(reason("what"), "malformed");
  EXPECT_EQ(reason("abcdefgh-1.0"), "epoch");
  EXPECT_EQ(reason(at("1.5")), "ahead");
  EXPECT_EQ(reason(at("2.0")), "ahead");
  EXPECT_EQ(reason(at("1.4")), "");
  ASSERT_TRUE(finish());
  EXPECT_EQ(reason(at("1.5")), "") << "the end has a place";
  EXPECT_EQ(reason(at("1.6")), "ahead");
}

TEST_F(OutputTest, BeginsAtACharacterWhereAPlaceIsWithinOne) {
  EXPECT_EQ(report(0, "\xe2\x82\xac\xe2\x82\xac\n"), 7);
  EXPECT_EQ(text_of(read(at("1.1"))), "\xe2\x82\xac\n");
  EXPECT_EQ(text_of(read(at("1.3"))), "\xe2\x82\xac\n");
}

TEST_F(OutputTest, OfAStrangerIsNotFound) {
  v1::ReadOutputRequest request;
  request.set_user_id("bob");
  EXPECT_EQ((*begin_read(request)->take()).error().reason, Reason::task_not_found);
  request.set_user_id("alice");
  request.set_task_id("none");
  EXPECT_EQ((*begin_read(request)->take()).error().reason, Reason::task_not_found);
  request.set_task_id("");
  request.set_attempt(-1);
  EXPECT_EQ((*begin_read(request)->take()).error().reason, Reason::invalid_limit);
  request.set_attempt(0);
  EXPECT_EQ((*begin_read(request, milliseconds(60'001))->take()).error().reason, Reason::invalid_limit);
}

TEST_F(OutputTest, WakesWhoWaitsForIt) {
  v1::ReadOutputRequest request;
  auto answer = begin_read(request, milliseconds(60'000));
  EXPECT_EQ(report(0, "one"), 3);
  auto page = **answer->take();
  EXPECT_THAT(unfinished(page), ElementsAre("1 one"));
  request.set_after(page.through());
  request.set_seen(page.seen());
  answer = begin_read(request, milliseconds(60'000));
  EXPECT_EQ(report(3, "\n"), 4);
  page = **answer->take();
  EXPECT_EQ(text_of(page), "one\n");
  request.set_after(page.through());
  request.set_seen(page.seen());
  answer = begin_read(request, milliseconds(60'000));
  ASSERT_TRUE(finish());
  EXPECT_TRUE((**answer->take()).ended());
}

TEST_F(OutputTest, AnswersWhoWaitsInVainWhenItsTimeIsOver) {
  EXPECT_EQ(report(0, "one\n"), 4);
  v1::ReadOutputRequest request;
  const auto page = read();
  request.set_after(page.through());
  request.set_seen(page.seen());
  const auto answer = begin_read(request, milliseconds(5000));
  milliseconds passed(0);
  EXPECT_TRUE(comes_true([&] {
    const milliseconds step(passed < milliseconds(9000) ? 100 : 0);  // later its lease would end
    all.log.clock.advance(step);
    passed += step;
    return !answer->empty();
  }));
  const auto nothing = *answer->take();
  ASSERT_TRUE(nothing);
  EXPECT_EQ(nothing->through(), page.through());
  EXPECT_EQ(nothing->pieces_size(), 0);
}

TEST_F(OutputTest, LetsGoOfWhoHasGoneAndOfAllInTheEnd) {
  EXPECT_EQ(report(0, "one\n"), 4);
  v1::ReadOutputRequest request;
  const auto page = read();
  request.set_after(page.through());
  request.set_seen(page.seen());
  auto answer = begin_read(request, milliseconds(60'000));
  all.output->withdraw(last_read);
  EXPECT_EQ((*answer->take()).error().reason, Reason::cancelled);
  answer = begin_read(request, milliseconds(60'000));
  all.output->stop();
  EXPECT_EQ((*answer->take()).error().reason, Reason::shutting_down);
  EXPECT_EQ((*begin_read(request)->take()).error().reason, Reason::shutting_down);
}

TEST_F(OutputTest, GoesWithItsTask) {
  EXPECT_EQ(report(0, "one\n"), 4);
  ASSERT_TRUE(finish());
  ASSERT_TRUE((all.command<v1::DeleteTaskRequest, v1::DeleteTaskResponse>(&Tasks::remove, task_id)));
  const auto reader = *all.log.log->read();
  EXPECT_EQ(reader->output_bytes(), 0);
  EXPECT_THAT(reader->output_runs(task_id), IsEmpty());
}

TEST_F(OutputTest, IsForgottenOfWhatEndedFirst) {
  EXPECT_EQ(report(0, "one\n"), 4);
  ASSERT_TRUE(finish());
  const auto first = task_id;
  lease = start();
  EXPECT_EQ(report(0, "second\n"), 7);
  ASSERT_TRUE(finish());
  Retention retention(*all.log.log, all.log.clock, {.output_bytes = 300});
  (void)retention.go_round();
  EXPECT_EQ(read_all(), "second\n");
  task_id = first;
  EXPECT_EQ(read_all(), "<4>");
  EXPECT_EQ((*all.log.log->read())->output_bytes(), 256) << "a piece takes so much at least";
}

}  // namespace
}  // namespace taskwire::engine
