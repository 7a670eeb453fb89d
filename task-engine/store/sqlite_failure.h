#pragma once

#include <string>
#include <string_view>

namespace taskwire::engine::sqlite {

/// What kept SQLite from doing something.
struct Failure {
  int code = 0;         ///< SQLite's extended result code.
  int os_error = 0;     ///< The `errno` behind it; 0 where there is none.
  std::string message;  ///< `<file>: <what was wrong>`.
};

/// What stands in the way, as far as the mend differs.
enum class Trouble {
  full,            ///< No room: the disk, a quota, a limit of size.
  no_access,       ///< The file or its folder may not be written, or not be opened.
  locked,          ///< Another program holds the file.
  damaged,         ///< What is in the file is not what was written.
  no_database,     ///< The file does not begin as SQLite's do.
  missing,         ///< The file is gone, or another one has its name.
  no_descriptors,  ///< The process may open no more files.
  no_memory,
  device,  ///< The disk, or what it hangs on, failed.
  other,
};

[[nodiscard]] Trouble trouble_of(const Failure& failure);

/// What to do about it: sentences for people, without a full stop at the end. What frees itself is waited for; nothing
/// here tells anyone to give up a file that may be whole.
[[nodiscard]] std::string_view mend_of(Trouble trouble);

/// Whether a COMMIT that failed so has certainly written nothing. Otherwise what it wrote may be found by the next run.
[[nodiscard]] bool leaves_nothing(const Failure& failure);

}  // namespace taskwire::engine::sqlite
