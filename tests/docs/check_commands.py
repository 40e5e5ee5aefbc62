"""Checks that a document's commands for single tests find one.

  check_commands.py SOURCE_DIR BUILD_DIR DOCUMENT

Of the sh blocks, `ctest --preset release` must select a test, a program of
build/release must exist, and --gtest_filter must select a case. Nothing is run:
this is a test itself, and may run beside those. Other presets are not checked,
because they may not be built.
"""

import os
import re
import shlex
import subprocess
import sys
import tempfile

from document import read_blocks

_PROGRAM = 'build/release/'


def output_of(arguments, folder):
  result = subprocess.run(arguments, cwd=folder, capture_output=True, text=True)
  return result.stdout if result.returncode == 0 else ''


def finds_something(arguments, build, folder):
  """Whether the command, a list, finds what it names."""
  if arguments[:3] == ['ctest', '--preset', 'release']:
    found = output_of([*arguments, '-N'], folder)
    return bool(re.search(r'^Total Tests: [1-9]', found, re.MULTILINE))
  program = os.path.join(build, arguments[0][len(_PROGRAM):])
  if not os.access(program, os.X_OK):
    return False
  if any(argument.startswith('--gtest_filter') for argument in arguments):
    return output_of([program, *arguments[1:], '--gtest_list_tests'],
                     folder).count('\n  ') > 0
  return True


def make_checkout(source, build, folder):
  """The presets and the build, so that ctest writes its log elsewhere."""
  os.symlink(os.path.join(source, 'CMakePresets.json'),
             os.path.join(folder, 'CMakePresets.json'))
  copy = os.path.join(folder, 'build', 'release')
  os.makedirs(copy)
  for name in os.listdir(build):
    if name != 'Testing':
      os.symlink(os.path.join(build, name), os.path.join(copy, name))


def main():
  source, build, path = map(os.path.realpath, sys.argv[1:])
  checked = 0
  with tempfile.TemporaryDirectory(prefix='commands-test-') as folder:
    make_checkout(source, build, folder)
    for block in read_blocks(path):
      for line in block.text.splitlines() if block.language == 'sh' else []:
        if not line.startswith(('ctest --preset release', _PROGRAM)):
          continue
        if not finds_something(shlex.split(line), build, folder):
          sys.exit(f'{path}:{block.line}: finds nothing: {line}')
        checked += 1
  if checked == 0:
    sys.exit(f'{path}: no command was checked')
  print(f'{checked} commands find something')


if __name__ == '__main__':
  main()
