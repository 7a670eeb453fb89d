#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "crash/dice.h"
#include "crash/disk_file.h"

namespace taskwire::engine {

/// A folder of files in memory that forgets what was not synced. Its power is cut at a call that was named before; from
/// there on nothing is changed, and every call fails. Not thread-safe.
class Disk {
 public:
  using File = std::shared_ptr<DiskFile>;

  /// What the next run meets. Calls that change something are counted from 1; 0: never.
  struct Plan {
    std::uint64_t cut = 0;                    ///< Which call finds no power any more.
    std::uint64_t failed_sync = 0;            ///< Which sync fails.
    std::uint64_t failing_syncs = 1;          ///< How many do, from that one on.
    std::uint64_t cut_after_failed_sync = 0;  ///< Which call after that finds no power any more.
    std::uint64_t failed_write = 0;           ///< Which write fails after a part of it, once.
    bool is_full = false;                     ///< That write fails for want of room, not of a good disk.
  };

  explicit Disk(std::uint64_t seed) : dice_(seed) {}

  /// A disk that says it synced, and did not: what the simulation has to find.
  void lie() { is_lying_ = true; }

  void start(const Plan& plan);
  void cut() { is_off_ = true; }
  [[nodiscard]] bool is_off() const { return is_off_; }
  /// How much of what was planned to fail did.
  [[nodiscard]] int failures() const { return failures_; }
  [[nodiscard]] bool sync_failed() const { return plan_.failed_sync > 0 && syncs_ >= plan_.failed_sync; }
  /// Whether a sync failed, and no name was made sure of since: whoever was to be told of it cannot know yet.
  [[nodiscard]] bool failed_just_now() const { return failed_just_now_; }
  [[nodiscard]] std::uint64_t calls() const { return calls_; }

  /// All of these answer 0 or an `errno`.
  int create(const std::string& name);
  int remove(const std::string& name);
  int write(DiskFile& file, std::size_t at, std::string_view bytes);
  int resize(DiskFile& file, std::size_t size);
  int sync(DiskFile& file);
  /// Makes sure of what was created and removed.
  int sync_names();

  /// Nothing where there is none.
  [[nodiscard]] File find(const std::string& name) const;
  [[nodiscard]] const std::map<std::string, File>& files() const { return files_; }

  /// There never was a file of that name.
  void lose(const std::string& name);
  /// The machine falls: of what was not synced some remains.
  void fall();
  /// The system drops what it keeps in memory of files and need not keep.
  void forget();

 private:
  [[nodiscard]] int begin();

  Dice dice_;
  bool is_lying_ = false;
  Plan plan_;
  bool is_off_ = false;
  int failures_ = 0;
  bool failed_just_now_ = false;
  std::uint64_t calls_ = 0;
  std::uint64_t syncs_ = 0;
  std::uint64_t writes_ = 0;
  std::map<std::string, File> files_;
  std::map<std::string, File> durable_;  // names that the disk has for sure
};

}  // namespace taskwire::engine
