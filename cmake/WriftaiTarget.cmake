# The options of every target of the project.
add_library(wriftai_options INTERFACE)
target_compile_features(wriftai_options INTERFACE cxx_std_17)
target_include_directories(
  wriftai_options INTERFACE ${PROJECT_SOURCE_DIR} ${PROJECT_BINARY_DIR})
target_compile_options(
  wriftai_options INTERFACE -Wall -Wextra -Wshadow -Wnon-virtual-dtor
                            -Wno-unused-parameter)
if(CMAKE_CXX_COMPILER_ID MATCHES "Clang")
  target_compile_options(wriftai_options INTERFACE -Wthread-safety)
endif()
if(WRIFTAI_WERROR)
  target_compile_options(wriftai_options INTERFACE -Werror)
endif()
if(WRIFTAI_SANITIZE)
  target_compile_options(
    wriftai_options INTERFACE -fsanitize=${WRIFTAI_SANITIZE}
                              -fno-sanitize-recover=all
                              -fno-omit-frame-pointer)
  target_link_options(wriftai_options INTERFACE -fsanitize=${WRIFTAI_SANITIZE})
endif()

# wriftai_library(NAME SOURCES... DEPS...): the static library wriftai_NAME,
# used as wriftai::NAME.
function(wriftai_library NAME)
  cmake_parse_arguments(ARG "" "" "SOURCES;DEPS" ${ARGN})
  add_library(wriftai_${NAME} STATIC ${ARG_SOURCES})
  add_library(wriftai::${NAME} ALIAS wriftai_${NAME})
  target_link_libraries(wriftai_${NAME} PUBLIC wriftai_options ${ARG_DEPS})
endfunction()
