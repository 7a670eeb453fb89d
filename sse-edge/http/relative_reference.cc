#include "http/relative_reference.h"

#include <algorithm>
#include <cstddef>

namespace taskwire::edge {
namespace {

/// The path of a target in origin or absolute form.
std::string_view path_of(std::string_view target) {
  target = target.substr(0, target.find('?'));
  if (target.starts_with('/')) return target;
  const auto authority = target.find("://");
  const auto path = authority == std::string_view::npos ? authority : target.find('/', authority + 3);
  return path == std::string_view::npos ? std::string_view("/") : target.substr(path);
}

}  // namespace

std::string relative_reference(std::string_view from, std::string_view to) {
  const auto path = path_of(from);
  const auto folder = path.substr(0, path.rfind('/') + 1);
  const auto differ = std::mismatch(folder.begin(), folder.end(), to.begin(), to.end());
  const std::string_view common(folder.begin(), differ.first);
  const auto shared = common.rfind('/') + 1;  // of both, up to the last slash
  std::string reference;
  for (auto ups = std::count(folder.begin() + static_cast<std::ptrdiff_t>(shared), folder.end(), '/'); ups > 0; --ups)
    reference += "../";
  return reference.append(to.substr(shared));
}

}  // namespace taskwire::edge
