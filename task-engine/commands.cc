#include "commands.h"

#include <cstdlib>
#include <iostream>

#include "store/sqlite_backup.h"
#include "store/sqlite_check.h"
#include "store/sqlite_store.h"

namespace taskwire {
namespace {

int fail(const engine::Error& error) {
  std::cerr << "taskwire-engine: " << error.message << '\n';
  return EXIT_FAILURE;
}

}  // namespace

int check(const std::string& data_dir) {
  const auto path = engine::SqliteStore::file_in(data_dir);
  const auto report = engine::check_log(path);
  if (!report) return fail(report.error());
  for (const auto& finding : report->findings) std::cout << path << ": " << finding << '\n';
  if (report->more_findings > 0) std::cout << path << ": and " << report->more_findings << " more\n";
  std::cout << path << ": log " << report->epoch << " up to " << report->head << ", with " << report->events
            << " events of " << report->topics << " topics, and " << report->tasks << " tasks: ";
  if (report->findings.empty()) {
    std::cout << "all as it was written\n";
    return EXIT_SUCCESS;
  }
  std::cout << "damaged; put a backup in its place, or find what else writes to it\n";
  return EXIT_FAILURE;
}

int back_up(const std::string& data_dir, const std::string& file) {
  const auto path = engine::SqliteStore::file_in(data_dir);
  if (const auto done = engine::back_up(path, file, engine::system_random()); !done) return fail(done.error());
  std::cout << file << ": a copy of " << path << "; to go back to it, stop the engine, empty " << data_dir
            << " and put the copy there as taskwire.db\n";
  return EXIT_SUCCESS;
}

}  // namespace taskwire
