#pragma once

#include <filesystem>
#include <map>
#include <memory>
#include <string>
#include <string_view>

#include "http/message.h"

namespace taskwire::edge {

/// The dashboard's files, read once and served from memory; `name.br` and `name.gz` beside a file are its compressed
/// encodings. Immutable, so thread-safe.
class StaticFiles {
 public:
  /// Reads every regular file of `root` that has a known type. A `root` that is not there gives no files.
  explicit StaticFiles(const std::filesystem::path& root);

  [[nodiscard]] bool is_empty() const { return files_.empty(); }
  /// Whether `name` is served; empty is `index.html`.
  [[nodiscard]] bool has(std::string_view name) const;

  /// The file in the best form that the request accepts, or 304 where it has that already. Requires has(name).
  [[nodiscard]] HttpResponse respond(const HttpRequest& request, std::string_view name) const;

 private:
  struct Encoding {
    std::shared_ptr<const std::string> bytes;
    std::string etag;
  };
  struct File {
    std::string type;
    std::map<std::string, Encoding, std::less<>> encodings;  // by content coding; "" is the file itself
  };
  static constexpr std::string_view kIndex = "index.html";

  std::map<std::string, File, std::less<>> files_;
};

}  // namespace taskwire::edge
