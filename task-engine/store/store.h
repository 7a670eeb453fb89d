#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <set>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "base/error.h"
#include "resume/cursor.h"
#include "store/logged_event.h"
#include "taskwire/v1/task.pb.h"
#include "taskwire/v1/worker_service.pb.h"

namespace taskwire::engine {

/// Up to where something is no longer kept; 0: all is kept.
struct Floors {
  Sequence lost = 0;     ///< What no later event makes up for: events without key, and deletions.
  Sequence trimmed = 0;  ///< Anything; never below `lost`.
};

/// Which events of a topic to read.
enum class Pick {
  all,      ///< Every kept one.
  latest,   ///< The last of each living key, and deletions. Of a topic without keys: every one.
  living,   ///< The last of each living key.
  keyless,  ///< Those without key.
};

/// One topic's part of a reading.
struct TopicQuery {
  std::string topic;  ///< Empty: every topic.
  Pick pick = Pick::all;
  Sequence after = 0;
  /// Only for `latest` of every topic: topics of which no more events lie ahead, and none was trimmed, are read whole.
  std::int64_t max_lag = 0;
};

/// What was answered to a request that may come again.
struct Remembered {
  std::string request_hash;
  std::string answer;
};

/// A user's tasks, newest first.
struct TaskQuery {
  std::string user_id;
  std::vector<v1::TaskState> states;      ///< Empty: all.
  std::optional<Sequence> created_below;  ///< Only tasks whose first event lies below.
};

/// What an attempt is done under by a worker outside.
struct KeptLease {
  std::string task_id;
  std::string token;
  int attempt = 0;
  std::string worker;
  std::int64_t output_next = 0;  ///< Of its attempt's output; only read.
};

/// What one attempt of a task printed, as a whole.
struct OutputRun {
  int attempt = 0;
  std::int64_t next = 0;   ///< Where what is reported goes on: bytes of what was reported.
  std::int64_t place = 0;  ///< Where what is kept goes on: bytes of what was ever kept.
  std::int64_t kept = 0;   ///< Bytes that what is kept of it takes, about.
  // Where the terminal of each stream stands (text/terminal_state.h).
  std::string out;
  std::string err;
};

/// A part of what one attempt printed.
struct OutputPiece {
  int attempt = 0;
  std::int64_t place = 0;  ///< Where it begins.
  v1::OutputStream stream = v1::OUTPUT_STREAM_STDOUT;
  std::string text;
};

/// How much of a task's output is kept, in bytes.
struct OutputLimits {
  std::int64_t first = std::int64_t{256} << 10;  ///< Of its first attempt's beginning.
  std::int64_t all = std::int64_t{8} << 20;      ///< That, and the newest.
};

/// How much of a topic is to be kept. Places: what lies at or below them is old.
struct Keep {
  Sequence events_after = 0;     ///< Of events without key, and of superseded ones.
  Sequence deletions_after = 0;  ///< Of deletions.
  Sequence tasks_after = 0;      ///< Of the last events of ended tasks.
  std::size_t events = 0;        ///< So many events at most, but for deletions and the last ones of living keys.
  std::size_t tasks = 0;         ///< So many ended tasks at most.
  /// What the last look found at or below these was trimmed then: the head that it saw, and its `events_after`.
  Sequence seen_head = 0;
  Sequence seen_after = 0;
};

/// A moment on two clocks: the one that ages are counted by, which never jumps, and the wall's.
struct Note {
  SystemTime age;
  SystemTime wall;
};

/// A task that has ended, by its last event.
struct EndedTask {
  std::string task_id;
  Sequence last = 0;
};

/// What of a topic is more than is to be kept.
struct Surplus {
  std::string topic;
  Sequence events_through = 0;       ///< Where to trim events without key; 0: nowhere.
  std::vector<Sequence> superseded;  ///< Which events of tasks to trim, the oldest first.
  bool is_cut = false;               ///< There are more of those; what else is too much is not told then.
  Sequence deletions_through = 0;    ///< Where to trim deletions; 0: nowhere.
  std::vector<EndedTask> tasks;      ///< Which tasks to delete, the oldest first.
  bool is_empty = false;             ///< Nothing is kept of it.
};

/// What to measure.
enum class Measure {
  events,
  ended_tasks,  ///< By their last events; with what they were given and answered.
};

/// How far a visit came.
struct Visited {
  Sequence through = 0;  ///< Everything up to here was taken, or is not wanted: `until` at the end of all.
  bool skipped = false;  ///< Of every topic read latest: superseded events were passed over.
};

/// What was committed, seen at one moment. If the store fails, or holds what was never written, it answers nothing from
/// there on, and `error` says why: what was answered before counts only if there is none. Not thread-safe.
class ReadTransaction {
 public:
  /// Takes a row; false ends the reading and leaves that row unread.
  using Visit = std::function<bool(const EventPtr&)>;
  using VisitTask = std::function<bool(Sequence created, v1::Task&&)>;
  using VisitOutput = std::function<bool(OutputPiece&&)>;

  virtual ~ReadTransaction() = default;

  /// The place of the last event at that moment. Known since the transaction began, so it never fails.
  [[nodiscard]] virtual Cursor head() = 0;
  /// Of `topic`; of an empty one the highest of all topics.
  [[nodiscard]] virtual Floors floors(const std::string& topic) = 0;
  /// Whether more than `count` events of `topic`, which has keys, lie above `after`.
  [[nodiscard]] virtual bool has_more_than(std::int64_t count, const std::string& topic, Sequence after) = 0;
  /// The place above which at most `events` events are kept.
  [[nodiscard]] virtual Sequence back(std::size_t events) = 0;
  /// Visits the events of `sources` up to `until`, in order of sequence, until one is left unread, or so many were
  /// passed over that it is time to answer. If the store failed, its answer means nothing.
  virtual Visited rows(const std::vector<TopicQuery>& sources, Sequence until, const Visit& visit) = 0;

  /// A task with its params, result and past attempts; nothing where there is none, or if the store failed.
  [[nodiscard]] virtual std::optional<v1::Task> task(std::string_view task_id) = 0;
  /// The same without those.
  [[nodiscard]] virtual std::optional<v1::Task> bare_task(std::string_view task_id) = 0;
  /// Every task that has not ended, without those, longest unchanged first; cut short if the store failed.
  [[nodiscard]] virtual std::vector<v1::Task> open_tasks() = 0;
  /// Under what tasks that have not ended are done outside; cut short if the store failed.
  [[nodiscard]] virtual std::vector<KeptLease> leases() = 0;
  /// Types of tasks that were registered; cut short if the store failed.
  [[nodiscard]] virtual std::vector<v1::RegisterTypeRequest> types() = 0;
  /// What each attempt of a task printed, in order; cut short if the store failed.
  [[nodiscard]] virtual std::vector<OutputRun> output_runs(std::string_view task_id) = 0;
  /// Visits what is kept of an attempt's output, from the piece that holds `place` on, in order, until one is refused.
  virtual void output(std::string_view task_id, int attempt, std::int64_t place, const VisitOutput& visit) = 0;
  /// About how many bytes of output are kept, of all tasks.
  [[nodiscard]] virtual std::int64_t output_bytes() = 0;
  /// Up to `most` tasks that have ended, and of which output is kept, the first ended first.
  [[nodiscard]] virtual std::vector<EndedTask> ended_with_output(std::size_t most) = 0;
  /// Visits tasks without those. True if all were taken; false if the store failed.
  virtual bool tasks(const TaskQuery& query, const VisitTask& visit) = 0;

  /// Up to `most` topics whose names follow `after`, in order of their names.
  [[nodiscard]] virtual std::vector<std::string> topics(const std::string& after, std::size_t most) = 0;
  /// How many topics there are.
  [[nodiscard]] virtual std::size_t topic_count() = 0;
  /// The topics with events above `after`, up to `through`.
  [[nodiscard]] virtual std::set<std::string> topics_between(Sequence after, Sequence through) = 0;
  /// What of `topic` is too much; at most `most` tasks of it, and `most` superseded events.
  [[nodiscard]] virtual Surplus surplus(const std::string& topic, const Keep& keep, std::size_t most) = 0;
  /// The place up to which everything was written by `age`, as far as was noted (Transaction::note).
  [[nodiscard]] virtual Sequence written_by(SystemTime age) = 0;
  /// What was noted last, if anything was.
  [[nodiscard]] virtual std::optional<Note> last_note() = 0;
  /// The place of the first event that is kept; 0: none is.
  [[nodiscard]] virtual Sequence first() = 0;
  /// The place up to which what lies above `after` takes so many bytes; the head, where it takes less.
  [[nodiscard]] virtual Sequence up_from(Measure what, Sequence after, std::int64_t bytes) = 0;
  /// The place above which what there is takes at most so many bytes; 0: all of it does.
  [[nodiscard]] virtual Sequence down_from_head(Measure what, std::int64_t bytes) = 0;
  /// About how many bytes all takes that is kept: events, what tasks were given and answered, and answers.
  [[nodiscard]] virtual std::int64_t bytes() = 0;

  /// `STORE_FAILED`, if something could not be read.
  [[nodiscard]] virtual std::optional<Error> error() const = 0;
};

/// What a commit did.
struct Committed {
  Sequence after = 0;  ///< The head before it.
  Events events;       ///< What it appended behind that, in order.
};

/// Writes that are committed together. If the store fails, or holds what was never written, the rest does nothing and
/// finds nothing, and the commit answers the error. Not thread-safe.
class Transaction {
 public:
  virtual ~Transaction() = default;

  /// The time of everything written in this transaction.
  [[nodiscard]] virtual SystemTime now() const = 0;
  /// The log's name.
  [[nodiscard]] virtual const std::string& epoch() const = 0;
  /// Ends a part of the transaction. Where a row that the part read was not what was written, and the part had written
  /// nothing yet, the transaction goes on as if that part had not been, and this says what it was: `STORE_FAILED`.
  [[nodiscard]] virtual std::optional<Error> settle() = 0;

  /// Appends an event of a topic without keys.
  virtual Cursor append(const NewEvent& event) = 0;
  Cursor append(const EventDraft& draft) { return append(draft.event()); }

  /// A task as it is, without params, result and past attempts.
  [[nodiscard]] virtual std::optional<v1::Task> task(std::string_view task_id) = 0;
  /// Whether a task has ended, with the event at `last`; its event is not looked at.
  [[nodiscard]] virtual bool has_ended(const EndedTask& task) = 0;
  /// Fills in the task's params, result and past attempts.
  virtual void add_details(v1::Task& task) = 0;
  /// Fills in the task's past attempts, for who adds to them.
  virtual void add_past_attempts(v1::Task& task) = 0;
  /// Writes a task and appends its event. Params, result and past attempts are kept aside: where set, they take the
  /// place of those before, and no event has them. Fills in the cursor.
  virtual void put_task(v1::Task& task) = 0;
  /// Forgets a task and appends the event that says so.
  virtual Cursor delete_task(const v1::Task& task) = 0;
  /// Every task that has not ended, longest unchanged first.
  [[nodiscard]] virtual std::vector<v1::Task> open_tasks() = 0;

  /// Keeps what a task is done under, in place of what it was before.
  virtual void put_lease(const KeptLease& lease) = 0;
  /// Nothing where it is done by the engine, or by nobody.
  [[nodiscard]] virtual std::optional<KeptLease> lease(std::string_view task_id) = 0;
  virtual void delete_lease(std::string_view task_id) = 0;

  /// What an attempt printed so far, if anything.
  [[nodiscard]] virtual std::optional<OutputRun> output_run(std::string_view task_id, int attempt) = 0;
  /// Keeps more of it: `pieces`, and `run` in place of what it was; its `kept` is counted here. Of the task the oldest
  /// goes beyond the limits.
  virtual void put_output(std::string_view task_id, const OutputRun& run, std::span<const OutputPiece> pieces,
                          const OutputLimits& limits) = 0;
  /// Forgets what a task printed, but not how much it was.
  virtual void forget_output(std::string_view task_id) = 0;

  /// Keeps a type of tasks, in place of one of its name.
  virtual void put_type(const v1::RegisterTypeRequest& type) = 0;
  virtual void delete_type(std::string_view name) = 0;

  [[nodiscard]] virtual std::optional<Remembered> recall(const std::string& scope, const std::string& key) = 0;
  /// For so long, by the clock that ages are counted by.
  virtual void remember(const std::string& scope, const std::string& key, const Remembered& remembered,
                        std::chrono::milliseconds keep) = 0;

  /// Forgets up to `most` answers whose time is over, and says how many.
  virtual std::size_t forget_answers(std::size_t most) = 0;

  /// Forgets events of `topic` up to `through`, deletions up to `deletions_through`, the oldest first and at most
  /// `most`; never the last event of a living key. Answers how many.
  virtual std::size_t trim(const std::string& topic, Sequence through, Sequence deletions_through,
                           std::size_t most) = 0;
  /// Forgets events of `topic`, in order, that a reading found superseded; that they stay for ever. Answers how many.
  virtual std::size_t trim(const std::string& topic, std::span<const Sequence> superseded) = 0;
  /// How many bytes it has forgotten so far.
  [[nodiscard]] virtual std::int64_t freed() const = 0;
  /// Forgets `topic` where nothing of it is kept, and answers whether it did. Its floors live on in those of all topics
  /// that are not known.
  virtual bool forget_topic(const std::string& topic) = 0;
  /// Notes that everything up to the head was written by then, and forgets notes that tell nothing of `oldest` and
  /// later. `age` never falls from note to note; of the walls the latest counts, so that a run whose wall clock stood
  /// in the past makes nothing old.
  virtual void note(const Note& note, SystemTime oldest) = 0;
  /// Gives room of what was forgotten back to the system, a little at a time; false where there is not enough of it,
  /// or the file cannot get smaller.
  virtual bool shrink() = 0;
};

/// Where the log, the tasks and the idempotency records are kept. Thread-safe, but for what one thread at a time may
/// do.
class Store {
 public:
  virtual ~Store() = default;

  /// Runs `write` in a transaction, once or not at all, and commits it. `STORE_FAILED`: nothing was written.
  /// `UNKNOWN_OUTCOME`: the commit began and failed, and only the store knows whether it took place. After either the
  /// store has to be reopened. One thread at a time.
  [[nodiscard]] virtual Result<Committed> commit(const std::function<void(Transaction&)>& write) = 0;
  /// Opens anew after a failure. `STORE_FAILED`: it cannot be, or is not what it was; commits are refused until it can.
  /// One thread at a time.
  [[nodiscard]] virtual Result<void> reopen() = 0;
  /// Says that all ended well. No commit may follow. `STORE_FAILED`: the next start takes it for an unclean end. One
  /// thread at a time.
  [[nodiscard]] virtual Result<void> close() = 0;

  /// The name of the log. Thread-safe.
  [[nodiscard]] virtual const std::string& epoch() const = 0;
  /// Begins to read. `STORE_FAILED`: what was committed cannot be looked at. Thread-safe.
  [[nodiscard]] virtual Result<std::unique_ptr<ReadTransaction>> read() = 0;
};

}  // namespace taskwire::engine
