#include "taskwire/untold.h"

#include <cerrno>
#include <cstring>
#include <unistd.h>

#include "program/ending.h"
#include "taskwire/note.h"

namespace taskwire::cli {

int run_untold(const std::vector<std::string>& command, const std::string& why) {
  note(why + "; the command runs, and nobody is told of it");
  std::vector<char*> words;
  for (const auto& word : command) words.push_back(const_cast<char*>(word.c_str()));  // NOLINT: exec changes nothing
  words.push_back(nullptr);
  execvp(words[0], words.data());
  Ending ending;
  ending.cannot_start = errno;
  note("cannot run '" + command[0] + "': " + std::strerror(ending.cannot_start));
  return ending.exit_status();
}

}  // namespace taskwire::cli
