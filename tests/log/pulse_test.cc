#include "log/pulse.h"

#include <gtest/gtest.h>

namespace taskwire::engine {
namespace {

TEST(Pulse, TakesTheDataOfPostPulse) {
  for (const auto* const data :
       {R"({"bpm":72,"userId":"alice"})", R"( { "userId" : "a@b", "bpm" : 20 } )", R"({"bpm":300,"userId":"x"})"})
    EXPECT_TRUE(check_pulse("pulse", data)) << data;
}

TEST(Pulse, RefusesAnyOtherType) {
  EXPECT_EQ(check_pulse("", R"({"bpm":72,"userId":"alice"})").error().reason, Reason::invalid_event_type);
}

TEST(Pulse, RefusesAnyOtherData) {
  for (const auto* const data :
       {"", "72", "[]", "{", "{}", R"({"bpm":72})", R"({"userId":"alice"})", R"({"bpm":19,"userId":"alice"})",
        R"({"bpm":301,"userId":"alice"})", R"({"bpm":72.5,"userId":"alice"})", R"({"bpm":"72","userId":"alice"})",
        R"({"bpm":72,"userId":"a b"})", R"({"bpm":72,"userId":7})", R"({"bpm":72,"userId":"alice","more":1})",
        R"({"bpm":72,"userId":"alice"} x)", R"({"bpm":1e999,"userId":"alice"})"})
    EXPECT_EQ(check_pulse("pulse", data).error().reason, Reason::invalid_data) << data;
}

}  // namespace
}  // namespace taskwire::engine
