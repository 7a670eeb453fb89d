#include "tail/json_line.h"

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

namespace taskwire::tail {
namespace {

using nlohmann::json;

std::string line_of(const std::string& data) {
  return json_line({"message", data, "e1-7"});
}

TEST(JsonLine, HasIdEventAndData) {
  EXPECT_EQ(json_line({"taskUpdate", R"({"taskId":"a"})", "e1-7"}),
            R"({"id":"e1-7","event":"taskUpdate","data":{"taskId":"a"}})");
  EXPECT_EQ(json_line({"reset", R"({"reason":"start"})", ""}),
            R"({"id":"","event":"reset","data":{"reason":"start"}})");
}

TEST(JsonLine, TakesOtherTextAsAString) {
  EXPECT_EQ(line_of("Heart Rate: 75 bpm"), R"({"id":"e1-7","event":"message","data":"Heart Rate: 75 bpm"})");
  EXPECT_EQ(line_of(""), R"({"id":"e1-7","event":"message","data":""})");
  EXPECT_EQ(line_of("{\"a\":"), R"({"id":"e1-7","event":"message","data":"{\"a\":"})");
  EXPECT_EQ(json::parse(line_of("two\nlines"))["data"], "two\nlines");
}

TEST(JsonLine, ChangesNoNumber) {
  EXPECT_EQ(line_of("12345678901234567890123.10"),
            R"({"id":"e1-7","event":"message","data":12345678901234567890123.10})");
}

TEST(JsonLine, IsOneLine) {
  EXPECT_EQ(line_of("{\r\n\t\"a\": 1\n}"), R"({"id":"e1-7","event":"message","data":{   "a": 1 }})");
  EXPECT_EQ(line_of("a\nb").find('\n'), std::string::npos);
  for (const std::string text : {"a\u2028b\u2029", "\u2027\u202A"}) {
    for (const auto& data : {text, json(text).dump()}) {
      const auto line = line_of(data);
      for (const auto* line_end : {"\u2028", "\u2029"}) EXPECT_EQ(line.find(line_end), std::string::npos) << line;
      EXPECT_EQ(json::parse(line)["data"], text) << "and loses nothing";
    }
  }
}

TEST(JsonLine, EscapesWhatATerminalWouldObey) {
  for (const std::string text :
       {"\x1b[2J", "\x7F", "\u009b2J", "\u0085", "a\u00A0b\u00FC", "fdp\u202Eexe", "\u2066\u200B\uFEFF"}) {
    for (const auto& data : {text, json(text).dump()}) {
      const auto line = line_of(data);
      for (std::size_t i = 0; i < line.size(); ++i) {
        EXPECT_TRUE(line[i] < 0 || (line[i] >= ' ' && line[i] != '\x7F')) << line;
        EXPECT_FALSE(line[i] == '\xE2' || line[i] == '\xEF') << line;
        EXPECT_FALSE(line[i] == '\xC2' && static_cast<unsigned char>(line[i + 1]) < 0xA0) << line;
      }
      EXPECT_EQ(json::parse(line)["data"], text) << "and loses nothing";
    }
  }
}

TEST(JsonLine, ReplacesWhatIsNoUtf8) {
  EXPECT_EQ(json::parse(line_of("a\xFF"
                                "b"))["data"],
            "a\uFFFDb");
}

}  // namespace
}  // namespace taskwire::tail
