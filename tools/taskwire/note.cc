#include "taskwire/note.h"

#include <iostream>

#include "tail/text.h"
#include "taskwire/exit_status.h"

namespace taskwire::cli {

void note(const std::string& text) {
  std::cerr << "taskwire: " + tail::printable(text) + "\n" << std::flush;
}

int mistake(const std::string& command, const std::string& what) {
  note(what + " (see taskwire " + command + (command.empty() ? "--help)" : " --help)"));
  return kUsage;
}

}  // namespace taskwire::cli
