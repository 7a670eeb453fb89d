#include "hub/output.h"

#include <gtest/gtest.h>

namespace taskwire::edge {
namespace {

class OutputPageTest : public testing::Test {
 protected:
  OutputPageTest() { response.set_through("abcd1234-1.0"); }
  void add(int attempt, std::int64_t from, std::int64_t to, const std::string& text,
           v1::OutputStream stream = v1::OUTPUT_STREAM_STDOUT) {
    auto& piece = *response.add_pieces();
    piece.set_attempt(attempt);
    piece.set_from(from);
    piece.set_to(to);
    piece.set_text(text);
    piece.set_stream(stream);
    response.set_through("abcd1234-" + std::to_string(attempt) + "." + std::to_string(to));
  }
  void stand(const std::string& text, v1::OutputStream stream = v1::OUTPUT_STREAM_STDOUT) {
    auto& line = *response.add_unfinished();
    line.set_attempt(1);
    line.set_stream(stream);
    line.set_text(text);
  }
  [[nodiscard]] std::string sse() const {
    const auto page = make_output_page(request, response);
    return page->frame ? std::string(page->frame->plain()) : "";
  }

  v1::ReadOutputRequest request;
  v1::ReadOutputResponse response;
};

TEST_F(OutputPageTest, HasAnEventForEachPiece) {
  add(1, 0, 4, "one\n");
  add(1, 4, 8, "oh\n", v1::OUTPUT_STREAM_STDERR);
  EXPECT_EQ(sse(),
            "id: abcd1234-1.4\nevent: output\ndata: {\"stream\":\"stdout\",\"text\":\"one\\n\"}\n\n"
            "id: abcd1234-1.8\nevent: output\ndata: {\"stream\":\"stderr\",\"text\":\"oh\\n\"}\n\n");
}

TEST_F(OutputPageTest, SaysWhatIsMissingAndWhereAnotherAttemptBegins) {
  request.set_after("abcd1234-1.4");
  add(1, 4, 9, "");
  add(2, 0, 4, "two\n");
  EXPECT_EQ(sse(),
            "id: abcd1234-1.9\nevent: skipped\ndata: {\"from\":\"abcd1234-1.4\",\"to\":\"abcd1234-1.9\"}\n\n"
            "id: abcd1234-2.0\nevent: attempt\ndata: {\"attempt\":2}\n\n"
            "id: abcd1234-2.4\nevent: output\ndata: {\"stream\":\"stdout\",\"text\":\"two\\n\"}\n\n");
}

TEST_F(OutputPageTest, SaysThatAnotherAttemptBeginsBeforeItPrintsAnything) {
  request.set_after("abcd1234-1.5");
  response.set_through("abcd1234-2.0");
  EXPECT_EQ(sse(), "id: abcd1234-2.0\nevent: attempt\ndata: {\"attempt\":2}\n\n");
}

TEST_F(OutputPageTest, ShowsWhatStandsUnfinishedAndThatItIsGone) {
  response.set_caught_up(true);
  stand("50%");
  response.set_seen("1.3.1");
  EXPECT_EQ(sse(), "event: line\ndata: {\"stream\":\"stdout\",\"text\":\"50%\"}\n\n");
  request.set_seen("1.3.1");
  request.set_after("abcd1234-1.0");
  response.clear_unfinished();
  stand("wrong", v1::OUTPUT_STREAM_STDERR);
  EXPECT_EQ(sse(),
            "event: line\ndata: {\"stream\":\"stdout\",\"text\":\"\"}\n\n"
            "event: line\ndata: {\"stream\":\"stderr\",\"text\":\"wrong\"}\n\n");
}

TEST_F(OutputPageTest, EndsOnce) {
  response.set_caught_up(true);
  response.set_ended(true);
  response.set_through("abcd1234-1.5");
  EXPECT_EQ(sse(), "id: abcd1234-1.5\nevent: end\ndata: {}\n\n");
  request.set_after("abcd1234-1.5");
  EXPECT_EQ(sse(), "");
}

TEST_F(OutputPageTest, BeginsAnewByAReset) {
  request.set_after("abcd1234-9.0");
  response.mutable_reset()->set_reason("ahead");
  add(1, 0, 4, "one\n");
  EXPECT_EQ(sse(),
            "event: reset\ndata: {\"reason\":\"ahead\",\"cursor\":\"abcd1234-9.0\"}\n\n"
            "id: abcd1234-1.4\nevent: output\ndata: {\"stream\":\"stdout\",\"text\":\"one\\n\"}\n\n");
}

}  // namespace
}  // namespace taskwire::edge
