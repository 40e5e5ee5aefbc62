"""Runs the commands of a document exactly as printed, and compares the output.

  run_document.py [--isolated_only] TREES_DIR DOCUMENT

Runs in a copy of the tree that make_trees.py made with the document's own
commands, and in a separate network namespace: the document's ports are free,
and nothing is downloaded. Where that is not allowed, it runs on the machine's
network, or with --isolated_only exits with status 77 and the reason: documents
that run at the same time would use the same ports.
"""

import argparse
import os
import shutil
import subprocess
import sys
import tempfile
import time

from document import Comparison, preparation_of, read_blocks
from make_trees import tree_of
from session import BlockError, Session

_INSIDE = 'DOCUMENT_TEST_IN_NETWORK_NAMESPACE'
_SKIPPED = 77


def enter_network_namespace(isolated_only):
  """Restarts this program in a network namespace with only loopback."""
  if _INSIDE in os.environ:
    subprocess.run(['ip', 'link', 'set', 'lo', 'up'], check=True)
    del os.environ[_INSIDE]
    return
  for unshare in (['unshare', '--net'], ['unshare', '-rn']):
    if subprocess.run([*unshare, 'ip', 'link', 'set', 'lo', 'up'],
                      stderr=subprocess.DEVNULL).returncode == 0:
      os.environ[_INSIDE] = 'yes'
      os.execvp(unshare[0], [*unshare, sys.executable, *sys.argv])
  if isolated_only:
    print('SKIPPED: cannot create a network namespace (unshare --net)')
    sys.exit(_SKIPPED)
  print('NOTE: cannot create a network namespace; the document uses the '
        "machine's network, whose ports may be in use", flush=True)


def make_copy(tree):
  """Creates a folder with links to the tree; new files stay in the folder."""
  folder = tempfile.mkdtemp(prefix='document-test-')
  os.mkdir(os.path.join(folder, 'build'))
  for name in os.listdir(tree):
    if name != 'build':
      os.symlink(os.path.join(tree, name), os.path.join(folder, name))
  for name in os.listdir(os.path.join(tree, 'build')):
    os.symlink(os.path.join(tree, 'build', name),
               os.path.join(folder, 'build', name))
  return folder


def write_file(folder, block):
  path = os.path.join(folder, block.file)
  if not os.path.realpath(path).startswith(
      os.path.join(os.path.realpath(folder), 'build', '')):
    raise BlockError(f'{block.file}: expected a file below build/')
  os.makedirs(os.path.dirname(path), exist_ok=True)
  with open(path, 'a', encoding='utf-8') as file:
    file.write(block.text)


def run_blocks(blocks, folder, session, path):
  """Runs the blocks; returns how many were run."""
  comparison = Comparison()
  ran = 0
  for block, following in zip(blocks, [*blocks[1:], None]):
    where = f'{path}:{block.line}'
    try:
      if block.not_run:
        print(f'{where}: not run: {block.not_run}', flush=True)
      elif block.is_preparation:
        print(f'{where}: has made the tree', flush=True)
      elif block.language == 'sh':
        print(f'{where}: {block.text.strip().splitlines()[0]}', flush=True)
        run_block(block, following, comparison, session)
        ran += 1
      elif block.file:
        write_file(folder, block)
      elif block.language != 'text':
        raise BlockError('expected a block that is sh, text, or a file')
    except BlockError as error:
      sys.exit(f'\n{where}: {error}')
  return ran


# A reader needs at least this long between commands. The sandbox enforces three
# reads a second.
_PAUSE_SECONDS = 1


def run_block(block, following, comparison, session):
  time.sleep(_PAUSE_SECONDS)
  actual, status = session.run(block.text)
  expected = None
  if following and following.language == 'text':
    expected = following.text
  if expected is None:
    if status != 0:
      raise BlockError(f'exit status {status}:\n{actual}')
    return
  if status != 0:
    actual += f'(exit status {status})\n'
  if difference := comparison.difference(expected, actual):
    raise BlockError(difference)


def main():
  parser = argparse.ArgumentParser()
  parser.add_argument('--isolated_only', action='store_true')
  parser.add_argument('paths', nargs=2)
  arguments = parser.parse_args()
  trees, path = map(os.path.realpath, arguments.paths)
  enter_network_namespace(arguments.isolated_only)
  blocks = read_blocks(path)
  tree = tree_of(trees, preparation_of(blocks))
  if not os.path.isdir(tree):
    sys.exit(f'{path}: {tree} is missing: run make_trees.py')
  folder = make_copy(tree)
  session = Session(folder)
  try:
    ran = run_blocks(blocks, folder, session, os.path.relpath(path))
  finally:
    session.close()
    shutil.rmtree(folder)
  if ran == 0:
    sys.exit(f'{path}: no block was run')
  print(f'{ran} blocks ran as documented')


if __name__ == '__main__':
  main()
