// Types of tasks that are programs: `taskwire-engine --commands FILE`.
#include <csignal>
#include <cstdlib>
#include <fstream>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <map>
#include <set>
#include <sstream>
#include <sys/stat.h>
#include <unistd.h>

#include "program/process_stat.h"
#include "support/http.h"
#include "support/services.h"

namespace taskwire::test {
namespace {

using nlohmann::json;
using testing::AllOf;
using testing::HasSubstr;
using testing::StartsWith;

/// A type that is a script of the shell, which gets the param `x` as `$1`, with what else it has.
json script(const std::string& type, const std::string& text, const json& more = json::object()) {
  json made = {{"type", type},
               {"params", {{"properties", {{"x", {{"type", {"string", "integer"}}}}}}}},
               {"command", {"sh", "-c", text, "sh", "{x}"}}};
  made.update(more);
  return made;
}

/// A folder with a file of types.
class TypesFile {
 public:
  explicit TypesFile(const json& types) { std::ofstream(path()) << json{{"types", types}}.dump(2); }
  [[nodiscard]] std::string path() const { return folder_.path() / "commands.json"; }
  [[nodiscard]] std::string operator/(const std::string& name) const { return folder_.path() / name; }

 private:
  TemporaryFolder folder_;
};

/// Services with such types, and alice who starts them.
struct Programs {
  explicit Programs(const json& types, const std::vector<std::string>& arguments = {})
      : file(types), services(with(file.path(), arguments)) {}

  static std::vector<std::string> with(const std::string& path, std::vector<std::string> arguments) {
    arguments.insert(arguments.end(), {"--commands", path});
    return arguments;
  }
  [[nodiscard]] std::uint16_t port() const { return services.edge.port(); }
  [[nodiscard]] std::string start(const std::string& type, const json& params = json::object(),
                                  const json& more = json::object()) const {
    json body = {{"type", type}, {"params", params}};
    body.update(more);
    const auto started = post(port(), "/api/tasks/alice/start", body);
    EXPECT_EQ(started.status, 202) << started.body;
    return started.status == 202 ? started.json()["taskId"] : "";
  }
  [[nodiscard]] json task(const std::string& id) const {
    const auto answer = get(port(), "/api/tasks/alice/" + id);
    return answer.status == 200 ? answer.json() : json::object();
  }
  json wait_for(const std::string& id, const std::string& status) const {
    json found;
    EXPECT_TRUE(eventually([&] { return (found = task(id)).value("status", "") == status; })) << found << output(id);
    return found;
  }
  [[nodiscard]] std::string output_path(const std::string& id) const { return "/api/tasks/alice/" + id + "/output"; }
  [[nodiscard]] std::string output(const std::string& id) const { return get(port(), output_path(id)).body; }
  /// Waits for so many lines of output; those.
  [[nodiscard]] std::vector<std::string> lines(const std::string& id, std::size_t count) const {
    std::vector<std::string> found;
    EXPECT_TRUE(eventually([&] {
      found.clear();
      std::istringstream text(output(id));
      for (std::string line; std::getline(text, line);) found.push_back(line);
      return found.size() >= count;
    })) << output(id);
    return found;
  }
  void cancel(const std::string& id) const {
    EXPECT_EQ(post(port(), "/api/tasks/alice/" + id + "/cancel", json::object()).status, 202);
  }

  TypesFile file;
  Services services;
};

bool is_alive(const std::string& pid) {
  const auto stat = process_stat(std::stoi(pid));
  return !stat.empty() && stat[0] != 'Z';
}

bool are_gone(const std::vector<std::string>& pids) {
  return eventually([&] { return std::none_of(pids.begin(), pids.end(), is_alive); });
}

/// Starts children of all kinds, tells the pids of all, and waits.
const std::string kFamily =
    "echo $$; sleep 1000 & echo $!; setsid sleep 1000 & echo $!; "
    "setsid sh -c 'sleep 1000 & echo $!; (setsid sleep 1000 & echo $!); wait' & "
    "while :; do sleep 0.1; done";
constexpr std::size_t kFamilySize = 5;

/// Where a script waits until the test says go.
class Gate {
 public:
  Gate() { EXPECT_EQ(mkfifo(path().c_str(), S_IRUSR | S_IWUSR), 0); }
  [[nodiscard]] std::string path() const { return folder_.path() / "go"; }
  void open() const { std::ofstream(path()) << "go\n"; }

 private:
  TemporaryFolder folder_;
};

TEST(Programs, AreTasksWithLiveOutputProgressAndAResult) {
  const Gate gate;
  const Programs programs(json::array({script(
      "import",
      R"(printf begin; cat "$1" >/dev/null; printf 'ning\n40%%\n'; cat "$1" >/dev/null; echo '{{"rows":12}}')")}));
  const auto id = programs.start("import", {{"x", gate.path()}});
  Stream stream(programs.port(), programs.output_path(id));
  EXPECT_EQ(json::parse(stream.next("line").value().data)["text"], "begin") << "from the first byte on";
  gate.open();
  EXPECT_EQ(json::parse(stream.next("output").value().data)["text"], "beginning\n40%\n");
  EXPECT_TRUE(eventually([&] { return programs.task(id)["progressPercentage"] == 40; })) << programs.task(id);
  EXPECT_EQ(programs.task(id)["status"], "running");
  gate.open();
  EXPECT_TRUE(stream.next("end"));
  const auto ended = programs.wait_for(id, "succeeded");
  EXPECT_EQ(ended["result"], (json{{"rows", 12}}));
  EXPECT_EQ(ended["progressPercentage"], 100);
  EXPECT_EQ(programs.output(id), "beginning\n40%\n{\"rows\":12}\n");
}

TEST(Programs, EndTheirTasksByTheirExitStatus) {
  const Programs programs(json::array({script("good", "true"), script("bad", "echo fine; echo 'disk full' >&2; exit 3"),
                                       script("ugly", "kill -KILL $$")}));
  EXPECT_EQ(programs.wait_for(programs.start("good"), "succeeded")["result"], (json{{"exitStatus", 0}}));
  EXPECT_EQ(programs.wait_for(programs.start("bad"), "failed")["error"],
            (json{{"reason", "EXIT_STATUS"}, {"message", "exit status 3: disk full"}}));
  EXPECT_EQ(programs.wait_for(programs.start("ugly"), "failed")["error"],
            (json{{"reason", "SIGNAL"}, {"message", "ended by SIGKILL"}}));
}

TEST(Programs, AreTypesOfTheEnginesOwn) {
  const Programs programs(json::array({script("import", "true", {{"description", "Takes rows in"}})}));
  const auto types = get(programs.port(), "/api/task-types").json()["types"];
  const auto found =
      std::find_if(types.begin(), types.end(), [](const json& type) { return type["type"] == "import"; });
  ASSERT_NE(found, types.end()) << types;
  EXPECT_EQ((*found)["description"], "Takes rows in");
  EXPECT_EQ((*found)["params"]["properties"]["x"]["type"], (json{"string", "integer"}));
  EXPECT_EQ(request(programs.port(), "PUT", "/api/task-types/import", {{"Content-Type", "application/json"}}, "{}")
                .json()["reason"],
            "TYPE_BUILT_IN");
  EXPECT_EQ(post(programs.port(), "/api/work/claim", {{"worker", "w"}, {"types", {"import"}}}).json()["reason"],
            "TYPE_BUILT_IN");
}

TEST(Programs, TakeATypesNameFromTheWorkers) {
  Services services;
  EXPECT_EQ(request(services.edge.port(), "PUT", "/api/task-types/import", {{"Content-Type", "application/json"}}, "{}")
                .status,
            200);
  services.engine.process().signal(SIGTERM);
  ASSERT_EQ(services.engine.process().wait(), 0);
  const TypesFile file(json::array({script("import", "true")}));
  Service engine("taskwire-engine",
                 {"--data-dir", services.data.path() / "data", "--demo-sources=false", "--commands", file.path()});
  const Service edge("taskwire-edge", {"--engine", engine.address()});
  json started;
  EXPECT_TRUE(eventually([&] {
    const auto answer = post(edge.port(), "/api/tasks/alice/start", {{"type", "import"}});
    started = answer.json();
    return answer.status == 202;
  }));
  const auto path = "/api/tasks/alice/" + started["taskId"].get<std::string>();
  EXPECT_TRUE(eventually([&] { return get(edge.port(), path).json()["status"] == "succeeded"; }));
  EXPECT_TRUE(engine.process().wait_for_line("type 'import' was registered for workers"));
}

TEST(Programs, GetParamsAsArgumentsAndNeverAShell) {
  const Programs programs(json::array(
      {{{"type", "show"},
        {"params",
         {{"properties",
           {{"text", {{"type", "string"}}}, {"size", {{"type", "integer"}}}, {"files", {{"type", "array"}}}}}}},
        {"command",
         {"printf", "<%s>", "--", "{text}", "--size={size}", "{size}", "{files}",
          json{{"argument", "{text}"}, {"mayBeginWithDash", true}}}}}}));
  const auto shown = [&](const json& params) {
    const auto id = programs.start("show", params);
    programs.wait_for(id, "succeeded");
    return programs.output(id);
  };
  const std::string evil = "a b; $(touch x) `y` 'z' \"w\" | & > * \\ {size} %s";
  EXPECT_EQ(shown({{"text", evil}, {"size", 5}, {"files", {"f g", "h"}}}),
            "<--><" + evil + "><--size=5><5><f g><h><" + evil + ">");
  EXPECT_EQ(shown(json::object()), "<-->");
}

TEST(Programs, AreNotGivenAValueThatCouldBeAnOption) {
  const Programs programs(json::array(
      {script("run", "true"),
       script(
           "free", "echo \"$1\"",
           {{"command", {"sh", "-c", "echo \"$1\"", "sh", json{{"argument", "{x}"}, {"mayBeginWithDash", true}}}}})}));
  const auto refused = post(programs.port(), "/api/tasks/alice/start", {{"type", "run"}, {"params", {{"x", "-rf"}}}});
  EXPECT_EQ(refused.status, 400);
  EXPECT_EQ(refused.json()["reason"], "INVALID_PARAMS");
  EXPECT_THAT(refused.json()["detail"].get<std::string>(), StartsWith("params.x begins with -, "));
  const auto id = programs.start("free", {{"x", "-rf"}});
  programs.wait_for(id, "succeeded");
  EXPECT_EQ(programs.output(id), "-rf\n");
}

TEST(Programs, HaveACleanEnvironmentAndNoInput) {
  setenv("TASKWIRE_TEST_SECRET", "secret", 1);
  setenv("TASKWIRE_TEST_SHARED", "shared", 1);
  const Programs programs(json::array({{{"type", "env"},
                                        {"command", {"env"}},
                                        {"environment", {{"LANG", "C.UTF-8"}}},
                                        {"inherit", {"TASKWIRE_TEST_SHARED"}}},
                                       script("input",
                                              "read x && echo some || echo none; pwd; ls -l /proc/self/fd | "
                                              "wc -l",
                                              {{"folder", "/tmp"}})}));
  const auto id = programs.start("env");
  programs.wait_for(id, "succeeded");
  std::set<std::string> names;
  std::istringstream text(programs.output(id));
  for (std::string line; std::getline(text, line);) names.insert(line.substr(0, line.find('=')));
  EXPECT_EQ(names, (std::set<std::string>{"ConEmuANSI", "LANG", "NOTIFY_SOCKET", "PATH", "TASKWIRE_TASK",
                                          "TASKWIRE_TEST_SHARED", "TERM_FEATURES"}));
  EXPECT_THAT(programs.output(id), AllOf(HasSubstr("TASKWIRE_TASK=" + id + "\n"), HasSubstr("LANG=C.UTF-8\n"),
                                         HasSubstr("TASKWIRE_TEST_SHARED=shared\n")));
  const auto input = programs.start("input");
  programs.wait_for(input, "succeeded");
  EXPECT_EQ(programs.output(input), "none\n/tmp\n5\n") << "of descriptors the three, and that of ls itself";
}

TEST(Programs, MayReportOverTheNotifySocket) {
  const Gate gate;
  const Programs programs(
      json::array({{{"type", "index"},
                    {"params", {{"properties", {{"gate", {{"type", "string"}}}}}}},
                    {"command",
                     {"python3", "-c",
                      "import os,socket,sys\ns=socket.socket(socket.AF_UNIX,socket.SOCK_DGRAM)\n"
                      "s.sendto(b'READY=1\\nSTATUS=Indexing', os.environ['NOTIFY_SOCKET'])\nopen(sys.argv[1]).read()",
                      "{gate}"}}}}));
  const auto id = programs.start("index", {{"gate", gate.path()}});
  EXPECT_TRUE(eventually([&] { return programs.task(id)["message"] == "Indexing"; })) << programs.task(id);
  gate.open();
  programs.wait_for(id, "succeeded");
}

TEST(Programs, AreStoppedWithAllThatTheyStarted) {
  const Programs programs(json::array({script("family", kFamily)}));
  const auto id = programs.start("family");
  const auto pids = programs.lines(id, kFamilySize);
  for (const auto& pid : pids) EXPECT_TRUE(is_alive(pid)) << pid;
  programs.cancel(id);
  programs.wait_for(id, "cancelled");
  for (const auto& pid : pids) EXPECT_FALSE(is_alive(pid)) << pid;
}

TEST(Programs, AreKilledWhereTheyDoNotStopInTime) {
  const Programs programs(
      json::array({script("deaf", "trap '' TERM; echo ready; while :; do sleep 0.05; done", {{"grace", "200ms"}}),
                   script("polite", "trap 'echo bye; exit 0' TERM; echo ready; while :; do sleep 0.05; done")}));
  const auto deaf = programs.start("deaf");
  (void)programs.lines(deaf, 1);
  programs.cancel(deaf);
  programs.wait_for(deaf, "cancelled");
  const auto polite = programs.start("polite");
  (void)programs.lines(polite, 1);
  programs.cancel(polite);
  programs.wait_for(polite, "cancelled");
  EXPECT_THAT(programs.output(polite), AllOf(StartsWith("ready\n"), HasSubstr("bye\n")));
}

TEST(Programs, DieWithTheEngine) {
  Programs programs(json::array({script("family", "trap '' TERM HUP; " + kFamily)}));
  const auto id = programs.start("family");
  const auto pids = programs.lines(id, kFamilySize);
  for (const auto& pid : pids) EXPECT_TRUE(is_alive(pid)) << pid;
  programs.services.engine.kill();
  EXPECT_TRUE(are_gone(pids)) << "whatever session they are in";
  programs.services.engine.restart();
  EXPECT_EQ(programs.wait_for(id, "failed")["error"]["reason"], "INTERRUPTED");
}

TEST(Programs, EndWhereTheEngineStopsInOrder) {
  Programs programs(json::array(
      {script("once", kFamily), script("again", "echo $$; test -e \"$1\" && exit 0; touch \"$1\"; " + kFamily,
                                       {{"retry", {{"on", {"INTERRUPTED"}}}}})}));
  const auto once = programs.start("once");
  TemporaryFolder folder;
  const auto again = programs.start("again", {{"x", folder.path() / "was-here"}});
  auto pids = programs.lines(once, kFamilySize);
  const auto others = programs.lines(again, kFamilySize + 1);
  pids.insert(pids.end(), others.begin(), others.end());
  programs.services.engine.process().signal(SIGTERM);
  EXPECT_EQ(programs.services.engine.process().wait(), 0);
  for (const auto& pid : pids) EXPECT_FALSE(is_alive(pid)) << pid;
  programs.services.engine.restart();
  EXPECT_EQ(programs.wait_for(once, "failed")["error"]["reason"], "INTERRUPTED");
  EXPECT_EQ(programs.wait_for(again, "succeeded")["attempt"], 2);
}

TEST(Programs, HaveNoMoreMemoryAndDescriptorsThanTheyMay) {
  const Programs programs(
      json::array({{{"type", "memory"},
                    {"command", {"python3", "-c", "print('begin', flush=True); x = bytearray(1 << 30); print(len(x))"}},
                    {"memory", "256MiB"}},
                   script("limits", "ulimit -n; ulimit -Hn", {{"descriptors", 20}}),
                   script("usual", "ulimit -n")}));
  const auto memory = programs.start("memory");
  EXPECT_EQ(programs.wait_for(memory, "failed")["error"],
            (json{{"reason", "EXIT_STATUS"}, {"message", "exit status 1: MemoryError"}}));
  EXPECT_THAT(programs.output(memory), StartsWith("begin\n"));
  const auto limits = programs.start("limits");
  programs.wait_for(limits, "succeeded");
  EXPECT_EQ(programs.output(limits), "20\n20\n");
  const auto usual = programs.start("usual");
  programs.wait_for(usual, "succeeded");
  EXPECT_LE(std::stoi(programs.output(usual)), 1024) << "old programs cannot do with more";
}

TEST(Programs, EndWhereTheirTimeIsOver) {
  const Programs programs(json::array({script("slow", kFamily, {{"timeLimit", "500ms"}})}));
  const auto id = programs.start("slow");
  EXPECT_EQ(programs.wait_for(id, "failed")["error"]["reason"], "TIME_LIMIT");
  EXPECT_TRUE(are_gone(programs.lines(id, 1)));
}

TEST(Programs, AreTriedAgainWhereTheFileSaysSo) {
  TemporaryFolder folder;
  const std::string text = "echo try; test -e \"$1\" && exit 0; touch \"$1\"; exit 7";
  const json retry = {{"attempts", 2}, {"backoff", "1ms"}};
  json other = retry;
  other["on"] = json::array({"SIGNAL"});
  const Programs programs(
      json::array({script("again", text, {{"retry", retry}}), script("once", text, {{"retry", other}})}));
  const auto again = programs.start("again", {{"x", folder.path() / "again"}});
  const auto ended = programs.wait_for(again, "succeeded");
  EXPECT_EQ(ended["attempt"], 2);
  EXPECT_EQ(ended["attempts"][0]["error"]["reason"], "EXIT_STATUS");
  EXPECT_EQ(get(programs.port(), programs.output_path(again) + "?attempt=1").body, "try\n");
  EXPECT_EQ(programs.output(again), "try\n") << "the last one";
  const auto once = programs.start("once", {{"x", folder.path() / "once"}});
  EXPECT_EQ(programs.wait_for(once, "failed")["attempt"], 1);
}

TEST(Programs, RunNoMoreAtATimeThanTheyMay) {
  const Gate gate;
  const Programs programs(json::array({script("one", "echo ready; read x < \"$1\"", {{"maxRunning", 1}})}));
  const auto first = programs.start("one", {{"x", gate.path()}});
  (void)programs.lines(first, 1);
  const auto second = programs.start("one", {{"x", gate.path()}});
  EXPECT_EQ(programs.task(second)["queuedBecause"], "LIMIT");
  gate.open();
  programs.wait_for(first, "succeeded");
  (void)programs.lines(second, 1);
  gate.open();
  programs.wait_for(second, "succeeded");
}

TEST(Programs, RunAsAnotherUser) {
  if (geteuid() != 0) GTEST_SKIP() << "it takes root to run programs as another user";
  const Programs programs(json::array(
      {script("who", "id -un; id -G; echo $USER $HOME; echo $(stat -c %U $NOTIFY_SOCKET $(dirname $NOTIFY_SOCKET))",
              {{"user", "nobody"}}),
       {{"type", "notify"},
        {"user", "nobody"},
        {"command",
         {"python3", "-c",
          "import os,socket\nsocket.socket(socket.AF_UNIX,socket.SOCK_DGRAM).sendto(b'STATUS=Indexing', "
          "os.environ['NOTIFY_SOCKET'])"}}},
       script("family", kFamily, {{"user", "nobody"}})}));
  const auto id = programs.start("who");
  programs.wait_for(id, "succeeded");
  EXPECT_THAT(programs.lines(id, 4),
              testing::ElementsAre("nobody", testing::Ne("0"), StartsWith("nobody /"), "nobody root"));
  EXPECT_EQ(programs.wait_for(programs.start("notify"), "succeeded")["message"], "Indexing");
  const auto family = programs.start("family");
  const auto pids = programs.lines(family, kFamilySize);
  programs.cancel(family);
  programs.wait_for(family, "cancelled");
  for (const auto& pid : pids) EXPECT_FALSE(is_alive(pid)) << pid;
}

TEST(Programs, AreToldOfWhereTheyWouldBeRoot) {
  if (geteuid() != 0) GTEST_SKIP() << "it takes root to run programs as root";
  Programs programs(json::array({script("first", "true"), script("second", "true", {{"user", "nobody"}})}));
  const auto line = programs.services.engine.process().wait_for_line("programs of --commands run as root");
  ASSERT_TRUE(line);
  EXPECT_THAT(*line, testing::EndsWith("give them a user: first"));
}

TEST(Programs, RunNoLongerAndNoMoreOftenThanTheFileSays) {
  const Programs programs(json::array(
      {script("bounded", "true", {{"timeLimit", "1m"}, {"retry", {{"attempts", 2}}}}), script("free", "true")}));
  const auto refused = [&](const std::string& type, const json& more) {
    json body = {{"type", type}};
    body.update(more);
    const auto answer = post(programs.port(), "/api/tasks/alice/start", body);
    return answer.status == 202 ? "" : answer.json()["reason"].get<std::string>();
  };
  EXPECT_EQ(refused("bounded", {{"timeLimitMs", 60'001}}), "INVALID_TIME_LIMIT");
  EXPECT_EQ(refused("bounded", {{"maxAttempts", 3}}), "INVALID_MAX_ATTEMPTS");
  EXPECT_EQ(refused("bounded", {{"timeLimitMs", 60'000}, {"maxAttempts", 2}}), "");
  EXPECT_EQ(refused("free", {{"timeLimitMs", 60'001}, {"maxAttempts", 3}}), "");
}

TEST(Programs, DoNotKeepTheEngineFromStoppingInOrder) {
  Programs programs(
      json::array({script("deaf", "trap '' TERM; echo ready; while :; do sleep 0.05; done", {{"grace", "24h"}})}));
  const auto id = programs.start("deaf");
  (void)programs.lines(id, 1);
  programs.services.engine.process().signal(SIGTERM);
  EXPECT_EQ(programs.services.engine.process().wait(), 0);
  programs.services.engine.restart();
  const auto failed = programs.wait_for(id, "failed");
  EXPECT_EQ(failed["error"]["reason"], "INTERRUPTED");
}

TEST(Programs, AreRefusedAtTheStartWhereTheyAreMissing) {
  const TypesFile file(json::array({{{"type", "gone"}, {"command", {"no-such-program"}}}}));
  const auto refused = run({program_path("taskwire-engine"), "--data-dir", file / "data", "--commands", file.path()});
  EXPECT_EQ(refused.status, 2);
  EXPECT_THAT(refused.output, HasSubstr("--commands: " + file.path() +
                                        ", line 5: types[0].command[0]: there is no program 'no-such-program'"));
  EXPECT_FALSE(std::filesystem::exists(file / "data"));
}

TEST(Programs, PrintMoreThanIsKept) {
  const Programs programs(json::array({script("flood",
                                              "i=0; while [ $i -lt 100 ]; do head -c 65536 /dev/zero | tr '\\0' x; "
                                              "echo; i=$((i+1)); done; echo last")}),
                          {"--retain-output", "1000000"});
  const auto id = programs.start("flood");
  programs.wait_for(id, "succeeded");
  const auto text = programs.output(id);
  EXPECT_LT(text.size(), 1'100'000U);
  EXPECT_THAT(text, testing::EndsWith("\nlast\n"));
}

TEST(Programs, AreAsInTheExample) {
  Services services({"--commands", TASKWIRE_COMMANDS_EXAMPLE});
  const auto started =
      post(services.edge.port(), "/api/tasks/alice/start",
           {{"type", "search"}, {"params", {{"text", "free software"}, {"most", 1}, {"files", {"GPL-2", "GPL-3"}}}}});
  ASSERT_EQ(started.status, 202) << started.body;
  const auto path = "/api/tasks/alice/" + started.json()["taskId"].get<std::string>();
  EXPECT_TRUE(eventually([&] { return get(services.edge.port(), path).json()["status"] == "succeeded"; }))
      << get(services.edge.port(), path).body;
  EXPECT_THAT(get(services.edge.port(), path + "/output").body, AllOf(HasSubstr("GPL-2:"), HasSubstr("GPL-3:")));
}

}  // namespace
}  // namespace taskwire::test
