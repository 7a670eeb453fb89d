#include "commands/launched.h"

#include <array>
#include <cerrno>
#include <csignal>
#include <fcntl.h>
#include <filesystem>
#include <spawn.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>
#include <utility>

#include "commands/launcher_words.h"
#include "commands/session.h"

namespace taskwire::engine {
namespace {

std::vector<char*> pointers(const std::vector<std::string>& texts) {
  std::vector<char*> out;
  for (const auto& text : texts) out.push_back(const_cast<char*>(text.c_str()));  // NOLINT: exec changes nothing
  out.push_back(nullptr);
  return out;
}

std::string identity(const std::optional<SystemUser>& user) {
  if (!user || geteuid() != 0) return "";  // only root becomes another
  std::string text = std::to_string(user->id) + ":" + std::to_string(user->group);
  for (std::size_t i = 0; i < user->groups.size(); ++i) text += (i == 0 ? ":" : ",") + std::to_string(user->groups[i]);
  return text;
}

/// A file in memory from which the launcher reads `variables`; an errno.
tl::expected<Descriptor, int> file_of(const std::vector<std::string>& variables) {
  std::string bytes;
  for (const auto& variable : variables) bytes.append(variable).push_back('\0');
  const Descriptor made(memfd_create("taskwire-variables", MFD_CLOEXEC));
  if (!made || !write_all(made.get(), bytes) || lseek(made.get(), 0, SEEK_SET) != 0) return tl::unexpected(errno);
  // Out of the way of those that the launcher is given.
  Descriptor file(fcntl(made.get(), F_DUPFD_CLOEXEC, kLauncherVariables + 1));
  if (!file) return tl::unexpected(errno);
  return file;
}

std::string name_of(LaunchStep step, const Command& command) {
  switch (step) {
    case LaunchStep::memory:
      return "memory of " + std::to_string(command.memory) + " bytes";
    case LaunchStep::descriptors:
      return std::to_string(command.descriptors) + " descriptors";
    case LaunchStep::user:
      return "user '" + (command.user ? command.user->name : "") + "'";
    case LaunchStep::folder:
      return "folder '" + command.folder + "'";
    case LaunchStep::program:
      return "program '" + command.program + "'";
    case LaunchStep::children:
      return "its launcher's list of children in /proc";
    case LaunchStep::launcher:
      break;
  }
  return launcher_path();
}

/// What posix_spawn(3) is told: descriptors as they are to be, a session of its own, and no signals as we have them.
class Spawning {
 public:
  Spawning(int out, int err, int socket, int variables) {
    posix_spawn_file_actions_init(&files_);
    posix_spawn_file_actions_addopen(&files_, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
    posix_spawn_file_actions_adddup2(&files_, out, STDOUT_FILENO);
    posix_spawn_file_actions_adddup2(&files_, err, STDERR_FILENO);
    posix_spawn_file_actions_adddup2(&files_, socket, kLauncherSocket);
    posix_spawn_file_actions_adddup2(&files_, variables, kLauncherVariables);
    posix_spawnattr_init(&attributes_);
    sigset_t all;
    sigset_t none;
    sigfillset(&all);
    sigemptyset(&none);
    posix_spawnattr_setsigdefault(&attributes_, &all);
    posix_spawnattr_setsigmask(&attributes_, &none);
    posix_spawnattr_setflags(&attributes_, POSIX_SPAWN_SETSID | POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETSIGMASK);
  }
  ~Spawning() {
    posix_spawnattr_destroy(&attributes_);
    posix_spawn_file_actions_destroy(&files_);
  }
  Spawning(const Spawning&) = delete;
  Spawning& operator=(const Spawning&) = delete;

  /// An errno, or 0. The launcher has no environment: it may be root's, and variables say what code it runs.
  int start(const std::vector<std::string>& words, pid_t& pid) const {
    char* none = nullptr;
    return posix_spawn(&pid, words[0].c_str(), &files_, &attributes_, pointers(words).data(), &none);
  }

 private:
  posix_spawn_file_actions_t files_{};
  posix_spawnattr_t attributes_{};
};

}  // namespace

std::string launcher_path() {
  std::error_code error;
  return std::filesystem::read_symlink("/proc/self/exe", error).parent_path() / "taskwire-launcher";
}

tl::expected<Launched, int> Launched::start(const Command& command, const std::vector<std::string>& words,
                                            const std::vector<std::string>& environment) {
  std::array<int, 2> ends{};
  if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends.data()) != 0) return tl::unexpected(errno);
  Descriptor socket(ends[0]);
  const Descriptor other(ends[1]);
  const auto variables = file_of(environment);
  if (!variables) return tl::unexpected(variables.error());
  auto out = Pipe::make(Pipe::kRoomy);
  auto err = Pipe::make(Pipe::kRoomy);
  fcntl(out.read_end.get(), F_SETFL, O_NONBLOCK);
  fcntl(err.read_end.get(), F_SETFL, O_NONBLOCK);
  std::vector<std::string> all = {launcher_path(),
                                  command.folder,
                                  identity(command.user),
                                  std::to_string(command.memory),
                                  std::to_string(command.descriptors),
                                  command.program};
  all.insert(all.end(), words.begin(), words.end());
  pid_t pid = -1;
  const Spawning spawning(out.write_end.get(), err.write_end.get(), other.get(), variables->get());
  if (const int error = spawning.start(all, pid); error != 0) return tl::unexpected(error);
  return Launched(command, std::move(out.read_end), std::move(err.read_end), std::move(socket), pid);
}

Launched::Launched(const Command& command, Descriptor out, Descriptor err, Descriptor socket, pid_t launcher)
    : command_(command), out_(std::move(out)), err_(std::move(err)), socket_(std::move(socket)), launcher_(launcher) {}

Launched::Launched(Launched&& other) noexcept
    : command_(other.command_),
      out_(std::move(other.out_)),
      err_(std::move(other.err_)),
      socket_(std::move(other.socket_)),
      launcher_(std::exchange(other.launcher_, -1)) {}

Launched::~Launched() {
  if (launcher_ < 0) return;
  socket_.close();
  siginfo_t end{};
  while (waitid(P_PID, static_cast<id_t>(launcher_), &end, WEXITED | WNOWAIT) < 0 && errno == EINTR) {
  }
  // Somebody killed it, so its work is left. Until it is waited for, its number is that of its session.
  if (end.si_code != CLD_EXITED) end_session(launcher_);
  waitpid(launcher_, nullptr, 0);
}

void Launched::signal(int number) const {
  const LauncherOrder order{number};
  send(socket_.get(), &order, sizeof order, MSG_NOSIGNAL | MSG_DONTWAIT);
}

std::optional<Ending> Launched::take_end() const {
  LauncherNews news;
  const auto got = recv(socket_.get(), &news, sizeof news, MSG_DONTWAIT);
  if (got < 0 && (errno == EINTR || errno == EAGAIN)) return std::nullopt;
  Ending ending;
  if (got != sizeof news) {
    ending.status = SIGKILL;  // somebody killed the launcher, and the program with it
  } else if (news.what == LauncherNews::What::ended) {
    ending.status = news.value;
  } else {
    ending.cannot_start = news.value;
    ending.lacking = name_of(news.step, command_);
  }
  return ending;
}

}  // namespace taskwire::engine
