"""Tests of what the benchmarks compute, without starting anything: python3 -m unittest discover bench"""

import os
import tempfile
import unittest

from harness import peers, report
from harness.load import parse, quantile
from harness.peer import Setting
from harness.rounds import Contest
from harness.scenes import SCENES

SUMMARY = """
requests: 110 total, 118 started, 110 done, 100 succeeded, {failed} failed, 0 errored, 0 timeout
status codes: 100 2xx, 4 3xx, 0 4xx, 6 5xx
"""


class LoadTest(unittest.TestCase):
    def parsed(self, failed, lost):
        with tempfile.NamedTemporaryFile("w", suffix=".tsv") as log:
            log.write("1\t200\t30\n1\t503\t9999\n1\t200\t10\n1\t200\t20\n")
            log.flush()
            return parse(SUMMARY.format(failed=failed), "", log.name, lost)

    def test_counts_every_answer_but_2xx_as_bad(self):
        self.assertEqual((100, 10), (self.parsed(6, 0).good, self.parsed(6, 0).bad))

    def test_counts_failures_without_an_answer(self):
        self.assertEqual(25, self.parsed(25, 0).bad)

    def test_counts_lost_connections(self):
        self.assertEqual(13, self.parsed(6, 3).bad)

    def test_takes_latencies_of_good_answers_only(self):
        load = self.parsed(6, 0)
        self.assertEqual((20.0, 30.0), (load.p50, load.p999))

    def test_has_no_quantile_of_nothing(self):
        self.assertNotEqual(quantile([], 0.5), quantile([], 0.5))

    def test_refuses_what_is_no_summary(self):
        with self.assertRaises(SystemExit):
            parse("h2load: unrecognized option", "", os.devnull, 0)


def peer(cpu, rps, p99, errors=0):
    one = {"cpu_per_request": cpu, "requests_per_second": rps, "p99": p99, "p50": p99 / 2, "p999": p99, "errors": errors}
    return {"rounds": [one] * 3}


class ReportTest(unittest.TestCase):
    scene = {
        "peers": {
            "fairlead": peer(9.0, 120.0, 300.0, errors=1),
            "nginx": peer(12.0, 100.0, 200.0),
            "haproxy": peer(10.0, 80.0, 400.0),
            "direct": peer(1.0, 500.0, 100.0),
        }
    }

    def test_compares_with_the_better_reference_of_each_figure(self):
        mine = report.ratios(self.scene)["fairlead"]
        self.assertEqual({"CPU ratio": 0.9, "requests/s ratio": 1.2, "p99 ratio": 1.5}, mine)

    def test_does_not_compare_without_a_reference(self):
        alone = {"peers": {"fairlead": peer(9.0, 120.0, 300.0)}}
        self.assertEqual({"fairlead": {}}, report.ratios(alone))

    def test_takes_the_latency_of_no_proxy_off(self):
        self.assertEqual({"added p50": 100.0, "added p99": 200.0, "added p999": 200.0}, report.added(self.scene)["fairlead"])

    def test_compares_much_with_little_where_it_is_fairlead_alone(self):
        scene = {"peers": {"fairlead": peer(10.0, 100.0, 200.0), "fairlead many": peer(11.0, 80.0, 300.0)}}
        much = report.ratios(scene)["fairlead many"]
        self.assertEqual({"CPU ratio": 1.1, "requests/s ratio": 0.8, "p99 ratio": 1.5}, much)

    def test_adds_errors_up_over_rounds(self):
        self.assertEqual(3, report.errors({"scenes": {"h1": self.scene}}))


class PeersTest(unittest.TestCase):
    def test_names_what_cannot_run(self):
        present, absent = peers.choose(["envoy"], {"envoy": "no-such-program --flag"}, limit=0)
        self.assertEqual(([], {"envoy": "no program no-such-program"}), (present, absent))

    def test_leaves_out_who_cannot_queue_behind_a_limit(self):
        present, absent = peers.choose(["haproxy", "nginx"], {"haproxy": "true", "nginx": "true"}, limit=1)
        self.assertEqual((["haproxy"], ["nginx"]), ([one.name for one in present], list(absent)))

    def test_gives_fairlead_the_replicas_and_the_limit(self):
        setting = Setting(None, 1, 2, 3, ["127.0.0.10:19000"], "cert", "key", "both", limit=7)
        manifest = peers.Fairlead.manifest(setting)
        self.assertIn('addresses: ["127.0.0.10:19000"]', manifest)
        self.assertIn("maxConcurrentRequestsPerInstance: 7", manifest)

    def test_gives_fairlead_as_many_routes_as_asked(self):
        setting = Setting(None, 1, 2, 3, ["127.0.0.10:19000"], "cert", "key", "both", routes=3)
        self.assertEqual(3, peers.Fairlead.manifest(setting).count("kind: OnlineEndpoint"))


class ScenesTest(unittest.TestCase):
    def test_puts_fairlead_with_little_beside_fairlead_with_much(self):
        fairlead = peers.Fairlead("true")
        found = Contest.contestants(SCENES["routes"], [fairlead, peers.Nginx("true")])
        self.assertEqual([(fairlead, ""), (fairlead, "many routes")], [(one, variant.name) for one, variant in found])

    def test_asks_replicas_directly_only_where_there_is_a_rate(self):
        direct = peers.Direct("true")
        self.assertEqual([], Contest.contestants(SCENES["h1"], [direct]))
        self.assertEqual(1, len(Contest.contestants(SCENES["h1-25"], [direct])))


if __name__ == "__main__":
    unittest.main()
