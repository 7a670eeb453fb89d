// Debian's Prometheus, set up as tools/grafana says, and every question of the dashboard.
#include <cmath>
#include <filesystem>
#include <fstream>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>
#include <sstream>
#include <string>
#include <vector>

#include "client/url.h"
#include "e2e/samples.h"
#include "support/http.h"
#include "support/process.h"
#include "support/services.h"

namespace taskwire::test {
namespace {

using nlohmann::json;

std::string read_file(const std::filesystem::path& path) {
  std::ostringstream text;
  text << std::ifstream(path).rdbuf();
  return text.str();
}

void replace_all(std::string& text, const std::string& from, const std::string& to) {
  std::size_t count = 0;
  for (auto at = text.find(from); at != std::string::npos; at = text.find(from, at + to.size()), ++count)
    text.replace(at, from.size(), to);
  EXPECT_GT(count, 0U) << from << " is not in " << text;
}

/// The expressions of all panels of the dashboard.
void add_expressions(const json& panels, std::vector<std::string>& found) {
  for (const auto& panel : panels) {
    for (const auto& target : panel.value("targets", json::array())) found.push_back(target["expr"]);
    add_expressions(panel.value("panels", json::array()), found);  // of a row that is folded
  }
}

std::vector<std::string> expressions() {
  std::vector<std::string> found;
  add_expressions(json::parse(read_file(TASKWIRE_GRAFANA "/dashboard.json"))["panels"], found);
  return found;
}

class Prometheus {
 public:
  Prometheus(const std::filesystem::path& folder, std::uint16_t edge, std::uint16_t engine) {
    auto config = read_file(TASKWIRE_GRAFANA "/prometheus.yml");
    replace_all(config, "127.0.0.1:8080\"", "127.0.0.1:" + std::to_string(edge) + "\"");
    replace_all(config, "127.0.0.1:50052\"", "127.0.0.1:" + std::to_string(engine) + "\"");
    replace_all(config, "scrape_interval: 15s", "scrape_interval: 1s");
    std::ofstream(folder / "prometheus.yml") << config;
    process_ = std::make_unique<Process>(std::vector<std::string>{
        find_program("prometheus"), "--config.file=" + (folder / "prometheus.yml").string(),
        "--storage.tsdb.path=" + (folder / "tsdb").string(), "--web.listen-address=127.0.0.1:0"});
    const auto line = process_->wait_for_line("Listening on");
    EXPECT_TRUE(line) << process_->output();
    if (line) port_ = static_cast<std::uint16_t>(std::stoi(line->substr(line->find("127.0.0.1:") + 10)));
  }

  /// What it answers to `expression`: an instant vector.
  [[nodiscard]] json ask(const std::string& expression) const {
    const auto answer = get(port_, "/api/v1/query?query=" + client::encoded(expression)).json();
    EXPECT_EQ(answer.value("status", ""), "success") << expression << ": " << answer;
    return answer.value("data", json::object()).value("result", json::array());
  }
  /// Whether it knows a number for at least one series of it.
  [[nodiscard]] bool has_data(const std::string& expression) const {
    const auto answer = ask(expression);
    for (const auto& series : answer) {
      if (std::isfinite(std::stod(series["value"][1].get<std::string>()))) return true;
    }
    return false;
  }
  std::string output() { return process_->output(); }

 private:
  std::unique_ptr<Process> process_;
  std::uint16_t port_ = 0;
};

/// Gives every expression something to tell of.
void make_traffic(std::uint16_t edge) {
  Stream stream(edge, "/stream/news");
  ASSERT_TRUE(stream.wait_for_id());
  ASSERT_EQ(post(edge, "/publish/news", 1).status, 202);
  ASSERT_TRUE(stream.next("message"));
  const auto id = stream.last_event_id();
  stream.cut();
  ASSERT_EQ(post(edge, "/publish/news", 2).status, 202);
  ASSERT_TRUE(Stream(edge, "/stream/news", id).next("message"));
  ASSERT_EQ(post(edge, "/api/tasks/alice/start", {{"type", "simulate"}, {"params", {{"durationMs", 100}}}}).status,
            202);
}

TEST(Dashboard, HasDataOfARealPrometheusForEveryExpression) {
  if (find_program("prometheus").empty())
    GTEST_SKIP() << "prometheus is missing; cure: tools/setup test, or Debian's package prometheus";
  Services services({"--metrics-listen", "127.0.0.1:0"});
  const TemporaryFolder folder;
  Prometheus prometheus(folder.path(), services.edge.port(), metrics_port(services.engine));
  auto open = expressions();
  ASSERT_GT(open.size(), 30U);
  for (auto& expression : open) {
    const auto interval = expression.find("$__rate_interval");
    if (interval != std::string::npos) replace_all(expression, "$__rate_interval", "20s");
    EXPECT_EQ(expression.find('$'), std::string::npos) << "a variable that the test does not know: " << expression;
  }
  EXPECT_TRUE(eventually(
      [&] {
        make_traffic(services.edge.port());
        std::erase_if(open, [&](const std::string& expression) { return prometheus.has_data(expression); });
        return open.empty();
      },
      within(std::chrono::seconds(60))));
  for (const auto& expression : open) ADD_FAILURE() << "no data: " << expression;
  EXPECT_EQ(prometheus.ask("up == 1").size(), 2U) << prometheus.output();
}

TEST(Dashboard, ConfigIsCleanForPromtool) {
  if (find_program("promtool").empty())
    GTEST_SKIP() << "promtool is missing; cure: tools/setup test, or Debian's package prometheus";
  const auto checked = run({"promtool", "check", "config", TASKWIRE_GRAFANA "/prometheus.yml"});
  EXPECT_EQ(checked.status, 0) << checked.output;
}

}  // namespace
}  // namespace taskwire::test
