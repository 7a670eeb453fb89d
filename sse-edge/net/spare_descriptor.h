#pragma once

namespace taskwire::edge {

/// A file descriptor kept for the moment when there is none left: given up, it lets one connection be accepted and
/// closed, so that its client does not wait for ever. Not thread-safe.
class SpareDescriptor {
 public:
  SpareDescriptor() { take(); }
  ~SpareDescriptor() { give_up(); }
  SpareDescriptor(const SpareDescriptor&) = delete;
  SpareDescriptor& operator=(const SpareDescriptor&) = delete;

  /// Takes one again, where there is one to be had.
  void take();
  void give_up();

 private:
  int fd_ = -1;
};

}  // namespace taskwire::edge
