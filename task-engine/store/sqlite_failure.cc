#include "store/sqlite_failure.h"

#include <cerrno>
#include <sqlite3.h>

namespace taskwire::engine::sqlite {
namespace {

constexpr int kPrimary = 0xff;

Trouble trouble_of_system(int os_error, Trouble otherwise) {
  switch (os_error) {
    case ENOSPC:
    case EDQUOT:
    case EFBIG:
      return Trouble::full;
    case EACCES:
    case EPERM:
    case EROFS:
      return Trouble::no_access;
    case EMFILE:
    case ENFILE:
      return Trouble::no_descriptors;
    case ENOMEM:
      return Trouble::no_memory;
    case ENOENT:
    case ENOTDIR:
      return Trouble::missing;
    default:
      return otherwise;
  }
}

}  // namespace

Trouble trouble_of(const Failure& failure) {
  switch (failure.code) {
    case SQLITE_READONLY_DBMOVED:
      return Trouble::missing;
    case SQLITE_IOERR_NOMEM:
      return Trouble::no_memory;
    case SQLITE_IOERR_CORRUPTFS:
      return Trouble::damaged;
    case SQLITE_IOERR_SHMSIZE: {
      const auto trouble = trouble_of_system(failure.os_error, Trouble::full);
      return trouble == Trouble::missing ? Trouble::full : trouble;  // the errno of a file that need not be there
    }
    default:
      break;
  }
  switch (failure.code & kPrimary) {
    case SQLITE_FULL:
      return Trouble::full;
    case SQLITE_READONLY:
    case SQLITE_PERM:
    case SQLITE_AUTH:
      return Trouble::no_access;
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
    case SQLITE_PROTOCOL:
      return Trouble::locked;
    case SQLITE_CORRUPT:
      return Trouble::damaged;
    case SQLITE_NOTADB:
      return Trouble::no_database;
    case SQLITE_NOMEM:
      return Trouble::no_memory;
    case SQLITE_CANTOPEN:
      return trouble_of_system(failure.os_error, Trouble::no_access);
    case SQLITE_IOERR:
      return trouble_of_system(failure.os_error, Trouble::device);
    default:
      return Trouble::other;
  }
}

std::string_view mend_of(Trouble trouble) {
  switch (trouble) {
    case Trouble::full:
      return "its disk is full, or a quota or a limit of file size is reached: make room there; what the log holds is "
             "whole";
    case Trouble::no_access:
      return "let the engine's user write the file and its folder (owner, mode, a read-only mount); what the log holds "
             "is whole";
    case Trouble::locked:
      return "another program holds the file: wait for it or end it; what the log holds is whole";
    case Trouble::damaged:
      return "the file is damaged: stop the engine, keep a copy of the whole folder as it is, look at the disk, then "
             "put back a backup and start with --new-epoch, or save what can be read with sqlite3's .dump (README, "
             "\"Look "
             "after the log\")";
    case Trouble::no_database:
      return "the file is another program's, or its beginning is damaged: choose another --data-dir if it is not "
             "taskwire's; else keep a copy of the whole folder and put back a backup";
    case Trouble::missing:
      return "the file is not at its place: move it back, or stop the engine and put back a backup";
    case Trouble::no_descriptors:
      return "the engine may open no more files: raise its limit (ulimit -n); what the log holds is whole";
    case Trouble::no_memory:
      return "the machine has no memory left: free some; what the log holds is whole";
    case Trouble::device:
      return "the disk does not do what it is told: look at the system's log and mend the disk before anything is done "
             "to the file";
    case Trouble::other:
      break;
  }
  return "stop the engine and keep a copy of the whole folder before anything is done to the file";
}

bool leaves_nothing(const Failure& failure) {
  // Only what fails before the last byte of a commit is in the write-ahead log. What was written whole counts, even if
  // the disk then failed to make sure of it, or the index beside the log could not grow.
  switch (failure.code & kPrimary) {
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
    case SQLITE_FULL:
      return true;
    case SQLITE_READONLY:
      return failure.code != SQLITE_READONLY_DBMOVED;
    default:
      break;
  }
  if (failure.code != SQLITE_IOERR_WRITE) return false;
  const auto trouble = trouble_of(failure);
  return trouble == Trouble::full || trouble == Trouble::no_access;
}

}  // namespace taskwire::engine::sqlite
