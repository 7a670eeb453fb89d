#include "types/files.h"

#include <cerrno>
#include <fcntl.h>
#include <sys/stat.h>
#include <system_error>
#include <utility>

#include "types/open_beneath.h"

namespace taskwire::engine {

Result<Files> Files::open(const std::string& root, const std::string& data_dir) {
  Fd fd(::open(root.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  const int error = errno;
  if (!fd)
    return refuse(Reason::cannot_start,
                  root + ": " + std::generic_category().message(error) + "; choose another folder with --files-root");
  struct stat data {};
  const int found = stat(data_dir.c_str(), &data);
  const int data_error = errno;
  if (found != 0)
    return refuse(Reason::cannot_start, data_dir + ": " + std::generic_category().message(data_error) +
                                            "; choose another folder with --data-dir");
  return Files(std::move(fd), data.st_dev, data.st_ino);
}

Result<Fd> Files::folder(const std::string& path) const {
  for (auto slash = path.find('/'); slash != std::string::npos; slash = path.find('/', slash + 1)) {
    const auto above = open_beneath(root_.get(), path.substr(0, slash), O_DIRECTORY);
    if (above && is_data(above->get()))
      return refuse(Reason::path_forbidden, path + ": the engine keeps its data there; choose another folder");
  }
  return open_beneath(root_.get(), path, O_DIRECTORY);
}

bool Files::is_data(int folder) const {
  struct stat status {};
  return fstat(folder, &status) == 0 && status.st_dev == data_device_ && status.st_ino == data_inode_;
}

}  // namespace taskwire::engine
