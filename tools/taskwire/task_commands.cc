#include "taskwire/task_commands.h"

#include <algorithm>
#include <cstdint>
#include <iostream>
#include <iterator>

#include "tail/text.h"
#include "taskwire/asking.h"
#include "taskwire/command_line.h"
#include "taskwire/exit_status.h"
#include "taskwire/note.h"

namespace taskwire::cli {
namespace {

constexpr const char* kStatuses =
    "Exit status: 0 done; 1 the server refused, or is not there; 2 the command line was not understood.";

/// What the simple commands share: an edge, a user and `--json`.
class Simple : public CommandLine {
 public:
  Simple(const std::string& name, const std::string& description, bool has_user = true)
      : CommandLine(name, description, kStatuses), own_name_(name), has_user_(has_user) {
    add_edge_options(app(), edge, has_user);
    app().add_flag("--json", is_json, "Answer as JSON, an object a line");
  }
  [[nodiscard]] std::optional<int> read(const std::vector<std::string>& words) {
    if (const auto status = parse(words)) return status;
    if (const auto wrong = check_edge(edge, has_user_)) return mistake(own_name_, wrong->text);
    return std::nullopt;
  }
  /// Prints the task that the server answers.
  [[nodiscard]] int print_task(const client::Request& request) const {
    const auto task = ask(edge, request);
    if (!task) return kFailed;
    if (is_json) {
      print(*task);
    } else {
      print(task_line(*task));
    }
    return kOk;
  }

  EdgeSettings edge;
  bool is_json = false;

 private:
  std::string own_name_;
  bool has_user_;
};

int command_of_task(const std::string& name, const std::string& description, const std::vector<std::string>& words) {
  Simple line(name, description);
  std::string task;
  line.app().add_option("TASK", task, "Its id")->required();
  if (const auto status = line.read(words)) return *status;
  return line.print_task(post(task_path(line.edge, task, "/" + name), {}));
}

void show_text(const nlohmann::json& task) {
  print(task_line(task));
  for (const auto& [key, value] : task.items()) {
    if (key == "taskId" || key == "status" || key == "taskName" || key == "progressPercentage") continue;
    print(tail::printable("  " + key + ": " + (value.is_string() ? value.get<std::string>() : value.dump())));
  }
}

}  // namespace

int start(const std::vector<std::string>& words) {
  Simple line("start", "Starts a task, and prints its id.");
  std::string type;
  std::string name;
  std::string params;
  std::string not_before;
  std::int64_t attempts = 0;
  line.app().add_option("TYPE", type, "The type of the task")->required();
  line.app().add_option("--name,-n", name, "What it is called")->take_last();
  line.app().add_option("--params,-p", params, "Its parameters, an object of JSON")->take_last();
  line.app().add_option("--not-before", not_before, "It waits until then, as in 2026-01-02T03:04:05Z")->take_last();
  line.app().add_option("--max-attempts", attempts, "How often it is tried")->take_last();
  if (const auto status = line.read(words)) return *status;
  nlohmann::json body = {{"type", type}};
  if (!name.empty()) body["taskName"] = name;
  if (!not_before.empty()) body["notBefore"] = not_before;
  if (attempts != 0) body["maxAttempts"] = attempts;
  if (!params.empty()) {
    body["params"] = nlohmann::json::parse(params, nullptr, false);
    if (!body["params"].is_object()) return mistake("start", "--params: '" + params + "' is no object of JSON");
  }
  const auto task = ask(line.edge, post("/api/tasks/" + client::encoded(line.edge.user) + "/start", body));
  if (!task) return kFailed;
  if (line.is_json) {
    print(*task);
  } else {
    print(tail::printable(task->value("taskId", "")));
  }
  return kOk;
}

int list(const std::vector<std::string>& words) {
  Simple line("list", "Lists a user's tasks, the newest first.");
  std::string status;
  std::size_t limit = 50;
  line.app().add_option("--status", status, "Only these, as in queued,running")->take_last();
  line.app()
      .add_option("--limit", limit, "At most so many")
      ->capture_default_str()
      ->take_last()
      ->check(CLI::PositiveNumber);
  if (const auto end = line.read(words)) return *end;
  constexpr std::size_t kPage = 100;
  std::string token;
  for (std::size_t left = limit; left > 0;) {
    client::Request request;
    request.path =
        "/api/tasks/" + client::encoded(line.edge.user) + "?pageSize=" + std::to_string(std::min(left, kPage));
    if (!status.empty()) request.path += "&status=" + client::encoded(status);
    if (!token.empty()) request.path += "&pageToken=" + client::encoded(token);
    const auto page = ask(line.edge, request);
    if (!page) return kFailed;
    for (const auto& task : page->value("tasks", nlohmann::json::array())) {
      if (line.is_json) {
        print(task);
      } else {
        print(task_line(task));
      }
      if (--left == 0) break;
    }
    token = page->value("nextPageToken", "");
    if (token.empty()) break;
  }
  return kOk;
}

int show(const std::vector<std::string>& words) {
  Simple line("show", "Shows all that is known of a task.");
  std::string task;
  line.app().add_option("TASK", task, "Its id")->required();
  if (const auto status = line.read(words)) return *status;
  client::Request request;
  request.path = task_path(line.edge, task);
  if (line.is_json) return line.print_task(request);
  const auto answer = ask(line.edge, request);
  if (!answer) return kFailed;
  show_text(*answer);
  return kOk;
}

int cancel(const std::vector<std::string>& words) {
  return command_of_task("cancel", "Asks a task to stop.", words);
}

int retry(const std::vector<std::string>& words) {
  return command_of_task("retry", "Has a task that ended done again.", words);
}

int publish(const std::vector<std::string>& words) {
  Simple line("publish", "Publishes to a channel: JSON where it is that, else text.", false);
  std::string channel;
  std::string data;
  std::string event;
  line.app().add_option("CHANNEL", channel, "Where to")->required();
  auto* const given = line.app().add_option("DATA", data, "What; by default all of standard input");
  line.app().add_option("--event", event, "The type of the event")->take_last();
  if (const auto status = line.read(words)) return *status;
  if (given->count() == 0) data.assign(std::istreambuf_iterator<char>(std::cin), {});
  auto request = post("/publish/" + client::encoded(channel), {});
  if (!event.empty()) request.path += "?event=" + client::encoded(event);
  request.body = data;
  request.content_type = nlohmann::json::accept(data) ? "application/json" : "text/plain";
  const auto answer = ask(line.edge, request);
  if (!answer) return kFailed;
  if (line.is_json) {
    print(*answer);
  } else {
    print(tail::printable(answer->value("id", "")));
  }
  return kOk;
}

}  // namespace taskwire::cli
