# Sourced. copy_sources SOURCE_DIR FOLDER: copies the files of the checkout that
# the packages of clients/ are built from, without what an earlier build left.
copy_sources() {
  mkdir -p "$2"
  (cd "$1" && git -c safe.directory="$1" ls-files -z --cached --others \
    --exclude-standard --deduplicate -- clients proto CMakeLists.txt LICENSE |
    xargs -0 cp --parents -t "$2")
}
