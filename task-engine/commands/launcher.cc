// Runs one program for the engine, and sees to it that nothing of it is left: not when it ends, not when the engine
// does, whatever becomes of either. It is alone in its session, and what the program leaves behind comes back to it.
#include <algorithm>
#include <array>
#include <cerrno>
#include <csignal>
#include <cstdlib>
#include <fcntl.h>
#include <grp.h>
#include <optional>
#include <poll.h>
#include <string_view>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <unistd.h>

#include "commands/launcher_program.h"
#include "commands/launcher_task.h"
#include "commands/launcher_words.h"

namespace taskwire::engine {
namespace {

constexpr int kUsage = 2;
constexpr int kNotStarted = 127;
constexpr int kLook = 20;  // ms, while something is to end that says nothing when it does
constexpr rlim_t kUsualDescriptors = 1024;

/// Why the program does not run.
struct Failed {
  LaunchStep step;
  int error;
};

bool set_limit(__rlimit_resource what, std::uint64_t most) {
  const rlimit limit{most, most};
  return setrlimit(what, &limit) == 0;
}

bool set_descriptors(std::uint64_t most) {
  if (most > 0) return set_limit(RLIMIT_NOFILE, most);
  rlimit limit{};  // the engine raised its own, and old programs cannot do with so many
  getrlimit(RLIMIT_NOFILE, &limit);
  limit.rlim_cur = std::min(kUsualDescriptors, limit.rlim_max);
  return setrlimit(RLIMIT_NOFILE, &limit) == 0;
}

bool become_user(const LauncherTask::Identity& identity) {
  // So that it can open /dev/stdout and /dev/stderr; it prints without that, too.
  for (const int fd : {STDOUT_FILENO, STDERR_FILENO}) {
    if (fchown(fd, identity.user, identity.group) != 0) break;
  }
  return setgroups(identity.groups.size(), identity.groups.data()) == 0 &&
         setresgid(identity.group, identity.group, identity.group) == 0 &&
         setresuid(identity.user, identity.user, identity.user) == 0;
}

/// Nothing where all went well.
std::optional<LaunchStep> prepare(const LauncherTask& task) {
  if (task.memory > 0 && !set_limit(RLIMIT_DATA, task.memory)) return LaunchStep::memory;
  if (!set_descriptors(task.descriptors)) return LaunchStep::descriptors;
  if (task.identity && !become_user(*task.identity)) return LaunchStep::user;
  if (prctl(PR_SET_PDEATHSIG, SIGKILL) != 0) return LaunchStep::launcher;
  if (chdir(task.folder) != 0) return LaunchStep::folder;
  return std::nullopt;
}

/// In the child. Tells where it fails.
[[noreturn]] void become_program(LauncherTask& task, const sigset_t& mask, pid_t launcher, int failure) {
  setpgid(0, 0);
  const auto environment = task.environment();
  const auto step = prepare(task);
  const int error = errno;
  if (getppid() != launcher) _exit(kNotStarted);
  Failed failed{step.value_or(LaunchStep::program), error};
  if (!step) {
    sigprocmask(SIG_SETMASK, &mask, nullptr);
    execve(task.program, task.arguments, environment.data());
    failed.error = errno;
  }
  if (write(failure, &failed, sizeof failed) < 0) _exit(kNotStarted);
  _exit(kNotStarted);
}

void tell(const LauncherNews& news) {
  send(kLauncherSocket, &news, sizeof news, MSG_NOSIGNAL);
}

int not_started(const Failed& failed) {
  tell({LauncherNews::What::cannot_start, failed.error, failed.step});
  return kNotStarted;
}

/// Until the program has ended, or all is to end.
void attend(const LauncherProgram& program, int children_end) {
  for (bool is_stopping = false;;) {
    const bool has_ended = program.has_ended();
    // Asked to stop, the rest of its process group has as much time as the program.
    if (has_ended && !(is_stopping && program.has_company())) return;
    std::array<pollfd, 2> waits = {pollfd{kLauncherSocket, POLLIN, 0}, pollfd{children_end, POLLIN, 0}};
    poll(waits.data(), waits.size(), has_ended ? kLook : -1);
    signalfd_siginfo signal{};
    if (waits[1].revents != 0 && read(children_end, &signal, sizeof signal) > 0) program.reap_others();
    if (waits[0].revents == 0) continue;
    LauncherOrder order;
    const auto got = recv(kLauncherSocket, &order, sizeof order, MSG_DONTWAIT);
    if (got < 0 && (errno == EINTR || errno == EAGAIN)) continue;
    if (got != sizeof order || order.signal == SIGKILL) return;  // the engine has gone, or has no more patience
    program.signal(order.signal);
    is_stopping = true;
  }
}

int launch(LauncherTask& task) {
  close_range(kLauncherVariables, ~0U, 0);  // they have been read
  fcntl(kLauncherSocket, F_SETFD, FD_CLOEXEC);
  prctl(PR_SET_CHILD_SUBREAPER, 1);
  sigset_t all;
  sigset_t before;
  sigset_t children_end;
  sigfillset(&all);
  sigprocmask(SIG_SETMASK, &all, &before);  // only the engine ends it, or SIGKILL
  sigemptyset(&children_end);
  sigaddset(&children_end, SIGCHLD);
  const int news = signalfd(-1, &children_end, SFD_CLOEXEC | SFD_NONBLOCK);
  std::array<int, 2> failure{};
  if (news < 0 || pipe2(failure.data(), O_CLOEXEC | O_NONBLOCK) != 0) return not_started({LaunchStep::launcher, errno});
  const LauncherChildren children;
  if (!children.are_known()) return not_started({LaunchStep::children, errno});
  const pid_t launcher = getpid();
  const pid_t pid = fork();
  if (pid == 0) become_program(task, before, launcher, failure[1]);
  if (pid < 0) return not_started({LaunchStep::launcher, errno});
  setpgid(pid, pid);  // whichever of us is first
  const int nowhere = open("/dev/null", O_RDWR | O_CLOEXEC);
  for (int fd = STDIN_FILENO; fd <= STDERR_FILENO; ++fd) dup2(nowhere, fd);  // the program's are the program's
  const LauncherProgram program(pid, children);
  attend(program, news);  // also while it starts: what it is read from may hang
  const int status = program.end_all(children_end);
  Failed failed{};
  if (read(failure[0], &failed, sizeof failed) == sizeof failed) return not_started(failed);
  tell({LauncherNews::What::ended, status, {}});
  return EXIT_SUCCESS;
}

}  // namespace
}  // namespace taskwire::engine

int main(int argc, char** argv) {
  using namespace taskwire::engine;
  const bool is_engine = fcntl(kLauncherSocket, F_GETFD) >= 0 && fcntl(kLauncherVariables, F_GETFD) >= 0;
  if (argc <= static_cast<int>(LauncherWord::arguments) || !is_engine) {
    constexpr std::string_view kText =
        "taskwire-launcher: taskwire-engine starts this for each program of --commands\n";
    return write(STDERR_FILENO, kText.data(), kText.size()) < 0 ? EXIT_FAILURE : kUsage;
  }
  auto task = read_task(argv);
  _exit(task ? launch(*task) : not_started({LaunchStep::launcher, errno}));
}
