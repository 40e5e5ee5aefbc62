#ifndef WRIFTAI_CLIENT_GUIDE_MAN_PAGE_H_
#define WRIFTAI_CLIENT_GUIDE_MAN_PAGE_H_

#include <string>

namespace wriftai::client {

// wriftctl(1) in man(7)'s language, from the same tables as --help. Any thread.
std::string ManPage();

}  // namespace wriftai::client

#endif  // WRIFTAI_CLIENT_GUIDE_MAN_PAGE_H_
