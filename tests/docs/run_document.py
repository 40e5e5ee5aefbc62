"""Does what a document says, exactly as printed, and compares the outputs.

  run_document.py SOURCE_DIR BUILD_DIR DOCUMENT

Works in a folder of its own that looks like the checkout, with BUILD_DIR as
its build/release, and in a network of its own, so that the ports in the
document are free and nothing is fetched from elsewhere.
"""

import os
import shutil
import subprocess
import sys
import tempfile
import time

from document import Comparison, read_blocks
from session import Failed, Session

_INSIDE = 'DOCUMENT_TEST_HAS_A_NETWORK_OF_ITS_OWN'


def enter_own_network():
  """Starts this program again in a network that has loopback alone."""
  if _INSIDE in os.environ:
    subprocess.run(['ip', 'link', 'set', 'lo', 'up'], check=True)
    del os.environ[_INSIDE]
    return
  for unshare in (['unshare', '--net'], ['unshare', '-rn']):
    if subprocess.run([*unshare, 'ip', 'link', 'set', 'lo', 'up'],
                      stderr=subprocess.DEVNULL).returncode == 0:
      os.environ[_INSIDE] = 'yes'
      os.execvp(unshare[0], [*unshare, sys.executable, *sys.argv])
  print('NOTE: no network of its own can be made here; the document runs on '
        "this machine's, whose ports may be taken", flush=True)


def make_checkout(source, build):
  """A folder with all of the checkout but what has been built."""
  folder = tempfile.mkdtemp(prefix='document-test-')
  for name in os.listdir(source):
    if name not in ('build', '.git'):
      os.symlink(os.path.join(source, name), os.path.join(folder, name))
  os.mkdir(os.path.join(folder, 'build'))
  os.symlink(build, os.path.join(folder, 'build', 'release'))
  return folder


def write_file(folder, block):
  path = os.path.join(folder, block.file)
  if not os.path.realpath(path).startswith(
      os.path.join(os.path.realpath(folder), 'build', '')):
    raise Failed(f'{block.file}: files belong below build/')
  os.makedirs(os.path.dirname(path), exist_ok=True)
  with open(path, 'a', encoding='utf-8') as file:
    file.write(block.text)


def run_blocks(blocks, folder, session, path):
  """The number of blocks that were run."""
  comparison = Comparison()
  ran = 0
  for block, following in zip(blocks, [*blocks[1:], None]):
    where = f'{path}:{block.line}'
    try:
      if block.not_run:
        print(f'{where}: not run: {block.not_run}', flush=True)
      elif block.language == 'sh':
        print(f'{where}: {block.text.strip().splitlines()[0]}', flush=True)
        run_block(block, following, comparison, session)
        ran += 1
      elif block.file:
        write_file(folder, block)
      elif block.language != 'text':
        raise Failed('a block that is neither sh, nor text, nor a file')
    except Failed as failure:
      sys.exit(f'\n{where}: {failure}')
  return ran


# What a reader takes from one command to the next, at the least; the sandbox
# enforces three reads a second.
_PAUSE_SECONDS = 1


def run_block(block, following, comparison, session):
  time.sleep(_PAUSE_SECONDS)
  printed, status = session.run(block.text)
  shown = following.text if following and following.language == 'text' else None
  if shown is None:
    if status != 0:
      raise Failed(f'exit status {status}:\n{printed}')
    return
  if status != 0:
    printed += f'(exit status {status})\n'
  if difference := comparison.difference(shown, printed):
    raise Failed(difference)


def main():
  source, build, path = (os.path.realpath(argument) for argument in sys.argv[1:])
  enter_own_network()
  blocks = read_blocks(path)
  folder = make_checkout(source, build)
  session = Session(folder)
  try:
    ran = run_blocks(blocks, folder, session, os.path.relpath(path, source))
  finally:
    session.close()
    shutil.rmtree(folder)
  if ran == 0:
    sys.exit(f'{path}: nothing was run')
  print(f'{ran} blocks did what the document says')


if __name__ == '__main__':
  main()
