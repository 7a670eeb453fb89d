#include "program/hearing.h"

#include <gtest/gtest.h>

namespace taskwire {
namespace {

using progress::Stream;

/// The last line of what was printed to `stream`.
std::string last_line(std::string_view printed, Stream stream) {
  Hearing hearing({}, "", [] {});
  hearing.hear(printed, stream);
  hearing.finish();
  return stream == Stream::out ? hearing.last_output_line() : hearing.last_error_line();
}

TEST(Hearing, KeepsTheLastLineThatIsNotBlank) {
  for (const auto stream : {Stream::out, Stream::err}) {
    EXPECT_EQ(last_line("one\ntwo\n", stream), "two");
    EXPECT_EQ(last_line("one\ntwo", stream), "two");
    EXPECT_EQ(last_line("one\ntwo\n\n \t\n", stream), "two");
    for (const auto* const tail : {" ", "\t", "\r", "  \r "})
      EXPECT_EQ(last_line("one\ntwo\n" + std::string(tail), stream), "two") << tail;
    EXPECT_EQ(last_line("", stream), "");
  }
}

TEST(Hearing, KeepsWhatALineShowsInTheEnd) {
  for (const auto* const text : {"10%\r20%\rdone", "10%\r20%\rdone \r\n", "10%\rdone\r"})
    EXPECT_EQ(last_line(text, Stream::out), "done") << text;
}

}  // namespace
}  // namespace taskwire
