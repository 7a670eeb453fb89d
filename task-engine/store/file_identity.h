#pragma once

#include <optional>
#include <string>
#include <sys/types.h>
#include <vector>

namespace taskwire::engine {

/// Files that are held open, known by what they are: tells when another one, or none, has the name of one, or when one
/// was emptied. As long as they are open, no other file can have their identity. A value; one `stat` for each file and
/// question.
class FileIdentity {
 public:
  /// What has these names now. A file that is not there counts as lost from the start.
  [[nodiscard]] static FileIdentity of(const std::vector<std::string>& paths);

  /// What happened to the first that is no longer at its place, as a text for people that names it without its folder;
  /// nothing, if all are.
  [[nodiscard]] std::optional<std::string> lost() const;

  /// The same without the files after the first.
  [[nodiscard]] FileIdentity first() const;

 private:
  struct File {
    std::string path;
    dev_t device = 0;
    ino_t inode = 0;
    bool has_content = false;
  };
  std::vector<File> files_;
};

}  // namespace taskwire::engine
