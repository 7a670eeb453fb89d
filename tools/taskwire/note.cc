#include "taskwire/note.h"

#include <iostream>

#include "taskwire/exit_status.h"

namespace taskwire::cli {

void note(const std::string& text) {
  std::string line = "taskwire: ";
  for (const char c : text) {  // nothing of it that a terminal would obey
    line += (c >= ' ' && c != '\x7F') || c == '\t' ? c : ' ';
  }
  std::cerr << line + "\n" << std::flush;
}

int mistake(const std::string& command, const std::string& what) {
  note(what + " (see taskwire " + command + (command.empty() ? "--help)" : " --help)"));
  return kUsage;
}

}  // namespace taskwire::cli
