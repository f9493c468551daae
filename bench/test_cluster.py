"""Tests of the arithmetic of bench/cluster: python3 -m unittest discover bench"""

import itertools
import math
import unittest

from harness import churn, clusterrouter, clustertargets, models


class Targets(unittest.TestCase):
    def test_a_median_is_judged_by_its_bound(self):
        met = clustertargets.judged("cpu", [3.0, 5.0, 9.0], 5.0, "%")
        self.assertEqual(("met", 5.0, 3.0, 9.0), (met.verdict, met.value, met.least, met.most))
        self.assertEqual("MISSED", clustertargets.judged("cpu", [3.0, 5.1, 9.0], 5.0, "%").verdict)

    def test_where_one_is_too_many_the_worst_is_judged(self):
        self.assertEqual("MISSED", clustertargets.judged("start", [0.3, 0.4, 2.1], 2.0, "s", worst=True).verdict)
        self.assertEqual("met", clustertargets.judged("start", [0.3, 0.4, 2.0], 2.0, "s", worst=True).verdict)

    def test_what_is_no_number_is_missed(self):
        self.assertEqual("MISSED", clustertargets.judged("start", [math.nan], 2.0, "s").verdict)

    def test_cost_is_against_the_quiet_beside_it(self):
        self.assertEqual([3, -1], clustertargets.cost([1, 5], [4, 4]))

    def test_latency_is_judged_by_the_ratios_of_pairs(self):
        found = clustertargets.unmoved("p99", [100, 200, 400], [105, 220, 400], 1.1)
        self.assertEqual("met", found.verdict)
        self.assertAlmostEqual(1.05, found.value)
        self.assertAlmostEqual(1.1, found.most)

    def test_a_ratio_that_others_rounds_explain_is_noise(self):
        self.assertEqual("in the noise", clustertargets.unmoved("p99", [100, 100, 200], [150, 150, 150], 1.1).verdict)
        self.assertEqual("MISSED", clustertargets.unmoved("p99", [100, 100, 140], [150, 150, 150], 1.1).verdict)

    def test_a_p99_of_nothing_is_no_small_ratio(self):
        self.assertEqual([math.inf], clustertargets.ratio([0], [5]))

    def test_memory_is_the_slope_between_sizes(self):
        self.assertEqual([2e6, 1e6], clustertargets.per_thousand({3000: 44e6, 0: 40e6, 1000: 42e6}))


class Changes(unittest.TestCase):
    def test_each_pod_goes_and_returns(self):
        first = list(itertools.islice(churn.changes(4, 1), 6))
        self.assertEqual([(0, False), (1, False), (0, True), (2, False), (1, True), (3, False)], first)

    def test_so_many_are_away_and_never_more(self):
        away = set()
        for number, is_ready in itertools.islice(churn.changes(1000, 50), 5000):
            self.assertEqual(is_ready, number in away)  # each change is one
            (away.discard if is_ready else away.add)(number)
            self.assertLessEqual(len(away), 51)
        self.assertGreaterEqual(len(away), 50)

    def test_a_deployment_keeps_most_of_its_pods(self):
        away = [0] * 200
        for number, is_ready in itertools.islice(churn.changes(1000, 50), 5000):
            away[number % 200] += -1 if is_ready else 1
            self.assertLessEqual(max(away), 1)


class Pods(unittest.TestCase):
    def test_each_has_an_address_of_its_own(self):
        addresses = {models.address(i) for i in range(10000)}
        self.assertEqual(10000, len(addresses))
        self.assertTrue(all(0 < int(part) < 255 or part == "0" for one in addresses for part in one.split(".")))

    def test_others_have_no_label_that_a_router_looks_for(self):
        self.assertEqual({"app": "other"}, models.Pods("other", 0).labels(7))
        self.assertEqual("model-7", models.Pods("pod", 200).labels(207)["ml.azure.com/endpoint-name"])


class Reading(unittest.TestCase):
    def test_samples_by_series(self):
        text = '# HELP a b\na 1.5\nb{x="y z",state="ready"} 2.0 1700000000\nc_total{w="}"} 3\n'
        self.assertEqual({"a": 1.5, 'b{x="y z",state="ready"}': 2.0, 'c_total{w="}"}': 3.0}, clusterrouter.samples(text))

    def test_answers_are_lists_since_the_start(self):
        line = (
            '{"stage":"ResponseComplete","objectRef":{"resource":"%s"},'
            '"requestReceivedTimestamp":"1970-01-01T00:01:%s.250000Z","stageTimestamp":"1970-01-01T00:01:%s.500000Z"}\n'
        )
        log = line % ("pods", "00", "01") + line % ("pods", "10", "11") + line % ("leases", "10", "11")
        self.assertEqual([(70.25, 71.5)], clusterrouter.answers(log, 65.0))


if __name__ == "__main__":
    unittest.main()
