"""Tests of bounds.py."""

import unittest

import bounds

GATEWAY = {name: 1000 for name in bounds.HEADROOM['gateway']}


class BoundsTest(unittest.TestCase):

  def test_figures_within_their_headroom_violate_nothing(self):
    self.assertEqual(
        bounds.violations('gateway', {'Get': dict(GATEWAY, allocations=1103)},
                          {'Get': GATEWAY}), [])

  def test_names_the_figure_above_its_bound(self):
    self.assertEqual(
        bounds.violations('gateway', {'Get': dict(GATEWAY, allocations=1104)},
                          {'Get': GATEWAY}),
        ['Get: allocations: measured 1,104, expected at most 1,103'])

  def test_another_upstream_request_violates_its_bound(self):
    self.assertEqual(
        bounds.violations(
            'gateway', {'Get': dict(GATEWAY, upstream_requests=1001)},
            {'Get': GATEWAY}),
        ['Get: upstream_requests: measured 1,001, expected at most 1,000.02'])

  def test_case_that_was_not_measured_violates_its_bounds(self):
    self.assertEqual(
        bounds.violations('micro', {'Decode': {'instructions': 1}},
                          {'Decode': {'instructions': 1},
                           'Encode': {'instructions': 1}}),
        ['Encode: instructions: not measured'])

  def test_case_without_recorded_figures_violates_its_bounds(self):
    self.assertEqual(
        bounds.violations('micro', {'Decode': {'instructions': 1}}, {}),
        ['Decode: instructions: no figure is recorded'])

  def test_figures_that_cannot_be_counted_here_violate_nothing(self):
    self.assertEqual(
        bounds.violations('gateway', {'Get': {'allocations': 1}},
                          {'Get': {'allocations': 1, 'instructions': 1}}), [])

  def test_linear_growth_violates_its_bound(self):
    measured = {f'{case}/{count}': {'instructions': 10}
                for case in bounds.GROWING
                for count in (bounds.SMALL, bounds.LARGE)}
    self.assertEqual(bounds.growth_violations(measured), [])
    measured['Watches/apply_change/100000']['instructions'] = 31
    self.assertEqual(
        bounds.growth_violations(measured),
        ['Watches/apply_change: 31 instructions with 100,000 watches, expected '
         'at most 3 times the 10 with 100'])

  def test_lists_figures_that_became_much_better(self):
    self.assertEqual(
        bounds.outdated({'Get': {'instructions': 74}},
                        {'Get': {'instructions': 100}}),
        ['Get: instructions: measured 74, recorded 100'])


if __name__ == '__main__':
  unittest.main()
