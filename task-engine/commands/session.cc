#include "commands/session.h"

#include <algorithm>
#include <chrono>
#include <csignal>
#include <filesystem>
#include <sstream>
#include <string>
#include <sys/syscall.h>
#include <thread>
#include <unistd.h>

#include "program/descriptor.h"
#include "program/process_stat.h"
#include "resume/ascii.h"

namespace taskwire::engine {
namespace {

namespace fs = std::filesystem;

/// That of a process that has not ended; else 0.
pid_t session_of(pid_t process) {
  std::istringstream fields(process_stat(process));
  char state = 'X';
  pid_t parent = 0;
  pid_t group = 0;
  pid_t session = 0;
  fields >> state >> parent >> group >> session;
  return state == 'Z' || state == 'X' ? 0 : session;
}

/// Whether there was one.
bool kill_all(pid_t session) {
  bool found = false;
  std::error_code error;
  for (fs::directory_iterator all("/proc", error); !error && all != fs::directory_iterator(); all.increment(error)) {
    const auto name = all->path().filename().string();
    if (!std::all_of(name.begin(), name.end(), is_digit)) continue;
    const auto pid = static_cast<pid_t>(std::stoi(name));
    if (session_of(pid) != session) continue;
    const Descriptor process(static_cast<int>(syscall(SYS_pidfd_open, pid, 0)));
    // Its number may have become another's before it was held.
    if (!process || session_of(pid) != session) continue;
    found = true;
    syscall(SYS_pidfd_send_signal, process.get(), SIGKILL, nullptr, 0);
  }
  return found;
}

}  // namespace

void end_session(pid_t leader) {
  constexpr std::chrono::seconds kPatience{5};
  constexpr std::chrono::milliseconds kLook{5};
  const auto until = std::chrono::steady_clock::now() + kPatience;
  while (kill_all(leader) && std::chrono::steady_clock::now() < until) std::this_thread::sleep_for(kLook);
}

}  // namespace taskwire::engine
