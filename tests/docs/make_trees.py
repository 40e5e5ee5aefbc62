"""Makes the trees in which documents run, by their own commands.

  make_trees.py SOURCE_DIR TREES_DIR DOCUMENT...

A tree is what a reader has who follows a document: the files of the checkout
(what git tracks, or would), without any build, and then what the document's
preparation blocks have made there. Documents with the same commands share a
tree. The compiler's cache is the machine's.
"""

import hashlib
import os
import shutil
import subprocess
import sys
import time

from document import preparation_of, read_blocks
from session import clean_environment


def tree_of(trees, preparation):
  """Returns the folder of the tree made by these commands."""
  name = hashlib.sha256(preparation.encode()).hexdigest()[:8]
  return os.path.join(trees, name)


def copy_files(source, tree):
  listed = subprocess.run(
      ['git', '-c', f'safe.directory={source}', 'ls-files', '-z', '--cached',
       '--others', '--exclude-standard', '--deduplicate'],
      cwd=source, check=True, stdout=subprocess.PIPE).stdout
  for name in filter(None, listed.decode().split('\0')):
    path = os.path.join(source, name)
    if os.path.lexists(path):
      copy = os.path.join(tree, name)
      os.makedirs(os.path.dirname(copy), exist_ok=True)
      shutil.copy2(path, copy, follow_symlinks=False)


def make_tree(source, tree, preparation):
  shutil.rmtree(tree, ignore_errors=True)
  os.makedirs(tree)
  copy_files(source, tree)
  started = time.monotonic()
  ended = subprocess.run(['bash', '--noprofile', '--norc', '-exc', preparation],
                         cwd=tree, env=clean_environment(),
                         stdin=subprocess.DEVNULL)
  if ended.returncode != 0:
    # Documents must not run in half a tree.
    shutil.rmtree(tree)
    sys.exit(f'exit status {ended.returncode}:\n{preparation}')
  print(f'made in {time.monotonic() - started:.0f} s', flush=True)


def main():
  source, trees, *paths = map(os.path.realpath, sys.argv[1:])
  documents = {}
  for path in paths:
    preparation = preparation_of(read_blocks(path))
    if not preparation:
      sys.exit(f'{path}: expected <!-- preparation --> and a sh block with the '
               'commands that make what it uses')
    documents.setdefault(preparation, []).append(os.path.relpath(path, source))
  for preparation, names in documents.items():
    print(*names, flush=True)
    make_tree(source, tree_of(trees, preparation), preparation)


if __name__ == '__main__':
  main()
