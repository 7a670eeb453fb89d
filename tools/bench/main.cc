#include <exception>
#include <iostream>

#include "bench/bench.h"
#include "bench/report.h"
#include "bench/scenarios.h"
#include "bench/settings.h"

int main(int argc, char** argv) {
  using namespace taskwire::bench;
  Settings settings;
  if (const auto status = parse_command_line(argc, argv, settings)) return *status;
  try {
    Bench bench(settings);
    const auto report = run_scenario(bench);
    std::cout << (settings.is_json ? to_json(report, settings) + '\n' : to_text(report, settings));
    return static_cast<int>(verdict(report));
  } catch (const Failure& failure) {
    std::cerr << "taskwire-bench: " << failure.what() << '\n';
    return static_cast<int>(failure.status());
  } catch (const std::exception& error) {
    std::cerr << "taskwire-bench: " << error.what() << '\n';
    return static_cast<int>(ExitStatus::refused);
  }
}
