"""The results of the benchmark, as JSON."""

import datetime
import json
import os
import subprocess

from figures import summary_of


def result_of(case, measured, options):
  """The figures of a case. It has the circumstances of its own measurement,
  because cases may be measured again alone."""
  now = datetime.datetime.now(datetime.timezone.utc)
  return {
      'name': case.name, 'title': case.title,
      'time': now.isoformat(timespec='seconds'), 'commit': commit(),
      'rounds': options.rounds, 'seconds': options.seconds,
      'processor': processor(), 'load_average': os.getloadavg()[1],
      'peers': summary_of(measured),
  }


def commit():
  described = subprocess.run(['git', 'describe', '--always', '--dirty'],
                             capture_output=True, text=True, check=False)
  return described.stdout.strip() or 'unknown'


def processor():
  with open('/proc/cpuinfo', encoding='utf-8') as cpuinfo:
    models = [line.partition(':')[2].strip() for line in cpuinfo
              if line.startswith('model name')]
  return f'{len(models)} cores, {models[0]}' if models else 'unknown'


def write(options, results):
  with open(options.json, 'w', encoding='utf-8') as file:
    json.dump({'benchmark': 'peers', 'cases': results}, file, indent=1)
