#include "load/runs.h"

#include "support/process.h"
#include "support/services.h"

namespace taskwire::test {

double Measured::figure(const std::string& key) const {
  return json.is_object() ? json["figures"].value(key, -1.0) : -1.0;
}

std::string Measured::faults() const {
  if (!json.is_object()) return "none were told: " + output;
  std::string text;
  for (const auto* const name : {"missing", "repeated", "reordered", "foreign", "cut"})
    text += (text.empty() ? "" : " ") + std::to_string(json["faults"].value(name, -1));
  return text;
}

Measured bench(std::vector<std::string> arguments) {
  arguments.insert(arguments.begin(), program_path("taskwire-bench"));
  arguments.emplace_back("--json");
  auto ran = run(std::move(arguments));
  Measured measured{.status = ran.status, .output = std::move(ran.output)};
  if (const auto start = measured.output.find('{'); start != std::string::npos)
    measured.json = nlohmann::json::parse(measured.output.substr(start), nullptr, false);
  return measured;
}

}  // namespace taskwire::test
