#include "browser/tasks/page.h"

int main() {
  static const taskwire::browser::Page page;
}
