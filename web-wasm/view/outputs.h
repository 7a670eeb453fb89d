#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "view/connection.h"
#include "view/output.h"
#include "view/request.h"
#include "view/task.h"

namespace taskwire::view {

/// The output of one task whose details are open, and the stream that tells it.
struct OutputFeed {
  OutputFeed(const Task& of, int numbered, const std::function<double()>& random)
      : number(numbered), user(of.user), task_id(of.id), attempt(of.attempt), connection(random) {}

  /// Where the stream is to be asked for.
  [[nodiscard]] std::string url() const;
  /// Where a person can read all that is kept, as text.
  [[nodiscard]] std::string text_url() const { return output_path(user, task_id); }
  /// What came before what is shown; empty: nothing.
  [[nodiscard]] std::string above() const;
  /// How it stands with it; empty: it is read, and nothing is to be said.
  [[nodiscard]] std::string status() const;

  int number;  ///< Tells it from other feeds; of two the higher was opened later.
  std::string user, task_id;
  int attempt;  ///< The last that was heard of.
  Connection connection;
  Output output;
  std::string cursor;       ///< The last id; empty: none yet.
  std::string problem;      ///< Why it cannot be read; empty: it can.
  bool is_over = false;     ///< No more will come.
  bool is_waiting = false;  ///< As many others are read as may.
  bool is_hidden = false;   ///< Its row is not shown, so that it is not read.
};

/// What tasks print whose details are open. Each stream takes one of the few connections that a browser has to a
/// server, so only those opened last are read at a time. Not thread-safe.
class Outputs {
 public:
  static constexpr std::size_t kMostStreams = 2;

  /// `random` gives numbers in [0, 1).
  explicit Outputs(std::function<double()> random) : random_(std::move(random)) {}

  void open(const Task& task, Time now);
  void close(const std::string& task_id, Time now);
  void clear() { feeds_.clear(); }
  /// News of a task: one that was over goes on with a new attempt.
  void heard_of(const Task& task, Time now);
  /// These are the rows that are shown.
  void show(const std::vector<const Task*>& tasks, Time now);
  /// Whether anything is to be read.
  void set_on(bool is_on, Time now);
  /// Whether somebody looks. All tabs share a browser's few connections, so nothing is read that nobody sees.
  void see(bool is_seen, Time now);

  void pause();
  void resume(Time now);
  void set_online(bool is_online, Time now);
  void tick(Time now);
  [[nodiscard]] std::optional<Time> deadline() const;

  /// News of a feed's stream; the id of its task, or an empty one where there is no such feed any more.
  std::string opened(int feed, Time now);
  std::string broke(int feed, Time now, Millis least);
  std::string refused(int feed, const Answer& answer, Time now);
  std::string received(int feed, const std::vector<StreamEvent>& events, const std::string& id, Time now);

  /// Nothing where its details are closed. Valid until the next change.
  [[nodiscard]] const OutputFeed* find(const std::string& task_id) const;
  /// Those whose streams are to be as their connections say; valid until the next change.
  [[nodiscard]] std::vector<const OutputFeed*> feeds() const;

 private:
  [[nodiscard]] OutputFeed* find(int feed);
  void end(OutputFeed& feed, Time now);
  void finish(OutputFeed& feed, Time now);
  /// Gives the connections to those opened last.
  void arrange(Time now);

  std::function<double()> random_;
  std::vector<std::unique_ptr<OutputFeed>> feeds_;  // in the order of opening
  int opened_ = 0;
  bool is_on_ = true;
  bool is_seen_ = true;
};

}  // namespace taskwire::view
