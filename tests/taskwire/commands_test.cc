#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <string>
#include <vector>

#include "support/http.h"
#include "tail/scripted_server.h"
#include "taskwire/running.h"

namespace taskwire::test {
namespace {

using nlohmann::json;
using testing::HasSubstr;

std::vector<std::string> taskwire(const std::vector<std::string>& words) {
  std::vector<std::string> line = {program_path("taskwire")};
  line.insert(line.end(), words.begin(), words.end());
  return line;
}

class CommandsTest : public testing::Test {
 protected:
  /// The output of a command as alice; it succeeds.
  std::string ask(std::vector<std::string> words, int status = 0) const {
    words.insert(words.begin() + 1, {"--url", "http://" + services.edge.address()});
    if (words[0] != "publish" && words[0] != "work") words.insert(words.begin() + 1, {"--user", "alice"});
    const auto ran = run(taskwire(words));
    EXPECT_EQ(ran.status, status) << ran.output;
    return ran.output;
  }
  [[nodiscard]] json task(const std::string& id) const {
    return get(services.edge.port(), "/api/tasks/alice/" + id).json();
  }
  void make_type(const std::string& type) const {
    EXPECT_EQ(
        request(services.edge.port(), "PUT", "/api/task-types/" + type, {{"Content-Type", "application/json"}}, "{}")
            .status,
        200);
  }
  std::string start(const json& params) const {
    const auto started = post(services.edge.port(), "/api/tasks/alice/start", {{"type", "resize"}, {"params", params}});
    EXPECT_EQ(started.status, 202) << started.body;
    return started.json()["taskId"];
  }
  Services services;
};

TEST_F(CommandsTest, StartListShowCancelAndRetry) {
  auto id = ask({"start", "simulate", "--name", "One", "--params", R"({"durationMs":600000})"});
  ASSERT_EQ(id.size(), 13U) << id;
  id.pop_back();
  EXPECT_THAT(ask({"list"}), HasSubstr(id));
  EXPECT_EQ(json::parse(ask({"list", "--json", "--limit", "1"}))["taskName"], "One");
  EXPECT_THAT(ask({"show", id}), HasSubstr("type: simulate"));
  EXPECT_EQ(json::parse(ask({"show", "--json", id}))["params"]["durationMs"], 600'000);
  EXPECT_THAT(ask({"cancel", id}), HasSubstr(id));
  EXPECT_TRUE(eventually([&] { return task(id)["status"] == "cancelled"; }));
  EXPECT_THAT(ask({"retry", id}), HasSubstr(id));
  EXPECT_THAT(ask({"show", "aaaaaaaaaaaa"}, 1), HasSubstr("TASK_NOT_FOUND"));
  EXPECT_THAT(ask({"start", "simulate", "--params", "[]"}, 2), HasSubstr("'[]' is no object"));
  EXPECT_THAT(ask({"start", "nothing"}, 1), HasSubstr("nothing"));
}

TEST_F(CommandsTest, PublishJsonAndText) {
  EXPECT_THAT(ask({"publish", "news", R"({"a":1})"}), HasSubstr("-"));
  EXPECT_FALSE(json::parse(ask({"publish", "--json", "news", "plain", "--event", "greeting"}))["id"].empty());
  const auto page = get(services.edge.port(), "/api/events/history?topic=channels/news&from=earliest").body;
  EXPECT_THAT(page, HasSubstr("greeting"));
}

TEST_F(CommandsTest, RunIsATaskOfTheRealServices) {
  const auto ran = run(run_command("http://" + services.edge.address(), {"--name", "Wrapped"},
                                   {"sh", "-c", "echo '30%'; echo oh >&2; exit 3"}));
  EXPECT_EQ(ran.status, 3);
  const auto tasks = get(services.edge.port(), "/api/tasks/alice").json()["tasks"];
  ASSERT_EQ(tasks.size(), 1U);
  const auto found = task(tasks[0]["taskId"]);
  EXPECT_EQ(found["taskName"], "Wrapped");
  EXPECT_EQ(found["status"], "failed");
  EXPECT_EQ(found["error"]["reason"], "EXIT_STATUS");
  EXPECT_EQ(found["progressPercentage"], 30);
}

TEST_F(CommandsTest, ACancelReachesACommandThatIsSilent) {
  Process ran(
      run_command("http://" + services.edge.address(), {}, {"sh", "-c", "echo $TASKWIRE_TASK; exec sleep 1000"}));
  std::string id;
  ASSERT_TRUE(eventually([&] {
    const auto text = ran.output();
    if (text.find('\n') != std::string::npos) id = text.substr(0, text.find('\n'));
    return !id.empty();
  }));
  ask({"cancel", id});
  EXPECT_EQ(ran.wait(), 128 + SIGTERM);
  EXPECT_EQ(task(id)["status"], "cancelled");
}

TEST_F(CommandsTest, AnEngineThatIsKilledDoesNotDisturb) {
  TemporaryFolder folder;
  const auto fifo = (folder.path() / "go").string();
  ASSERT_EQ(run({"mkfifo", fifo}).status, 0);
  Process ran(run_command("http://" + services.edge.address(), {"--wait", "20s"},
                          {"sh", "-c", "echo $TASKWIRE_TASK; read x <'" + fifo + "'; echo '80%'"}));
  std::string id;
  ASSERT_TRUE(eventually([&] {
    const auto text = ran.output();
    if (text.find('\n') != std::string::npos) id = text.substr(0, text.find('\n'));
    return !id.empty();
  }));
  services.engine.kill();
  std::ofstream(fifo) << "go\n";
  ASSERT_TRUE(ran.wait_for_line("80%"));
  services.engine.restart();
  EXPECT_EQ(ran.wait(), 0);
  EXPECT_EQ(task(id)["status"], "succeeded") << task(id);
}

TEST(CommandsAfterAPause, ATaskGoesOnAsItsNextAttempt) {
  Services services({"--lease", "1s"});
  TemporaryFolder folder;
  const auto fifo = (folder.path() / "go").string();
  ASSERT_EQ(run({"mkfifo", fifo}).status, 0);
  Process ran(run_command("http://" + services.edge.address(), {},
                          {"sh", "-c", "echo $TASKWIRE_TASK; read x <'" + fifo + "'; echo later; exit 0"}));
  std::string id;
  ASSERT_TRUE(eventually([&] {
    const auto text = ran.output();
    if (text.find('\n') != std::string::npos) id = text.substr(0, text.find('\n'));
    return !id.empty();
  }));
  const auto task = [&] { return get(services.edge.port(), "/api/tasks/alice/" + id).json(); };
  ran.signal(SIGSTOP);
  ASSERT_TRUE(eventually([&] { return task()["status"] == "failed"; })) << task();
  ran.signal(SIGCONT);
  EXPECT_TRUE(eventually([&] { return task()["status"] == "running"; })) << task();
  std::ofstream(fifo) << "go\n";
  EXPECT_EQ(ran.wait(), 0);
  EXPECT_EQ(task()["status"], "succeeded") << task();
  EXPECT_GE(task()["attempt"], 2);
}

TEST_F(CommandsTest, WorkRunsACommandForEachTask) {
  make_type("resize");
  const auto first = start({{"path", "a b.png"}, {"max-width", 80}});
  Process worker(taskwire({"work", "--url", "http://" + services.edge.address(), "--type", "resize", "--parallel", "2",
                           "--worker", "w1", "--", "sh", "-c",
                           R"(read params; [ "$TASKWIRE_PARAM_PATH" = fail ] && { echo gone >&2; exit 4; }
                              echo "{\"path\":\"$TASKWIRE_PARAM_PATH\",\"width\":$TASKWIRE_PARAM_MAX_WIDTH,\"given\":$params}")"}));
  EXPECT_TRUE(eventually([&] { return task(first)["status"] == "succeeded"; })) << task(first) << worker.output();
  const json given = {{"max-width", 80}, {"path", "a b.png"}};
  EXPECT_EQ(task(first)["result"], (json{{"path", "a b.png"}, {"width", 80}, {"given", given}}));
  EXPECT_EQ(task(first)["worker"], "w1");
  const auto second = start({{"path", "fail"}});
  EXPECT_TRUE(eventually([&] { return task(second)["status"] == "failed"; })) << task(second);
  EXPECT_EQ(task(second)["error"]["message"], "exit status 4: gone");
  worker.signal(SIGTERM);
  EXPECT_EQ(worker.wait(), 0);
}

TEST_F(CommandsTest, WorkFinishesWhatItHasAndStopsAtASecondSignal) {
  make_type("resize");
  TemporaryFolder folder;
  const auto fifo = (folder.path() / "go").string();
  ASSERT_EQ(run({"mkfifo", fifo}).status, 0);
  const auto line = taskwire({"work", "--url", "http://" + services.edge.address(), "--type", "resize", "--", "sh",
                              "-c", "echo at work; read x <'" + fifo + "'; exit 0"});
  const auto first = start(json::object());
  {
    Process worker(line);
    ASSERT_TRUE(worker.wait_for_line("at work"));
    const auto later = start(json::object());
    worker.signal(SIGTERM);
    std::ofstream(fifo) << "go\n";
    EXPECT_EQ(worker.wait(), 0);
    EXPECT_EQ(task(first)["status"], "succeeded");
    EXPECT_EQ(task(later)["status"], "queued");
  }
  Process worker(line);
  ASSERT_TRUE(worker.wait_for_line("at work"));
  worker.signal(SIGTERM);
  worker.signal(SIGINT);
  EXPECT_EQ(worker.wait(), 0);
}

TEST_F(CommandsTest, WorkEndsWhereItsTypeIsNotKnown) {
  EXPECT_THAT(ask({"work", "--type", "nothing", "--", "true"}, 1), HasSubstr("nothing"));
}

TEST(Commands, NameWhatIsWrong) {
  EXPECT_EQ(run(taskwire({"frob"})).status, 2);
  EXPECT_THAT(run(taskwire({"frob"})).output, HasSubstr("'frob'"));
  EXPECT_EQ(run(taskwire({"list", "--frob"})).status, 2);
  EXPECT_THAT(run(taskwire({"list", "--frob"})).output, HasSubstr("--frob"));
  EXPECT_EQ(run(taskwire({"list", "--url", kNobody})).status, 1);
  EXPECT_EQ(run(taskwire({"completion", "csh"})).status, 2);
  EXPECT_EQ(run(taskwire({})).status, 2);
}

TEST(Commands, EachHasHelp) {
  const auto help = run(taskwire({"--help"}));
  EXPECT_EQ(help.status, 0);
  for (const std::string name :
       {"run", "work", "start", "list", "show", "output", "cancel", "retry", "publish", "tail", "completion"}) {
    EXPECT_THAT(help.output, HasSubstr("\n  " + name + " "));
    const auto own = run(taskwire({name, "--help"}));
    EXPECT_EQ(own.status, 0) << name;
    EXPECT_THAT(own.output, HasSubstr("taskwire " + name)) << own.output;
  }
}

TEST(Commands, ShowsNoTextThatATerminalWouldObey) {
  const auto* const task =
      R"({"taskId":"aaaaaaaaaaaa","status":"running","taskName":"\u009b2Jname","progressPercentage":1,
                              "message":"one\rtwo\u001b[2J\u0008","params":{"grün":"\u009b2J"}})";
  ScriptedServer server({{plain_answer("200 OK", "Content-Type: application/json\r\n", task)}});
  const auto ran = run(taskwire({"show", "--url", server.address(), "--user", "alice", "aaaaaaaaaaaa"}));
  ScriptedServer again({{plain_answer("200 OK", "Content-Type: application/json\r\n", task)}});
  const auto as_json = run(taskwire({"show", "--json", "--url", again.address(), "--user", "alice", "aaaaaaaaaaaa"}));
  EXPECT_EQ(as_json.output.find("\u009b"), std::string::npos) << as_json.output;
  EXPECT_EQ(json::parse(as_json.output), json::parse(task));
  EXPECT_EQ(ran.status, 0);
  for (const auto* const control : {"\r", "\x1b", "\b", "\u009b"})
    EXPECT_EQ(ran.output.find(control), std::string::npos) << ran.output;
  EXPECT_THAT(ran.output, HasSubstr("one two"));
  EXPECT_THAT(ran.output, HasSubstr("grün"));
}

TEST(Commands, CompletionIsAScriptOfTheShell) {
  for (const std::string shell : {"bash", "zsh", "fish"}) {
    const auto script = run(taskwire({"completion", shell}));
    EXPECT_EQ(script.status, 0);
    EXPECT_THAT(script.output, HasSubstr("publish"));
  }
  const auto words =
      run({"/bin/bash", "-c",
           "eval \"$('" + program_path("taskwire") +
               "' completion bash)\"; COMP_WORDS=(taskwire pu) COMP_CWORD=1; _taskwire; echo ${COMPREPLY[@]}"});
  EXPECT_EQ(words.output, "publish\n");
  const auto options =
      run({"/bin/bash", "-c",
           "eval \"$('" + program_path("taskwire") + "' completion bash)\"; COMP_WORDS=('" + program_path("taskwire") +
               "' run --requ) COMP_CWORD=2; _taskwire; echo ${COMPREPLY[@]}"});
  EXPECT_EQ(options.output, "--require-server\n") << "also where it is not on the PATH";
  for (const std::string line : {"taskwire run --progress rs", "taskwire run --progress = rs"}) {
    const auto profiles = run({"/bin/bash", "-c",
                               "eval \"$('" + program_path("taskwire") + "' completion bash)\"; COMP_WORDS=(" + line +
                                   ") COMP_CWORD=$((${#COMP_WORDS[@]} - 1)); _taskwire; echo ${COMPREPLY[@]}"});
    EXPECT_EQ(profiles.output, "rsync\n") << line;
  }
}

TEST(Output, FollowsToItsEndOverABreak) {
  ScriptedServer server(
      {{stream_answer("retry: 1\n\nid: e-1.4\nevent: output\ndata: {\"stream\":\"stdout\",\"text\":\"one\\n\"}\n\n")},
       {stream_answer("event: line\ndata: {\"stream\":\"stdout\",\"text\":\"tw\"}\n\nid: e-1.8\nevent: output\ndata: "
                      "{\"stream\":\"stdout\",\"text\":\"two\\n\"}\n\nid: e-1.9\nevent: end\ndata: {}\n\n"),
        true}});
  const auto ran = run(taskwire({"output", "--url", server.address(), "--user", "alice", "aaaaaaaaaaaa"}));
  EXPECT_EQ(ran.status, 0);
  EXPECT_EQ(ran.output, "one\ntwo\n");
  ASSERT_EQ(server.requests().size(), 2U);
  EXPECT_THAT(server.requests()[0].head, HasSubstr("GET /api/tasks/alice/aaaaaaaaaaaa/output "));
  EXPECT_THAT(server.requests()[1].head, HasSubstr("Last-Event-ID: e-1.4\r\n"));
}

TEST(Output, IsTextWhereItIsNotFollowed) {
  ScriptedServer server({{plain_answer("200 OK", "Content-Type: text/plain\r\n", "all of it\n")}});
  const auto ran =
      run(taskwire({"output", "--no-follow", "--url", server.address(), "--user", "alice", "aaaaaaaaaaaa"}));
  EXPECT_EQ(ran.output, "all of it\n");
  EXPECT_THAT(server.requests()[0].head, HasSubstr("Accept: text/plain"));
  ScriptedServer again({{plain_answer("200 OK", "Content-Type: text/plain\r\n", "all of it\n")}});
  const auto as_json =
      run(taskwire({"output", "--no-follow", "--json", "--url", again.address(), "--user", "alice", "aaaaaaaaaaaa"}));
  EXPECT_EQ(as_json.output, "{\"text\":\"all of it\\n\"}\n");
}

}  // namespace
}  // namespace taskwire::test
