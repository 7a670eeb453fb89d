#pragma once

#include <cmath>
#include <memory>
#include <stdexcept>
#include <string>
#include <vector>

#include "base/thread_pool.h"
#include "base/timestamp.h"
#include "engine/support/bell.h"
#include "engine/support/scripted_type.h"
#include "engine/support/test_log.h"
#include "engine/support/wait.h"
#include "tasks/tasks.h"
#include "tasks/transitions.h"
#include "work/workers.h"

namespace taskwire::engine {

/// Tasks over a log that commits on its thread. `waits` runs until it is stopped, `again` too, and is run again after a
/// stop of the engine; `tells` sends the numbers from 1 to 200; `tells late` waits like them, and says something
/// before and after; `held` waits until it is released, and then answers its params as `works` does at once; `lingers`
/// waits until it is stopped and then until it is released; `quits` ends as if it had been stopped; `fails`, `throws`,
/// `unspeakable` and `large` do or answer that. `fails now` fails in a way that passes: its policy is three attempts
/// with pauses of 50 to 100 ms, then 75 to 150 ms. `one` and `one each` wait like `waits`, one at a time, in all or of
/// each user; `late` does so for 200 ms at most, in two attempts.
/// Workers hold leases of 10 s, a cancel may be ignored for 5 s, three claims may wait, and four leases be held, three
/// of one user. Of output 10,000 bytes are kept, the first 1000 among them.
struct TestTasks {
  explicit TestTasks(Runner::Settings settings = {.workers = 3}, Scheduler::Settings queue = {},
                     EventLog::Limits limits = {})
      : log(limits), settings_(settings), queue_(queue) {
    build();
  }
  ~TestTasks() { tear_down(); }
  TestTasks(const TestTasks&) = delete;
  TestTasks& operator=(const TestTasks&) = delete;

  /// What a kill and a start of the engine do.
  void restart() {
    stop_and_open_log();
    build();
  }
  /// What a kill does; then the log is open again, and nothing else uses it until restart().
  void stop_and_open_log() {
    tear_down();
    log.restart();
  }

  template <class Request, class Response, class... More>
  Result<Response> call(void (Tasks::*method)(const Request&, Done<Response>, More...), const Request& request) {
    return answer_of<Response>([&](Done<Response> done) { ((*tasks).*method)(request, std::move(done), More{}...); });
  }
  template <class Request, class Response>
  Result<Response> call(void (Workers::*method)(const Request&, Done<Response>), const Request& request) {
    return answer_of<Response>([&](Done<Response> done) { ((*workers).*method)(request, std::move(done)); });
  }
  Result<v1::StartTaskResponse> start(const std::string& type, const std::string& user = "alice",
                                      const std::string& request_id = "") {
    v1::StartTaskRequest request;
    request.set_user_id(user);
    request.set_type(type);
    request.set_request_id(request_id);
    return call(&Tasks::start, request);
  }
  /// Of alice, with what else `fill` puts into the request.
  template <class Fill>
  Result<v1::StartTaskResponse> start_with(const std::string& type, Fill fill) {
    v1::StartTaskRequest request;
    request.set_user_id("alice");
    request.set_type(type);
    fill(request);
    return call(&Tasks::start, request);
  }
  /// Not to begin for so long; its id.
  std::string start_later(const std::string& type, std::chrono::milliseconds in) {
    const auto response =
        start_with(type, [&](auto& request) { *request.mutable_not_before() = to_timestamp(log.clock.now() + in); });
    return response ? response->task().task_id() : "";
  }
  std::string start_id(const std::string& type) {
    const auto response = start(type);
    return response ? response->task().task_id() : "";
  }
  template <class Request, class Response, class... More>
  Result<Response> command(void (Tasks::*method)(const Request&, Done<Response>, More...), const std::string& task_id,
                           const std::string& user = "alice") {
    Request request;
    request.set_user_id(user);
    request.set_task_id(task_id);
    return call(method, request);
  }
  v1::Task get(const std::string& task_id) {
    const auto response = command(&Tasks::get, task_id);
    return response ? response->task() : v1::Task{};
  }

  /// Waits for the task to come into a state; the task then, or as it is at the deadline.
  v1::Task wait_for(const std::string& task_id, v1::TaskState state) {
    for (;;) {
      const auto bell = std::make_shared<Bell>();
      const auto seen = log.log->tail().head();
      auto task = get(task_id);
      if (task.state() == state) return task;
      if (log.log->tail().park(log.log->tail().select({}), seen, bell) && !bell->rings.take()) return task;
    }
  }
  /// All tasks of a user, newest first.
  std::vector<v1::Task> list(const std::string& user = "alice") {
    v1::ListTasksRequest request;
    request.set_user_id(user);
    request.set_page_size(1000);
    const auto response = call(&Tasks::list, request);
    if (!response) return {};
    return {response->tasks().begin(), response->tasks().end()};
  }
  /// All states that the task's events tell of, in order, each once in a row.
  std::string history(const std::string& task_id) {
    std::string states;
    std::string last;
    const auto reader = log.log->read();
    (*reader)->rows({{.topic = ""}}, (*reader)->head().sequence, [&](const EventPtr& event) {
      if (event->key != task_id || event->is_deletion) return true;
      const std::string state(state_name(event->parse().task().state()));
      if (state != last) states += (states.empty() ? "" : " ") + state;
      last = state;
      return true;
    });
    return states;
  }

  /// What the user was told, each with a blank after it.
  std::string told(const std::string& user = "alice") {
    std::string text;
    const auto reader = log.log->read();
    (*reader)->rows({{.topic = "messages/" + user}}, (*reader)->head().sequence, [&](const EventPtr& event) {
      text += event->parse().data() + " ";
      return true;
    });
    return text;
  }

  [[nodiscard]] Tasks::Means means() { return {*log.log, *catalogue, *scheduler, *reads, system_random()}; }

  TestLog log;
  std::unique_ptr<Catalogue> catalogue;
  std::unique_ptr<Runner> runner;
  std::unique_ptr<StoreReads> reads;
  std::shared_ptr<Scheduler> scheduler;
  std::unique_ptr<Tasks> tasks;
  std::unique_ptr<Presence> presence;
  std::shared_ptr<LeaseKeeper> leases;
  std::shared_ptr<OutputReads> output;
  std::shared_ptr<LeasedWork> work;
  std::unique_ptr<Workers> workers;
  Inbox<std::string> begun;         ///< Ids of tasks that wait, as they begin to.
  std::uint64_t random = 0;         ///< What spreads the pauses between attempts.
  Stop last_stop = Stop::in_order;  ///< How the next restart is said to have come.
  LeaseKeeper::Settings leases_from_restart{.lease = std::chrono::seconds(10),
                                            .cancel_grace = std::chrono::seconds(5),
                                            .progress_interval = {},
                                            .most = 4,
                                            .most_of_user = 3};
  Inbox<int> released;  ///< One for each `held` task that may go on.

 private:
  /// What `ask` is answered, or an error at the deadline.
  template <class Response, class Ask>
  Result<Response> answer_of(Ask ask) {
    const auto answer = std::make_shared<Inbox<Result<Response>>>();
    ask([answer](Result<Response> response) { answer->put(std::move(response)); });
    auto response = answer->take();
    return response ? std::move(*response) : tl::make_unexpected(Error{Reason::internal, "no answer"});
  }
  void build() {
    const auto wait = [this](TaskContext& context) -> Result<google::protobuf::Struct> {
      begun.put(context.task().task_id());
      while (context.wait_for(kDeadline)) {
      }
      return stopped();
    };
    std::vector<std::unique_ptr<const TaskType>> types;
    const auto add = [&](auto&&... arguments) { types.push_back(std::make_unique<ScriptedType>(arguments...)); };
    add("waits", wait);
    add("again", wait, true);
    add("tells", [](TaskContext& context) -> Result<google::protobuf::Struct> {
      for (int i = 1; i <= 200; ++i) {
        if (!context.tell(std::to_string(i))) return stopped();
      }
      return google::protobuf::Struct{};
    });
    add("tells late", [this](TaskContext& context) -> Result<google::protobuf::Struct> {
      if (!context.tell("before")) return stopped();
      begun.put(context.task().task_id());
      while (context.wait_for(kDeadline)) {
      }
      if (!context.tell("after")) return stopped();
      return google::protobuf::Struct{};
    });
    add("held", [this](TaskContext& context) {
      begun.put(context.task().task_id());
      released.take();
      return Result<google::protobuf::Struct>(context.task().params());
    });
    add("lingers", [this](TaskContext& context) -> Result<google::protobuf::Struct> {
      begun.put(context.task().task_id());
      while (context.wait_for(kDeadline)) {
      }
      released.take();
      return stopped();
    });
    add("quits", [](TaskContext&) -> Result<google::protobuf::Struct> { return stopped(); });
    add("works", [](TaskContext& context) { return Result<google::protobuf::Struct>(context.task().params()); });
    add("fails",
        [](TaskContext&) { return Result<google::protobuf::Struct>(refuse(Reason::simulated_failure, "it broke")); });
    using std::chrono::milliseconds;
    add("one", wait, false, TypePolicy{.max_running = 1});
    add("one each", wait, false, TypePolicy{.max_running_per_user = 1});
    add("late", wait, false, TypePolicy{.time_limit = milliseconds(200), .retry = {.attempts = 2}}, Reason::time_limit);
    add(
        "fails now",
        [](TaskContext&) { return Result<google::protobuf::Struct>(refuse(Reason::simulated_failure, "not now")); },
        false, TypePolicy{.retry = {.attempts = 3, .backoff = milliseconds(100), .max_backoff = milliseconds(150)}},
        Reason::simulated_failure);
    add("throws", [](TaskContext&) -> Result<google::protobuf::Struct> { throw std::runtime_error("a bug"); });
    add("unspeakable", [](TaskContext&) {
      google::protobuf::Struct result;
      (*result.mutable_fields())["x"].set_number_value(std::nan(""));
      return Result<google::protobuf::Struct>(result);
    });
    add("large", [](TaskContext&) {
      google::protobuf::Struct result;
      (*result.mutable_fields())["x"].set_string_value(std::string(std::size_t{2} << 20, 'x'));
      return Result<google::protobuf::Struct>(result);
    });
    catalogue = std::make_unique<Catalogue>(std::move(types));
    runner = std::make_unique<Runner>(
        Runner::Means{*log.log, *catalogue, log.clock, log.clock, [this] { return random; }}, settings_);
    reads = std::make_unique<StoreReads>(*log.log, StoreReads::Limits{.threads = 2});
    presence = std::make_unique<Presence>(log.clock, std::chrono::seconds(10));
    leases =
        LeaseKeeper::of({*log.log, *catalogue, *presence, log.clock, log.clock, system_random()}, leases_from_restart);
    output = OutputReads::of({*reads, log.clock, log.clock});
    work = LeasedWork::of({*log.log, *leases, *presence, *output, log.clock, log.clock}, 3);
    scheduler = Scheduler::of({*log.log, *reads, *runner, *work, *catalogue, log.clock, log.clock}, queue_);
    work->serve(scheduler);
    tasks = std::make_unique<Tasks>(means());
    workers = std::make_unique<Workers>(Workers::Means{*log.log, *catalogue, *scheduler, *work, *leases, *presence,
                                                       *output, OutputLimits{.first = 1000, .all = 10'000}, log.clock,
                                                       system_random()});
    const auto reader = *log.log->read();
    for (const auto& type : reader->types()) catalogue->put(type);
    leases->take_up(reader->leases(), reader->open_tasks());
    recovered = tasks->recover(last_stop);
    scheduler->start();
    log.log->start();
  }
  void tear_down() {
    work->stop();
    output->stop();
    leases->stop();
    scheduler->stop();
    runner->stop();
    reads->stop();
    log.log->stop();
  }

  Runner::Settings settings_;
  Scheduler::Settings queue_;

 public:
  Result<void> recovered;
};

}  // namespace taskwire::engine
