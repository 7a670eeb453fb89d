#pragma once

#include <cstdint>
#include <deque>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "crash/dice.h"
#include "crash/disk.h"
#include "crash/disk_vfs.h"
#include "crash/judge.h"
#include "crash/workload.h"
#include "engine/support/manual_clock.h"
#include "engine/support/temp_dir.h"
#include "store/sqlite_store.h"

namespace taskwire::engine {

/// The real store on a disk that forgets, through several lives that end at any call. The same seed gives the same.
/// Not thread-safe.
class Simulation {
 public:
  struct Rules {
    std::optional<Durability> durability = Durability::full;  ///< Nothing: another one for each life.
    int layout = 0;                         ///< Of the log that the first life finds; 0: there is none.
    bool kills_after_failed_syncs = false;  ///< Each life ends so, a moment after its store could take notice.
    bool syncs_fail_for_good = false;       ///< From some moment of each life on.
    // What the judge has to find:
    bool hides_failed_syncs = false;   ///< The store is not told that a sync failed before it was killed.
    bool promises_more = false;        ///< What is committed under `normal` is judged as if under `full`.
    bool disk_lies = false;            ///< Syncs are answered and not done.
    bool ignores_synchronous = false;  ///< SQLite never asks for a sync.
    bool hides_falls = false;          ///< The store is not told that the machine started anew.
  };
  /// What happened, so that a test can tell that it proves something.
  struct Counts {
    std::uint64_t lives = 0, commits = 0, cuts = 0, falls = 0, failures = 0, unknown = 0, closes = 0, new_epochs = 0,
                  shrunk = 0, only_read = 0, glimpses = 0;
  };

  Simulation(std::uint64_t seed, Rules rules, const std::string& folder);

  /// The first promise that is broken, with what led there.
  [[nodiscard]] std::optional<Violation> run();
  [[nodiscard]] const Counts& counts() const { return counts_; }

 private:
  using Fault = std::optional<Violation>;
  /// A reading that goes on while others write.
  struct Held {
    std::unique_ptr<ReadTransaction> reader;
    Model model;
  };

  void make_small_pages();
  void make_old_log();
  [[nodiscard]] Fault look_at_copy() const;
  [[nodiscard]] Fault begin_to_write();
  [[nodiscard]] Disk::Plan make_plan();
  [[nodiscard]] Fault live();
  [[nodiscard]] Fault open();
  [[nodiscard]] Fault look(Judge::After after);
  [[nodiscard]] Fault glimpse();
  [[nodiscard]] Fault try_again();
  [[nodiscard]] bool is_marked() const;
  [[nodiscard]] Fault go_on();
  [[nodiscard]] Fault step();
  [[nodiscard]] Fault commit();
  [[nodiscard]] Fault recover(Reason reason, Model next);
  [[nodiscard]] Fault hold();
  [[nodiscard]] Fault let_go();
  [[nodiscard]] Fault close();
  void drop();
  void end();
  void trace(std::string text);
  [[nodiscard]] Violation explain(Violation violation) const;

  const Rules rules_;
  Dice dice_;
  Disk disk_;
  DiskVfs vfs_;
  const std::string folder_;
  ManualClock clock_;
  Workload workload_;
  Judge judge_;
  std::unique_ptr<SqliteStore> store_;
  std::vector<Held> held_;
  sqlite::Database::Checkpoints checkpoints_;
  std::uint64_t boot_ = 1;
  Judge::After after_ = Judge::After::kill;
  Durability durability_ = Durability::full;
  std::string epoch_;
  Counts counts_;
  std::deque<std::string> trace_;
};

}  // namespace taskwire::engine
