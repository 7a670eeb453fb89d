#include "base/ids.h"

#include <random>

namespace taskwire::engine {
namespace {

constexpr std::size_t kTaskIdLength = 12;
constexpr std::size_t kEpochLength = 8;

std::string random_name(const Random& random, std::size_t length) {
  constexpr char kAlphabet[] = "abcdefghijklmnopqrstuvwxyz234567";
  std::string name(length, '\0');
  auto bits = random();
  for (char& c : name) {
    c = kAlphabet[bits % 32];
    bits /= 32;
  }
  return name;
}

}  // namespace

Random system_random() {
  return [] {
    thread_local std::random_device device;
    return (std::uint64_t{device()} << 32) | device();
  };
}

std::string make_task_id(const Random& random) {
  return random_name(random, kTaskIdLength);
}

std::string make_epoch(const Random& random) {
  return random_name(random, kEpochLength);
}

}  // namespace taskwire::engine
