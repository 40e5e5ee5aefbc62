# wriftai_test(NAME SOURCES... DEPS... LABELS...): a GoogleTest program. Each
# case is a ctest test. With sanitizers the program is one test, because it
# takes longer to start than most cases to run.
include(GoogleTest)
function(wriftai_test NAME)
  cmake_parse_arguments(ARG "" "" "SOURCES;DEPS;LABELS" ${ARGN})
  add_executable(${NAME} ${ARG_SOURCES})
  target_link_libraries(${NAME} PRIVATE wriftai_options ${ARG_DEPS}
                                        GTest::gmock_main)
  if(WRIFTAI_SANITIZE STREQUAL thread)
    target_link_libraries(${NAME} PRIVATE wriftai_tsan)
  endif()
  if(WRIFTAI_SANITIZE)
    add_test(NAME ${NAME} COMMAND ${NAME})
    set_tests_properties(${NAME} PROPERTIES LABELS "${ARG_LABELS}" TIMEOUT 600)
  else()
    gtest_discover_tests(
      ${NAME} DISCOVERY_TIMEOUT 60
      PROPERTIES LABELS "${ARG_LABELS}" TIMEOUT 120)
  endif()
endfunction()
