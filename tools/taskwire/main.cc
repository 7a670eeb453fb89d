#include <exception>
#include <iostream>
#include <string>
#include <string_view>
#include <vector>

#include "program/descriptor.h"
#include "taskwire/commands.h"
#include "taskwire/exit_status.h"
#include "taskwire/note.h"

int main(int argc, char** argv) {
  using namespace taskwire::cli;
  taskwire::open_standard_descriptors();
  const std::vector<std::string> words(argv + 1, argv + argc);
  if (words.empty()) {
    std::cerr << help_text();
    return kUsage;
  }
  const auto& word = words[0];
  if (word == "--help" || word == "-h" || word == "help") {
    std::cout << help_text();
    return kOk;
  }
  if (word == "--version") {
    std::cout << "taskwire " TASKWIRE_VERSION "\n";
    return kOk;
  }
  const auto* const command = command_named(word);
  if (command == nullptr) return mistake("", "there is no command '" + word + "'");
  try {
    return command->run({words.begin() + 1, words.end()});
  } catch (const std::exception& error) {
    note(error.what());
    return kFailed;
  }
}
