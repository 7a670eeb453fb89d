#include "taskwire/end_line.h"

#include <cerrno>
#include <csignal>
#include <gtest/gtest.h>

#include "taskwire/finish_json.h"

namespace taskwire::cli {
namespace {

using nlohmann::json;

std::string line_of(const Ending& ending) {
  return end_line("k3v7qm2xw5ta", ending, finish_json(ending, "", json::object(), Again::no));
}

TEST(EndLine, TellsHowATaskEnded) {
  EXPECT_EQ(line_of({}), R"({"exitStatus":0,"status":"succeeded","taskId":"k3v7qm2xw5ta"})");
  EXPECT_EQ(line_of({.status = 3 << 8}), R"({"exitStatus":3,"status":"failed","taskId":"k3v7qm2xw5ta"})");
  EXPECT_EQ(line_of({.status = SIGTERM, .was_cancelled = true}),
            R"({"exitStatus":143,"status":"cancelled","taskId":"k3v7qm2xw5ta"})");
  EXPECT_EQ(line_of({.cannot_start = ENOENT}), R"({"exitStatus":127,"status":"failed","taskId":"k3v7qm2xw5ta"})");
}

TEST(EndLine, HasNoTaskWhereNoneWasBegun) {
  EXPECT_EQ(json::parse(end_line("", {}, {{"result", json::object()}}))["taskId"], nullptr);
}

}  // namespace
}  // namespace taskwire::cli
