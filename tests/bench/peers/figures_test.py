"""Tests of the ratios, and of the tables."""

import unittest

import figures
import tables


class SummaryTest(unittest.TestCase):

  def test_adds_the_bare_parts_of_each_round(self):
    summary = figures.summary_of({
        'bare_grpc': {'cpu_us': [10, 20, 30]},
        'bare_http': {'cpu_us': [1, 2, 6]},
    })
    self.assertEqual(summary['bare']['cpu_us'],
                     {'median': 22, 'min': 11, 'max': 36})

  def test_compares_figures_of_the_same_round(self):
    summary = figures.summary_of({
        'bare_grpc': {'cpu_us': [10, 20]},
        'bare_http': {'cpu_us': [10, 20]},
        'go': {'cpu_us': [40, 80]},
        'ours': {'cpu_us': [30, 60]},
    })
    self.assertEqual(summary['ours']['cpu_us_over_bare'],
                     {'median': 1.5, 'min': 1.5, 'max': 1.5})
    self.assertEqual(summary['ours']['cpu_us_over_go']['median'], 0.75)
    self.assertNotIn('cpu_us_over_go', summary['go'])

  def test_compares_with_bare_grpc_if_nothing_is_fetched(self):
    summary = figures.summary_of({
        'bare_grpc': {'kib_per_wait': [20]},
        'ours': {'kib_per_wait': [22]},
    })
    self.assertEqual(summary['ours']['kib_per_wait_over_bare']['median'], 1.1)

  def test_compares_with_nothing_that_was_not_measured(self):
    summary = figures.summary_of({'ours': {'cpu_us': [30]}})
    self.assertEqual(list(summary['ours']), ['cpu_us'])


class TablesTest(unittest.TestCase):

  def test_table_has_only_measured_columns_and_peers(self):
    peers = figures.summary_of({'ours': {'cpu_us': [30, 40, 50],
                                        'calls_per_s': [1234.5]}})
    self.assertEqual(tables.table_of({'peers': peers}),
                     '| | CPU (µs) | calls/s |\n'
                     '|---|---|---|\n'
                     '| wriftai-gateway | 40 (30–50) | 1,234 |')

  def test_missing_figure_is_an_empty_cell(self):
    peers = figures.summary_of({'go': {'cpu_us': [30]},
                               'ours': {'calls_per_s': [5]}})
    self.assertEqual(tables.table_of({'peers': peers}).splitlines()[2],
                     '| Go | 30 |  |')


if __name__ == '__main__':
  unittest.main()
