"""Tests the comparison of documents with outputs."""

import os
import subprocess
import tempfile
import unittest

from document import Comparison, preparation_of, read_blocks
from make_trees import make_tree
from session import Session

_FIRST = 'c12258c4-ed83-4d7b-a784-8ed55412325a'
_SECOND = '0d1c7a52-8f0e-4b34-9a6d-3d0f5f1f6a10'


class ComparisonTest(unittest.TestCase):

  def same(self, expected, actual):
    return Comparison().difference(expected, actual) == ''

  def test_other_text_differs(self):
    self.assertFalse(self.same('status succeeded', 'status failed'))

  def test_missing_and_additional_lines_differ(self):
    self.assertFalse(self.same('a\nb', 'a'))
    self.assertFalse(self.same('a', 'a\nb'))

  def test_ids_may_vary_consistently(self):
    self.assertTrue(self.same(f'{_FIRST} {_FIRST}', f'{_SECOND} {_SECOND}'))
    self.assertFalse(self.same(f'{_FIRST} {_FIRST}', f'{_FIRST} {_SECOND}'))

  def test_ids_are_consistent_in_the_whole_document(self):
    comparison = Comparison()
    self.assertEqual('', comparison.difference(_FIRST, _SECOND))
    self.assertNotEqual('', comparison.difference(_FIRST, _FIRST))

  def test_times_and_seconds_may_vary(self):
    self.assertTrue(self.same('2025-08-13T11:48:44Z after 1.0 s',
                              '2026-11-24T03:35:04.123456Z after 12.3 s'))

  def test_other_numbers_may_not_vary(self):
    self.assertFalse(self.same('count 1', 'count 2'))

  def test_a_varying_line_may_repeat(self):
    self.assertTrue(self.same('update 1: started after 1.0 s',
                              'update 1: started after 1.0 s\n'
                              'update 2: started after 2.0 s'))

  def test_a_fixed_line_may_not_repeat(self):
    self.assertFalse(self.same('started', 'started\nstarted'))

  def test_an_ellipsis_matches_the_rest_of_a_line(self):
    self.assertTrue(self.same('model: expected …', 'model: expected owner/name'))
    self.assertFalse(self.same('model: expected …', 'model: expected\nmore'))

  def test_an_ellipsis_alone_matches_any_lines(self):
    self.assertTrue(self.same('a\n…\nd', 'a\nb\nc\nd'))
    self.assertTrue(self.same('a\n…\nd', 'a\nd'))
    self.assertFalse(self.same('a\n…\nd', 'a\nb\nc'))


class ReadBlocksTest(unittest.TestCase):

  def read(self, text):
    with tempfile.NamedTemporaryFile('w', suffix='.md') as document:
      document.write(text)
      document.flush()
      return read_blocks(document.name)

  def test_reads_language_file_and_line(self):
    block, = self.read('Text\n```python build/a.py\nprint()\n```\n')
    self.assertEqual(('python', 'build/a.py', 'print()\n', 2, ''),
                     (block.language, block.file, block.text, block.line,
                      block.not_run))

  def test_not_run_skips_only_the_next_block(self):
    first, second = self.read(
        '<!-- not run: why -->\n```sh\na\n```\n```sh\nb\n```\n')
    self.assertEqual(('why', ''), (first.not_run, second.not_run))

  def test_preparation_is_the_text_of_all_its_blocks(self):
    blocks = self.read('<!-- preparation -->\n```sh\na\n```\n```sh\nb\n```\n'
                       '<!-- preparation -->\n```sh\nc\n```\n')
    self.assertEqual('a\nc\n', preparation_of(blocks))

  def test_rejects_an_unterminated_block(self):
    with self.assertRaises(ValueError):
      self.read('```sh\na\n')


class MakeTreeTest(unittest.TestCase):

  def setUp(self):
    folder = tempfile.TemporaryDirectory()
    self.addCleanup(folder.cleanup)
    self.source = os.path.join(folder.name, 'source')
    self.tree = os.path.join(folder.name, 'tree')
    subprocess.run(['git', 'init', '-q', self.source], check=True)
    self.write('.gitignore', '/build/\n')
    self.write('build/program', '')
    self.write('source.cc', '')

  def write(self, name, text):
    path = os.path.join(self.source, name)
    os.makedirs(os.path.dirname(path), exist_ok=True)
    with open(path, 'w', encoding='utf-8') as file:
      file.write(text)

  def test_has_the_files_without_builds_and_what_the_commands_make(self):
    make_tree(self.source, self.tree, 'mkdir build\ntouch build/made\n')
    self.assertEqual(['.gitignore', 'build', 'source.cc'],
                     sorted(os.listdir(self.tree)))
    self.assertEqual(['made'], os.listdir(os.path.join(self.tree, 'build')))

  def test_failing_commands_leave_no_tree(self):
    with self.assertRaises(SystemExit):
      make_tree(self.source, self.tree, 'false\ntrue\n')
    self.assertFalse(os.path.exists(self.tree))


class SessionTest(unittest.TestCase):

  def test_omits_a_log_line_within_another_line(self):
    session = Session('.')
    self.addCleanup(session.close)
    line = '2026-11-25T22:25:38.969Z info call ended a=b'
    self.assertEqual(
        ('pending 1\n', 0),
        session.run(f"printf pending; echo '{line}'; echo ' 1'; echo '{line}'"))


if __name__ == '__main__':
  unittest.main()
