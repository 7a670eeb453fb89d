#include "program/notify_socket.h"

#include <array>
#include <cstdlib>
#include <cstring>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

namespace taskwire {

std::optional<NotifySocket> NotifySocket::make() {
  const char* const temporary = std::getenv("TMPDIR");
  sockaddr_un address{};
  NotifySocket made;
  for (const std::string place : {temporary == nullptr ? "" : temporary, "/tmp"}) {
    std::string folder = place + "/taskwire-XXXXXX";
    if (!place.starts_with('/') || folder.size() + sizeof "/notify" > sizeof address.sun_path) continue;
    if (mkdtemp(folder.data()) == nullptr) continue;
    made.folder_ = folder;
    break;
  }
  if (made.folder_.empty()) return std::nullopt;
  made.path_ = made.folder_ + "/notify";
  made.fd_ = Descriptor(socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
  address.sun_family = AF_UNIX;
  std::memcpy(address.sun_path, made.path_.c_str(), made.path_.size() + 1);
  if (!made.fd_ || bind(made.fd_.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0)
    return std::nullopt;
  return made;
}

NotifySocket::~NotifySocket() {
  if (folder_.empty()) return;
  unlink(path_.c_str());
  rmdir(folder_.c_str());
}

void NotifySocket::give_to(uid_t user, gid_t group) const {
  constexpr mode_t kMayBePassed = 0711;
  // The folder stays ours: in one of their own they could put anything in the socket's place.
  if (chmod(folder_.c_str(), kMayBePassed) != 0) return;  // then its messages are not heard
  if (lchown(path_.c_str(), user, group) != 0) return;
}

void NotifySocket::read(const std::function<void(const progress::NotifyMessage&)>& heard) const {
  constexpr int kAtOnce = 100;
  std::array<char, 8192> datagram;
  for (int i = 0; i < kAtOnce; ++i) {
    // Descriptors that come along (FDSTORE=1) are closed by the kernel, as no place is given for them.
    const auto size = recv(fd_.get(), datagram.data(), datagram.size(), 0);
    if (size < 0) return;
    heard(progress::parse_notify({datagram.data(), static_cast<std::size_t>(size)}));
  }
}

}  // namespace taskwire
