"""Builds the package.

In the checkout, generates first what the package takes from elsewhere in it:
the stubs, the version, the service config and the license. A source
distribution contains these, and is built without protoc.

Generates with protoc and grpc_python_plugin if both are on the PATH, else with
grpcio-tools. Stubs work with the protobuf release that generated them and later
ones: release packages with the oldest supported, protoc 21.
"""

import pathlib
import re
import shutil
import subprocess
import tempfile

import setuptools

_HERE = pathlib.Path(__file__).resolve().parent
_CHECKOUT = _HERE.parent.parent
_PACKAGE = _HERE / 'src' / 'wriftai_gateway'


def run_protoc(arguments):
  protoc, plugin = map(shutil.which, ('protoc', 'grpc_python_plugin'))
  if protoc and plugin:
    subprocess.run(
        [protoc, f'--plugin=protoc-gen-grpc_python={plugin}', *arguments],
        check=True)
    return
  try:
    import grpc_tools.protoc
  except ImportError:
    raise SystemExit('the stubs require protoc and grpc_python_plugin '
                     '(Debian: protobuf-compiler-grpc, libprotobuf-dev), or '
                     'grpcio-tools')
  include = pathlib.Path(grpc_tools.__file__).parent / '_proto'
  if grpc_tools.protoc.main(['protoc', f'-I{include}', *arguments]) != 0:
    raise SystemExit('protoc failed')


def move(source, target, replacements):
  """Moves a generated module. Each text to replace must occur once."""
  text = source.read_text(encoding='utf-8')
  for old, new in replacements:
    if text.count(old) != 1:
      raise SystemExit(f'{source.name}: expected once: {old}')
    text = text.replace(old, new)
  target.write_text(text, encoding='utf-8')


def generate(folder):
  """Moves the stubs below `wriftai_gateway`.

  `wriftai`, where protoc puts them, is the package of the official client.
  """
  run_protoc([f'-I{_CHECKOUT / "proto"}', f'--python_out={folder}',
              f'--pyi_out={folder}', f'--grpc_python_out={folder}',
              'wriftai/predictions/v1/predictions.proto'])
  run_protoc([f'-I{_CHECKOUT / "clients" / "proto"}', f'--python_out={folder}',
              f'--pyi_out={folder}', 'wriftai/clients/v1/error_details.proto'])
  predictions = folder / 'wriftai' / 'predictions' / 'v1' / 'predictions_pb2'
  details = folder / 'wriftai' / 'clients' / 'v1' / 'error_details_pb2'
  v1 = _PACKAGE / 'v1'
  # The names of modules, by which messages are pickled.
  move(predictions.with_suffix('.py'), v1 / 'predictions_pb2.py',
       [("'wriftai.predictions.v1.predictions_pb2', globals()",
         "'wriftai_gateway.v1.predictions_pb2', globals()")])
  move(details.with_suffix('.py'), _PACKAGE / '_error_details_pb2.py',
       [("'wriftai.clients.v1.error_details_pb2', globals()",
         "'wriftai_gateway._error_details_pb2', globals()")])
  move(predictions.with_suffix('.pyi'), v1 / 'predictions_pb2.pyi', [])
  move(details.with_suffix('.pyi'), _PACKAGE / '_error_details_pb2.pyi', [])
  move(predictions.with_name('predictions_pb2_grpc.py'),
       v1 / 'predictions_pb2_grpc.py',
       [('from wriftai.predictions.v1 import ',
         'from wriftai_gateway.v1 import ')])


def take_from_checkout():
  with tempfile.TemporaryDirectory() as folder:
    generate(pathlib.Path(folder))
  version = re.search(r'^project\(wriftai_gateway VERSION ([\d.]+)',
                      (_CHECKOUT / 'CMakeLists.txt').read_text(), re.M)[1]
  (_PACKAGE / '_version.py').write_text(f"VERSION = '{version}'\n")
  shutil.copy(_CHECKOUT / 'clients' / 'service_config.json', _PACKAGE)
  shutil.copy(_CHECKOUT / 'LICENSE', _HERE)


if (_CHECKOUT / 'clients' / 'proto').is_dir():
  take_from_checkout()
setuptools.setup(version=re.search(
    r"VERSION = '(.+)'", (_PACKAGE / '_version.py').read_text())[1])
