"""Results as Markdown."""

TITLES = {
    'bare': 'bare gRPC + bare libcurl',
    'bare_grpc': 'bare gRPC',
    'bare_http': 'bare libcurl',
    'relay': 'bare relay',
    'go': 'Go',
    'node': 'Node.js',
    'python': 'Python',
    'ours': 'wriftai-gateway',
}
# Figure, title, and whether the spread is shown.
COLUMNS = (
    ('cpu_us', 'CPU (µs)', True),
    ('cpu_us_over_bare', '× bare', True),
    ('cpu_us_over_go', '× Go', True),
    ('calls_per_s', 'calls/s', False),
    ('p50_ms', 'p50 (ms)', False),
    ('p99_ms', 'p99 (ms)', True),
    ('added_p99_ms', 'added p99 (ms)', True),
    ('beside_p99_ms', 'p99 beside it (ms)', True),
    ('growth_ms', 'growth (ms)', True),
    ('last_ms', 'last waiter (ms)', True),
    ('last_ms_over_bare', '× bare', True),
    ('end_cpu_us', 'end: CPU (µs)', True),
    ('end_cpu_us_over_bare', '× bare', True),
    ('end_last_ms', 'end: last waiter (ms)', True),
    ('end_last_ms_over_bare', '× bare', True),
    ('kib_per_wait', 'memory of one (KiB)', True),
    ('kib_per_wait_over_bare', '× bare', True),
    ('rest_percent', 'CPU at rest (% of a core)', True),
    ('open_s', 'opening all (s)', False),
    ('peak_mib', 'peak RSS (MiB)', False),
    ('syscalls_all', 'system calls', False),
)


def number(value):
  if value >= 100:
    return f'{value:,.0f}'
  return f'{value:.3g}'


def cell(figure, with_spread):
  if figure is None:
    return ''
  text = number(figure['median'])
  if with_spread and figure['min'] != figure['max']:
    text += f' ({number(figure["min"])}–{number(figure["max"])})'
  return text


def table_of(case):
  columns = [column for column in COLUMNS
             if any(column[0] in of_peer for of_peer in case['peers'].values())]
  lines = ['| | ' + ' | '.join(title for _, title, _ in columns) + ' |',
           '|---' * (len(columns) + 1) + '|']
  for name, title in TITLES.items():
    if name in case['peers']:
      of_peer = case['peers'][name]
      cells = [cell(of_peer.get(key), wide) for key, _, wide in columns]
      lines.append(f'| {title} | ' + ' | '.join(cells) + ' |')
  return '\n'.join(lines)


def section_of(case):
  """The table and its circumstances, for a document."""
  measured = (f'{case["title"]}: {case["rounds"]} rounds of '
              f'{number(case["seconds"])} s, {case["time"]}, commit '
              f'{case["commit"]}, {case["processor"]}, load average '
              f'{number(case["load_average"])} (the benchmark alone makes 2).')
  return f'\n{measured}\n\n{table_of(case)}\n\n'
