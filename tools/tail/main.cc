#include "tail/program.h"
#include "tail/settings.h"

int main(int argc, char** argv) {
  using namespace taskwire::tail;
  Settings settings;
  if (const auto status = parse_command_line(argc, argv, settings)) return *status;
  return static_cast<int>(run(settings));
}
