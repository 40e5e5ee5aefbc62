# WRIFTAI_COMMIT: the commit that is built, for --version and /statusz. Where
# the sources come without .git, as into an image, whoever builds may name it.
set(WRIFTAI_COMMIT "" CACHE STRING "The commit's name; empty: ask git")
set(wriftai_commit "${WRIFTAI_COMMIT}")
# Asked only for a repository of our own, and not for one around the sources.
if(wriftai_commit STREQUAL "" AND EXISTS ${PROJECT_SOURCE_DIR}/.git)
  find_package(Git QUIET)
  if(GIT_FOUND)
    execute_process(
      COMMAND ${GIT_EXECUTABLE} -c safe.directory=${PROJECT_SOURCE_DIR} -C
              ${PROJECT_SOURCE_DIR} rev-parse --short=12 HEAD
      OUTPUT_VARIABLE wriftai_commit
      OUTPUT_STRIP_TRAILING_WHITESPACE ERROR_QUIET)
    # Every commit and checkout adds a line to it.
    set(head_log ${PROJECT_SOURCE_DIR}/.git/logs/HEAD)
    if(EXISTS ${head_log})
      set_property(DIRECTORY ${PROJECT_SOURCE_DIR} APPEND
                   PROPERTY CMAKE_CONFIGURE_DEPENDS ${head_log})
    endif()
  endif()
endif()
if(wriftai_commit STREQUAL "")
  set(wriftai_commit unknown)
endif()
