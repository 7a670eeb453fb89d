#include "commands/command_run.h"

#include <fcntl.h>
#include <filesystem>
#include <fstream>
#include <gtest/gtest.h>
#include <signal.h>
#include <sstream>
#include <sys/file.h>
#include <thread>

#include "commands/command_file.h"
#include "commands/command_type.h"
#include "commands/system.h"
#include "engine/support/temp_dir.h"
#include "engine/support/test_log.h"
#include "engine/support/wait.h"
#include "program/process_stat.h"
#include "tasks/running_attempt.h"
#include "tasks/struct_json.h"

namespace taskwire::engine {
namespace {

using google::protobuf::Struct;

constexpr auto kTask = "k3v7qm2xw5ta";

/// A program as the attempt of a task that runs.
class CommandRunTest : public testing::Test {
 protected:
  CommandRunTest() {
    task.set_task_id(kTask);
    task.set_user_id("alice");
    task.set_state(v1::TASK_STATE_RUNNING);
    task.set_attempt(1);
    log.commit([&](Transaction& transaction) { transaction.put_task(task); });
    log.log->start();
    const auto write = [this](const v1::Progress& progress, const std::function<void(bool)>& written) {
      reports.put(progress);
      written(true);
    };
    attempt.begin(task, std::make_shared<Reporter>(log.clock, log.clock, std::chrono::milliseconds(0), write), nullptr);
  }

  static Command shell(const std::string& script) {
    Command command;
    command.type = "a";
    command.program = "/bin/sh";
    command.environment = {"PATH=/usr/bin:/bin"};
    command.grace = std::chrono::milliseconds(200);
    for (const auto& word : {std::string("sh"), std::string("-c"), script})
      command.arguments.push_back({.parts = {{word, false}}});
    return command;
  }
  static Command python(const std::string& script) {
    auto command = shell(script);
    command.program = "/usr/bin/python3";
    return command;
  }
  Result<Struct> run(const Command& command) {
    return CommandRun(command, {*log.log, *output, {}}, attempt).run(task.params());
  }
  /// As the engine does it.
  Result<Struct> run_as_type(const Command& command) {
    return CommandType(command, {*log.log, *output, {}}).run(attempt);
  }
  /// Runs it on a thread of its own; the answer comes to `ended`.
  void begin(const Command& command) {
    thread = std::thread([this, command] { ended.put(run(command)); });
  }
  ~CommandRunTest() override {
    if (thread.joinable()) thread.join();
    reads.stop();
    output->stop();
    log.log->stop();
  }
  /// Whole lines; a shell tells of children that a signal ended on standard error.
  [[nodiscard]] std::string printed(v1::OutputStream stream = v1::OUTPUT_STREAM_STDOUT) const {
    std::string text;
    const auto reader = *log.log->read();
    reader->output(kTask, 1, 0, [&](const OutputPiece& piece) {
      if (piece.stream == stream) text += piece.text;
      return true;
    });
    return text;
  }

  TestLog log;
  StoreReads reads{*log.log, {.threads = 1}};
  std::shared_ptr<OutputReads> output = OutputReads::of({reads, log.clock, log.clock});
  v1::Task task;
  RunningAttempt attempt;
  Inbox<v1::Progress> reports;
  Inbox<Result<Struct>> ended;
  std::thread thread;
};

TEST_F(CommandRunTest, KeepsWhatIsPrintedAndAnswersTheResult) {
  const auto result = run(shell(R"(echo one; echo oh >&2; echo '{"files":12}')"));
  ASSERT_TRUE(result) << result.error().message;
  EXPECT_EQ(to_json(*result), R"({"files":12})");
  EXPECT_EQ(printed(), "one\n{\"files\":12}\n");
  EXPECT_EQ(printed(v1::OUTPUT_STREAM_STDERR), "oh\n");
}

TEST_F(CommandRunTest, SaysHowItFailed) {
  EXPECT_EQ(run(shell("echo fine; echo 'disk full' >&2; exit 3")).error(),
            (Error{Reason::exit_status, "exit status 3: disk full"}));
  EXPECT_EQ(run(shell("kill -SEGV $$")).error(), (Error{Reason::signal, "ended by SIGSEGV"}));
}

TEST_F(CommandRunTest, SaysWhyItCannotStart) {
  auto command = shell("true");
  command.folder = "/nope";
  EXPECT_EQ(run(command).error(),
            (Error{Reason::cannot_start, "cannot be started: folder '/nope': No such file or directory"}));
  command = shell("true");
  command.program = "/etc/passwd";
  EXPECT_EQ(run(command).error(),
            (Error{Reason::cannot_start, "cannot be started: program '/etc/passwd': Permission denied"}));
  command = shell("true");
  command.descriptors = std::uint64_t{1} << 40;
  EXPECT_EQ(run(command).error(),
            (Error{Reason::cannot_start, "cannot be started: 1099511627776 descriptors: Operation not permitted"}));
}

TEST_F(CommandRunTest, ChecksParamsAgain) {
  auto command = shell("echo ran $0");
  command.arguments.push_back(*parse_argument("{x}"));
  command.params = R"({"type":"object","required":["x"],"properties":{"x":{"type":"string"}}})";
  EXPECT_EQ(run_as_type(command).error(), (Error{Reason::invalid_params, "params.x is required; add it"}));
  EXPECT_EQ(printed(), "");
  command.params = R"({"type":"object","properties":{"x":{"type":"string","default":"y"}}})";
  EXPECT_TRUE(run_as_type(command));
  EXPECT_EQ(printed(), "ran y\n");
}

TEST_F(CommandRunTest, GivesItsVariablesToTheProgramAlone) {
  auto command = shell(
      "echo $SECRET; tr '\\0' '\\n' < /proc/$PPID/environ; "
      "tr '\\0' '\\n' < /proc/$PPID/cmdline | grep -c x[y]z || true");
  command.environment.emplace_back("SECRET=xyz");
  command.environment.emplace_back("BIG=" + std::string(100'000, 'x'));
  EXPECT_TRUE(run(command));
  EXPECT_EQ(printed(), "xyz\n0\n") << "not to the launcher, which may be root's, and not to who lists processes";
}

TEST_F(CommandRunTest, LetsAnotherUserOpenWhereItPrints) {
  if (geteuid() != 0) GTEST_SKIP() << "it takes root to run programs as another user";
  auto command = shell("echo one > /dev/stdout; echo two > /dev/stderr; id -un");
  command.user = *find_user("nobody");
  ASSERT_TRUE(run(command)) << printed(v1::OUTPUT_STREAM_STDERR);
  EXPECT_EQ(printed(), "one\nnobody\n");
  EXPECT_EQ(printed(v1::OUTPUT_STREAM_STDERR), "two\n");
}

TEST_F(CommandRunTest, ReportsProgressAsAWhole) {
  ASSERT_TRUE(run(shell(R"(echo '{"progress":40,"stage":"Copying","done":3,"total":12}')")));
  std::optional<v1::Progress> last;
  while (!reports.empty()) last = reports.take();
  ASSERT_TRUE(last);
  EXPECT_EQ(last->percent(), 40);
  EXPECT_EQ(last->stage(), "Copying");
  EXPECT_EQ(last->done(), 3);
}

TEST_F(CommandRunTest, StopsWithTheAttempt) {
  begin(shell("trap 'echo bye; exit 1' TERM; echo ready; while :; do sleep 0.05; done"));
  ASSERT_TRUE(comes_true([&] { return printed() == "ready\n"; }));
  attempt.stop(StopReason::cancelled);
  EXPECT_EQ(ended.take()->error().reason, Reason::cancelled);
  EXPECT_EQ(printed(), "ready\nbye\n");
}

TEST_F(CommandRunTest, KillsWhatDoesNotStop) {
  begin(shell("trap '' TERM; echo ready; while :; do sleep 0.05; done"));
  ASSERT_TRUE(comes_true([&] { return printed() == "ready\n"; }));
  attempt.stop(StopReason::time_limit);
  EXPECT_EQ(ended.take()->error().reason, Reason::cancelled);
}

TEST_F(CommandRunTest, StopsAProgramThatWentIntoAnotherGroup) {
  auto command = python(
      "import os, signal, sys, time\n"
      "os.setpgid(0, os.getpgid(os.getppid()))\n"
      "signal.signal(signal.SIGTERM, lambda *_: sys.exit('bye'))\n"
      "print('ready', flush=True)\n"
      "while True: time.sleep(0.05)");
  command.grace = std::chrono::minutes(1);
  begin(command);
  ASSERT_TRUE(comes_true([&] { return printed() == "ready\n"; }));
  attempt.stop(StopReason::cancelled);
  EXPECT_EQ(ended.take()->error().reason, Reason::cancelled);
  EXPECT_EQ(printed(v1::OUTPUT_STREAM_STDERR), "bye\n");
}

TEST_F(CommandRunTest, HasLittleTimeWhereTheEngineStops) {
  auto command = shell("trap '' TERM; echo ready; while :; do sleep 0.05; done");
  command.grace = std::chrono::hours(1);
  command.grace_of_engine = std::chrono::milliseconds(200);
  begin(command);
  ASSERT_TRUE(comes_true([&] { return printed() == "ready\n"; }));
  attempt.stop(StopReason::cancelled);
  EXPECT_TRUE(ended.empty());
  attempt.stop(StopReason::shutting_down);
  EXPECT_EQ(ended.take()->error().reason, Reason::cancelled) << "whatever it was to stop for before";
}

TEST_F(CommandRunTest, StopsAProgramWhoseStartHangs) {
  // Who opens the file waits for this lease for 45 s, and we are told by a signal.
  static std::atomic<bool> does_somebody_wait;
  does_somebody_wait = false;
  struct sigaction told {};
  told.sa_flags = SA_RESTART;
  told.sa_handler = [](int) { does_somebody_wait = true; };
  struct sigaction before {};
  sigaction(SIGURG, &told, &before);
  const TempDir dir;
  const auto program = dir / "program";
  std::ofstream(program) << "#!/bin/sh\n";
  std::filesystem::permissions(program, std::filesystem::perms::owner_all);
  const Descriptor lease(open(program.c_str(), O_RDONLY | O_CLOEXEC));
  fcntl(lease.get(), F_SETSIG, SIGURG);
  if (fcntl(lease.get(), F_SETLEASE, F_WRLCK) != 0) {
    sigaction(SIGURG, &before, nullptr);
    GTEST_SKIP() << "there are no leases here";
  }
  auto command = shell("");
  command.program = program;
  begin(command);
  EXPECT_TRUE(comes_true([] { return does_somebody_wait.load(); }));
  attempt.stop(StopReason::cancelled);
  const auto end = ended.take();
  sigaction(SIGURG, &before, nullptr);
  ASSERT_TRUE(end);
  EXPECT_EQ(end->error().reason, Reason::cancelled);
}

TEST_F(CommandRunTest, GivesTheRestOfTheGroupAsMuchTime) {
  // The shell itself ends at once; what it started takes its time.
  auto command = shell("(trap 'sleep 0.3; echo bye; exit' TERM; echo ready; while :; do sleep 0.05; done) & wait");
  command.grace = std::chrono::minutes(1);
  begin(command);
  ASSERT_TRUE(comes_true([&] { return printed() == "ready\n"; }));
  attempt.stop(StopReason::cancelled);
  EXPECT_EQ(ended.take()->error().reason, Reason::cancelled);
  EXPECT_EQ(printed(), "ready\nbye\n");
}

TEST_F(CommandRunTest, LeavesNothingBehind) {
  const auto result = run(shell("sleep 1000 & echo $!; setsid sleep 1000 & echo $!"));
  ASSERT_TRUE(result);
  std::istringstream pids(printed());
  for (pid_t pid = 0; pids >> pid;) EXPECT_EQ(kill(pid, 0), -1) << pid;
}

TEST_F(CommandRunTest, FindsWhatMovesOnWhileItIsKilled) {
  // Each of a long line of processes leaves the next one behind, while many others have to be waited for. All share the
  // lock.
  const TempDir dir;
  const auto command = python(
      "import fcntl, os, sys, time\n"
      "lock = open('" +
      dir / "lock" +
      "', 'w')\n"
      "fcntl.flock(lock, fcntl.LOCK_EX)\n"
      "for _ in range(200):\n"
      "  if os.fork() == 0: time.sleep(1000)\n"
      "if os.fork() > 0: os._exit(0)\n"
      "for _ in range(5000):\n"
      "  os.setsid()\n"
      "  if os.fork() > 0: os._exit(0)\n"
      "time.sleep(1000)");
  for (int i = 0; i < 5; ++i) {
    ASSERT_TRUE(run(command)) << i;
    const Descriptor lock(open((dir / "lock").c_str(), O_RDONLY | O_CLOEXEC));
    ASSERT_EQ(flock(lock.get(), LOCK_EX | LOCK_NB), 0) << i;
  }
}

TEST_F(CommandRunTest, EndsTheSessionWhereTheLauncherWasKilled) {
  begin(shell("(trap '' TERM HUP; exec sleep 1000) & echo $PPID $!; while :; do sleep 0.05; done"));
  ASSERT_TRUE(comes_true([&] { return !printed().empty(); }));
  std::istringstream pids(printed());
  pid_t launcher = 0;
  pid_t child = 0;
  pids >> launcher >> child;
  kill(launcher, SIGKILL);
  EXPECT_EQ(ended.take()->error(), (Error{Reason::signal, "ended by SIGKILL"}));
  const auto stat = process_stat(child);
  EXPECT_TRUE(stat.empty() || stat[0] == 'Z') << stat;
}

TEST_F(CommandRunTest, WritesAgainWhatCouldNotBeWritten) {
  log.failing->fail_before = true;
  begin(shell("echo one; echo two"));
  ASSERT_TRUE(comes_true([&] { return log.failing->commits >= 2; }));
  EXPECT_EQ(printed(), "");
  log.failing->fail_before = false;
  EXPECT_TRUE(*ended.take());
  EXPECT_EQ(printed(), "one\ntwo\n");
}

TEST_F(CommandRunTest, WritesNothingTwiceWhereItWasWrittenAfterAll) {
  log.failing->fail_after = true;
  begin(shell("echo one"));
  ASSERT_TRUE(comes_true([&] { return log.failing->commits >= 2; }));
  log.failing->fail_after = false;
  EXPECT_TRUE(*ended.take());
  EXPECT_EQ(printed(), "one\n");
}

TEST_F(CommandRunTest, DoesNotHoldUpAnEngineThatStops) {
  log.failing->fail_before = true;
  begin(shell("echo one; while :; do sleep 0.05; done"));
  ASSERT_TRUE(comes_true([&] { return log.failing->commits >= 2; }));
  attempt.stop(StopReason::shutting_down);
  EXPECT_EQ(ended.take()->error().reason, Reason::cancelled);
}

TEST_F(CommandRunTest, DropsTheOutputOfAnAttemptThatIsOver) {
  auto over = task;
  over.set_attempt(2);
  const auto cursor = std::make_shared<Inbox<bool>>();
  log.log->write<bool>(
      EventLog::Writer::engine, 0,
      [over](Transaction& transaction) mutable -> Result<bool> {
        transaction.put_task(over);
        return true;
      },
      [cursor](const Result<bool>& written) { cursor->put(written.has_value()); });
  ASSERT_TRUE(cursor->take().value_or(false));
  EXPECT_TRUE(run(shell("echo late")));
  EXPECT_EQ(printed(), "");
}

}  // namespace
}  // namespace taskwire::engine
