# WRIFTAI_COMMIT: the commit of the build, for --version and /statusz. Set it
# where the sources have no .git, as in an image's build.
set(WRIFTAI_COMMIT "" CACHE STRING "The commit's name; empty: ask git")
set(wriftai_commit "${WRIFTAI_COMMIT}")
# Only if the sources are a repository themselves, not inside another one.
if(wriftai_commit STREQUAL "" AND EXISTS ${PROJECT_SOURCE_DIR}/.git)
  find_package(Git QUIET)
  if(GIT_FOUND)
    execute_process(
      COMMAND ${GIT_EXECUTABLE} -c safe.directory=${PROJECT_SOURCE_DIR} -C
              ${PROJECT_SOURCE_DIR} rev-parse --short=12 HEAD
      OUTPUT_VARIABLE wriftai_commit
      OUTPUT_STRIP_TRAILING_WHITESPACE ERROR_QUIET)
    # Every commit and checkout appends a line to this file.
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
