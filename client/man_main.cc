#include <iostream>

#include "client/guide/man_page.h"

// Prints the manual page, for the build. wriftctl needs no command for it.
int main() {
  std::cout << wriftai::client::ManPage();
  return std::cout.flush() ? 0 : 1;
}
