#include "taskwire/output_command.h"

#include <algorithm>
#include <chrono>
#include <iostream>
#include <nlohmann/json.hpp>
#include <thread>

#include "client/blocking_stream.h"
#include "client/client.h"
#include "resume/sse_parser.h"
#include "taskwire/asking.h"
#include "taskwire/command_line.h"
#include "taskwire/exit_status.h"
#include "taskwire/json_member.h"
#include "taskwire/note.h"
#include "taskwire/problem.h"

namespace taskwire::cli {
namespace {

using std::chrono::milliseconds;

constexpr const char* kOutputFooter =
    R"(What a task wrote to standard error goes to standard error. An unfinished line is shown once it is finished.

Exit status: 0 that was all; 1 the server refused, or is not there; 2 the command line was not understood.)";

/// Shows the events of a task's output.
class Printer {
 public:
  explicit Printer(bool is_json) : is_json_(is_json) {}

  void take(const SseEvent& event) {
    if (event.type == "end") is_over_ = true;
    if (event.type == "heartbeat" || event.type == "upstream") return;
    auto data = nlohmann::json::parse(event.data, nullptr, false);
    if (data.is_discarded()) data = event.data;
    if (is_json_) {
      print(nlohmann::json{{"id", event.last_event_id}, {"event", event.type}, {"data", std::move(data)}});
      std::cout.flush();
    } else if (data.is_object()) {
      show(event.type, data);
    }
  }
  [[nodiscard]] bool is_over() const { return is_over_; }

 private:
  static void show(const std::string& type, const nlohmann::json& data) {
    if (type == "output") {
      auto& to = text_member(data, "stream") == "stderr" ? std::cerr : std::cout;
      to << text_member(data, "text") << std::flush;
    } else if (type == "skipped") {
      const auto count = whole_member(data, "to").value_or(0) - whole_member(data, "from").value_or(0);
      note(std::to_string(count) + " bytes of output are not kept");
    } else if (type == "attempt") {
      note("attempt " + std::to_string(whole_member(data, "attempt").value_or(0)));
    } else if (type == "reset") {
      note("the output begins anew");
    }
  }

  bool is_json_;
  bool is_over_ = false;
};

int refuse(const Problem& problem) {
  note(in_words(problem));
  return kFailed;
}

int follow(const EdgeSettings& edge, const std::string& path, bool is_json) {
  constexpr unsigned kOver = 204;
  constexpr milliseconds kPause(1000);
  Printer printer(is_json);
  SseParser parser([&](const SseEvent& event) { printer.take(event); });
  bool was_there = false;
  for (;;) {
    parser.reconnect();
    const auto end =
        client::read_stream(edge.url, edge.token, path, parser.last_event_id(), [&](std::string_view bytes) {
          parser.feed(bytes);
          return !printer.is_over() && std::cout.good();
        });
    if (printer.is_over() || (end && end->head.status == kOver) || !std::cout.good()) return kOk;
    if (!end && !was_there) {
      note("http://" + edge.url.authority + ": " + end.error());
      return kFailed;
    }
    if (end && !end->head.is_event_stream()) {
      const client::Answer answer{end->head.status, end->head.content_type, end->body};
      if (!is_passing(answer)) return refuse(problem_of(answer));
    }
    was_there = true;
    std::this_thread::sleep_for(
        std::max(parser.retry().value_or(kPause), end ? end->head.retry_after : milliseconds(0)));
  }
}

}  // namespace

int output(const std::vector<std::string>& words) {
  CommandLine line("output", "Shows what a task prints, from its first byte, until it ends.", kOutputFooter);
  EdgeSettings edge;
  std::string task;
  bool is_json = false;
  bool is_past = false;
  add_edge_options(line.app(), edge, true);
  line.app().add_option("TASK", task, "Its id")->required();
  line.app().add_flag("--json", is_json, "An event a line, as JSON; with --no-follow {\"text\":\"...\"}");
  line.app().add_flag("--no-follow", is_past, "What there is by now, and no more");
  if (const auto status = line.parse(words)) return *status;
  if (const auto wrong = check_edge(edge, true)) return mistake("output", wrong->text);
  const auto path = task_path(edge, task, "/output");
  if (!is_past) return follow(edge, path, is_json);
  client::Request request;
  request.path = path;
  request.accept = "text/plain";
  client::Client client(edge.url, edge.token);
  const auto answer = client.ask(request, std::chrono::minutes(1));
  if (!answer) return refuse({"", "http://" + edge.url.authority + ": " + answer.error()});
  if (!answer->is_success()) return refuse(problem_of(*answer));
  if (is_json) {
    print(nlohmann::json{{"text", answer->body}});
  } else {
    std::cout << answer->body << std::flush;
  }
  return kOk;
}

}  // namespace taskwire::cli
