"""What a type checker says about programs that use the installed package."""

import re
import subprocess
import sys
import textwrap
import unittest


def check(program):
  """Returns what mypy reports, a line for each error."""
  ended = subprocess.run(
      ['/usr/bin/mypy', '--strict', '--no-error-summary', '--hide-error-context',
       '--cache-dir=/dev/null', f'--python-executable={sys.executable}',
       '-c', textwrap.dedent(program)],
      stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
  return ended.stdout


class TypesTest(unittest.TestCase):
  maxDiff = None

  def test_program_with_the_right_types_passes(self):
    self.assertEqual(check('''
        import datetime
        from typing import Any, AsyncIterator, Iterator, Optional, assert_type
        from wriftai_gateway import (AsyncClient, Client, FieldViolation,
                                     GatewayError, Prediction, Update, tls, v1)

        def on_poll(prediction: Prediction) -> None:
          assert_type(prediction.status, str)
          assert_type(prediction.created_at, Optional[datetime.datetime])
          assert_type(prediction.output, Any)
          assert_type(prediction.output_json, Optional[str])

        with Client('localhost:1', token=lambda: 'x', credentials=tls()) as one:
          try:
            assert_type(one.predictions.create(
                model='a/b', input={'n': [1, None]}, wait=True, on_poll=on_poll,
                webhook={'url': 'http://localhost/'}), Prediction)
          except GatewayError as error:
            assert_type(error.field_violations, tuple[FieldViolation, ...])
            assert_type(error.retry_delay, Optional[float])
          assert_type(one.predictions.list(page_size=5), Iterator[Prediction])
          assert_type(one.predictions.updates('id'), Iterator[Update])
          assert_type(one.predictions.cancel('id'), None)

        async def run() -> None:
          async def on_poll_async(prediction: Prediction) -> None:
            pass

          async with AsyncClient() as other:
            assert_type(await other.predictions.wait(
                'id', on_poll=on_poll_async), Prediction)
            async for listed in other.predictions.list():
              assert_type(listed, Prediction)

        assert_type(v1.GetRequest(id='x').id, str)
        '''), '')

  def test_wrong_types_are_reported(self):
    reported = check('''\
        from wriftai_gateway import Client
        predictions = Client().predictions
        predictions.create(model=1, input=2)
        predictions.create(model='a/b', input=2, webhook={'secret': 'x'})
        predictions.create(model='a/b', input=2, if_unknown='hope')
        predictions.get('id').model.version_number + 1
        predictions.wait('id', on_poll=lambda: None)
        predictions.get('id').state
        ''')
    self.assertEqual(
        re.findall(r'<string>:(\d+): error: .*\[(arg-type|operator|attr-defined)\]',
                   reported),
        [('3', 'arg-type'), ('4', 'arg-type'), ('5', 'arg-type'),
         ('6', 'operator'), ('7', 'arg-type'), ('8', 'attr-defined')], reported)


if __name__ == '__main__':
  unittest.main()
