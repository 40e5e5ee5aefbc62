#include "service/server/allocator.h"

#ifdef WRIFTAI_TCMALLOC
#include <gperftools/malloc_extension.h>
#else
#include <malloc.h>
#endif

namespace wriftai {

void ReturnFreedMemory() {
#ifdef WRIFTAI_TCMALLOC
  MallocExtension::instance()->ReleaseFreeMemory();
#else
  malloc_trim(0);
#endif
}

}  // namespace wriftai
