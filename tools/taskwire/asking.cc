#include "taskwire/asking.h"

#include <chrono>
#include <iostream>

#include "tail/json_line.h"
#include "tail/text.h"
#include "taskwire/asker.h"
#include "taskwire/key.h"
#include "taskwire/note.h"
#include "taskwire/problem.h"

namespace taskwire::cli {
namespace {

constexpr std::chrono::seconds kAnswer(60);

std::string padded(std::string text, std::size_t width) {
  if (text.size() < width) text.resize(width, ' ');
  return text;
}

}  // namespace

std::optional<nlohmann::json> ask(const EdgeSettings& edge, const client::Request& request) {
  client::Client client(edge.url, edge.token);
  const auto answer = client.ask(request, kAnswer);
  if (!answer) {
    note("http://" + edge.url.authority + ": " + answer.error());
    return std::nullopt;
  }
  if (!answer->is_success()) {
    note(in_words(problem_of(*answer)));
    return std::nullopt;
  }
  if (answer->body.empty()) return nlohmann::json();
  auto body = nlohmann::json::parse(answer->body, nullptr, false);
  if (body.is_discarded()) {
    note("http://" + edge.url.authority + " answers no JSON; is it a taskwire edge?");
    return std::nullopt;
  }
  return body;
}

std::string task_path(const EdgeSettings& edge, const std::string& task, const std::string& below) {
  return "/api/tasks/" + client::encoded(edge.user) + "/" + client::encoded(task) + below;
}

client::Request post(const std::string& path, const nlohmann::json& body) {
  return posting(path, body, random_key());
}

std::string task_line(const nlohmann::json& task) {
  constexpr std::size_t kStatus = 11;
  constexpr std::size_t kPercent = 4;
  auto percent = std::to_string(task.value("progressPercentage", 0)) + " %";
  if (task.value("indeterminate", false)) percent = "?";
  percent.insert(0, kPercent + 1 - std::min(kPercent + 1, percent.size()), ' ');
  return tail::printable(task.value("taskId", "") + "  " + padded(task.value("status", ""), kStatus) + percent + "  " +
                         task.value("taskName", ""));
}

void print(const nlohmann::json& value) {
  std::cout << tail::without_controls(value.dump()) << '\n';
}

void print(const std::string& line) {
  std::cout << line << '\n';
}

}  // namespace taskwire::cli
