"""Tests of what the benchmarks compute, without starting anything: python3 -m unittest discover bench"""

import contextlib
import io
import os
import struct
import subprocess
import tempfile
import types
import unittest

from harness import contract, openloop, peers, report, strangers, targets, wire
from harness.load import TRIES, H2Load, LateConnections, again_if_late, parse, quantile
from harness.peer import Setting
from harness.rounds import Contest, Plan, order, pace, pooled
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


class EndlessLoadTest(unittest.TestCase):
    """What is made of a generator that does not end by itself."""

    @staticmethod
    def outcome(command):
        with subprocess.Popen(command, stdout=subprocess.DEVNULL) as generator:
            H2Load.ended(generator, "/score", patience=0.1)

    def test_knows_one_that_loads_on_from_one_that_waits(self):
        with self.assertRaises(LateConnections):
            self.outcome(["cat", "/dev/zero"])
        with self.assertRaisesRegex(SystemExit, "waits for answers") as waits:
            self.outcome(["sleep", "60"])
        self.assertNotIsInstance(waits.exception, LateConnections)

    def test_loads_again_when_connections_were_late_but_not_for_ever(self):
        left = [LateConnections("late"), LateConnections("late"), 7]
        tries = []

        def stretch():
            tries.append(1)
            outcome = left.pop(0)
            if isinstance(outcome, LateConnections):
                raise outcome
            return outcome

        with contextlib.redirect_stderr(io.StringIO()):
            self.assertEqual(7, again_if_late(stretch))
            left[:] = [LateConnections("late")] * (TRIES + 1)
            tries.clear()
            with self.assertRaises(LateConnections):
                again_if_late(stretch)
        self.assertEqual(TRIES, len(tries))


def peer(cpu, rps, p99, errors=0):
    one = {"cpu_per_request": cpu, "requests_per_second": rps, "p99": p99, "p50": p99 / 2, "p999": p99, "wire_p99": p99, "undisturbed_p99": p99, "errors": errors}
    return {"rounds": [one] * 3}


class WireTest(unittest.TestCase):
    CALLER, OTHER, PORT = 40000, 40001, 18000

    def test_measures_from_the_end_of_a_request_to_the_end_of_its_answer(self):
        seen = [
            (1_000, self.CALLER, self.PORT, 500),
            (3_000, self.CALLER, self.PORT, 500),
            (3_500, self.PORT, self.CALLER, 0),
            (10_000, self.PORT, self.CALLER, 300),
            (12_000, self.PORT, self.CALLER, 300),
            (20_000, self.CALLER, self.PORT, 1),
            (24_500, self.PORT, self.CALLER, 1),
        ]
        self.assertEqual([4.5, 9.0], wire.latencies(wire.calls(self.capture(seen), self.PORT)))

    def test_tells_callers_apart(self):
        seen = [
            (1_000, self.CALLER, self.PORT, 1),
            (2_000, self.OTHER, self.PORT, 1),
            (4_000, self.PORT, self.OTHER, 1),
            (9_000, self.PORT, self.CALLER, 1),
        ]
        self.assertEqual([2.0, 8.0], wire.latencies(wire.calls(self.capture(seen), self.PORT)))

    def test_takes_no_half_of_what_was_cut_off(self):
        seen = [
            (1_000, self.PORT, self.CALLER, 1),
            (2_000, self.CALLER, self.PORT, 1),
            (3_000, self.PORT, self.CALLER, 1),
            (4_000, self.CALLER, self.PORT, 1),
        ]
        self.assertEqual([1.0], wire.latencies(wire.calls(self.capture(seen)[:-1], self.PORT)))

    def test_refuses_what_is_no_capture(self):
        with self.assertRaises(SystemExit):
            list(wire.calls(bytes(24), self.PORT))

    @staticmethod
    def capture(seen):
        """A file as tcpdump writes it, of packets with a time in nanoseconds, two ports, and so much data."""
        pieces = [struct.pack("<IHHIIII", wire.NANOSECOND_PCAP, 2, 4, 0, 0, wire.PACKET_BYTES, wire.ETHERNET)]
        for nanos, source, target, data in seen:
            ip = struct.pack(">BBHHHBBHII", 0x45, 0, 20 + 32 + data, 0, 0, 64, 6, 0, 1, 1)
            tcp = struct.pack(">HHIIBBHHH12x", source, target, 0, 0, 8 << 4, 0, 0, 0, 0)
            packet = (bytes(14) + ip + tcp + bytes(data))[: wire.PACKET_BYTES]
            pieces.append(struct.pack("<IIII", 0, nanos, len(packet), 14 + 52 + data) + packet)
        return b"".join(pieces)


class StrangersTest(unittest.TestCase):
    OWN, OTHER, MS = 7, 8, 1_000_000

    def late(self, *seen):
        """Stretches between the first and the last switch, in milliseconds, of switches at milliseconds."""
        found = strangers.stretches([(at * self.MS, cpu, thread) for at, cpu, thread in seen], {self.OWN})
        return [(begin / self.MS, end / self.MS) for begin, end in found if begin > strangers.NEVER and end < float("inf")]

    def test_make_a_cpu_late_until_it_has_nothing_to_do(self):
        self.assertEqual([(2, 6)], self.late((1, 0, self.OWN), (2, 0, self.OTHER), (4, 0, self.OWN), (6, 0, strangers.IDLE), (9, 0, self.OWN)))

    def test_are_not_those_who_are_measured(self):
        self.assertEqual([], self.late((1, 0, self.OWN), (4, 0, strangers.IDLE), (5, 0, self.OWN), (9, 0, strangers.IDLE)))

    def test_count_from_when_they_have_had_it_long_enough(self):
        self.assertEqual([], self.late((1, 0, self.OTHER), (1.04, 0, self.OWN), (2, 0, strangers.IDLE)))
        both = self.late((1, 0, self.OTHER), (1.04, 0, self.OWN), (1.5, 0, self.OTHER), (1.54, 0, strangers.IDLE))
        self.assertEqual([(1, 1.54)], both)

    def test_make_each_cpu_late_by_itself(self):
        self.assertEqual([(2, 3)], self.late((1, 0, self.OWN), (2, 1, self.OTHER), (3, 1, strangers.IDLE), (4, 0, strangers.IDLE), (5, 1, 0)))

    def test_are_unknown_before_the_first_and_after_the_last_switch(self):
        found = strangers.stretches([(5, 0, self.OWN), (7, 1, self.OWN), (9, 0, strangers.IDLE)], {self.OWN})
        self.assertEqual([(strangers.NEVER, 5), (strangers.NEVER, 7), (9, float("inf"))], found)
        self.assertEqual([(strangers.NEVER, float("inf"))], strangers.stretches([], set()))

    def test_spare_the_calls_that_were_over_before_or_came_after(self):
        calls = [(1, 2), (1, 3), (4, 5), (5, 7), (2, 9), (7, 8)]
        self.assertEqual([(1, 2), (7, 8)], list(strangers.spared(calls, [(3, 5), (4, 6)])))

    def test_are_read_from_what_perf_says(self):
        lines = [
            "  30/3  [001]  1795.000000042: prev_comm=a ==> b prev_pid=3 prev_prio=120 prev_state=R+ ==> next_comm=swapper/1 next_pid=0 next_prio=120",
            "something else",
        ]
        self.assertEqual(([(1_795_000_000_042, 1, 0)], {3: 30}), strangers.switches(lines))


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


    def test_takes_a_scene_that_was_run_twice_from_the_later_run(self):
        first = {"about": {"date": "1"}, "smoke": False, "absent": {"envoy": "no"}, "scenes": {"h1": self.scene}}
        only_envoy = {"peers": {"envoy": peer(1.0, 1.0, 1.0)}}
        runs = [first, first | {"about": {"date": "2"}, "scenes": {"h1": only_envoy}}]
        whole = report.merged(runs)
        self.assertEqual((["envoy"], {}), (list(whole["scenes"]["h1"]["peers"]), whole["absent"]))
        self.assertEqual({"date (1)": "1", "date (2)": "2"}, whole["about"])

    def test_prints_every_target_with_its_verdict(self):
        run = {"about": {}, "absent": {}, "scenes": {}}
        table = report.targets_table(report.judged(run)["targets"])
        self.assertEqual(len(targets.TARGETS) + 2, len(table))
        self.assertIn("| ≥ 0.9 | ≥ 0.97 | not measured: scene goodput was not run |", table[-1])


def rounds(cpu=1.0, p99=100.0, rate=1000.0, errors=0, rss=1e8):
    """A peer with a round for each of the values that are lists."""
    figures = {"cpu_per_request": cpu, "wire_p99": p99, "undisturbed_p99": p99, "requests_per_second": rate, "errors": errors, "rss": rss}
    count = max(len(value) if isinstance(value, list) else 1 for value in figures.values())
    each = {key: value if isinstance(value, list) else [value] * count for key, value in figures.items()}
    return {"rounds": [{key: values[i] for key, values in each.items()} for i in range(count)], "idle": {"rss": rss}}


def scene(rate=0, **contestants):
    return {"rate": rate, "peers": contestants}


class TargetsTest(unittest.TestCase):
    def stands(self, what, **scenes):
        """How the one target with these words stands."""
        run = {"scenes": {name.replace("_", "-"): figures for name, figures in scenes.items()}}
        (target,) = [one for one in targets.TARGETS if what in one.what]
        return targets.standing(target, run)

    def verdict(self, what, **scenes):
        return self.stands(what, **scenes)["verdict"]

    def test_name_scenes_that_there_are(self):
        self.assertEqual(set(), {one.scene for one in targets.TARGETS if one.scene} - set(SCENES))

    def test_aim_higher_than_what_must_be(self):
        self.assertTrue(all(one.reached(one.aim, one.must) for one in targets.TARGETS))

    def test_compare_with_the_better_of_two(self):
        found = self.stands("TLS + HTTP/1.1", tls1=scene(fairlead=rounds(11.0), nginx=rounds(10.0), haproxy=rounds(20.0)))
        self.assertEqual((1.1, "met"), (found["measured"], found["verdict"]))

    def test_tell_the_aim_from_the_bound_and_from_what_is_beyond(self):
        verdicts = [self.verdict("against Envoy", h1=scene(fairlead=rounds(cpu), envoy=rounds(10.0))) for cpu in (3.0, 3.5, 3.6)]
        self.assertEqual(["aim met", "met", "MISSED"], verdicts)

    def test_are_ratios_of_medians_and_know_the_spread_of_rounds(self):
        found = self.stands("against Pingora", h1=scene(fairlead=rounds([1.0, 4.0, 5.0]), pingora=rounds([10.0, 10.0, 2.0])))
        self.assertEqual([0.4, 0.1, 2.5], [found[key] for key in ("measured", "least", "most")])

    def test_are_not_measured_without_the_scene_or_the_peer(self):
        self.assertEqual("not measured: scene h1 was not run", self.verdict("against Zuul"))
        alone = scene(fairlead=rounds(), nginx=rounds())
        self.assertEqual("not measured: haproxy was not run", self.verdict("TLS + HTTP/1.1", tls1=alone))

    def test_are_not_measured_by_a_smoke_run(self):
        (stands,) = targets.judge({"smoke": True, "scenes": {}}, targets.TARGETS[:1])
        self.assertEqual("not measured: a smoke run", stands["verdict"])

    def test_say_why_a_peer_was_left_out(self):
        without = scene(rate=900, fairlead=rounds()) | {"left_out": {"nginx": "can do 9 requests/s only"}}
        self.assertEqual("not measured: can do 9 requests/s only", self.verdict("at 25%", h1_25=without))

    def test_are_not_measured_with_errors(self):
        wrong = scene(fairlead=rounds(), zuul=rounds(errors=[0, 2]))
        self.assertEqual("not measured: 2 errors of zuul", self.verdict("against Zuul", h1=wrong))

    def test_are_not_measured_at_a_rate_that_was_not_reached(self):
        slow = scene(rate=10000, fairlead=rounds(rate=9000.0))
        self.assertEqual("not measured: fairlead answered 9000 of 10000 requests/s", self.verdict("at 10 000", memory=slow))

    def test_take_what_is_added_within_each_round(self):
        # the machine is slower in each round: what is added stays 30 against 20
        drifting = scene(
            rate=1000, fairlead=rounds(p99=[130.0, 230.0, 430.0]), nginx=rounds(p99=[120.0, 220.0, 420.0]),
            direct=rounds(p99=[100.0, 200.0, 400.0]),
        )
        self.assertEqual((1.5, "met"), tuple(self.stands("at 25%", h1_25=drifting)[key] for key in ("measured", "verdict")))

    def test_have_no_ratio_to_what_is_lost_in_the_noise(self):
        noisy = scene(rate=1000, fairlead=rounds(p99=130.0), nginx=rounds(p99=99.0), direct=rounds(p99=100.0))
        self.assertIn("lost in the noise", self.verdict("at 70%", h1_70=noisy))

    def test_say_nothing_of_what_the_wire_did_not_show(self):
        unseen = scene(rate=1000, fairlead=rounds(p99=[130.0, 0.0]), nginx=rounds(p99=[120.0, 120.0]), direct=rounds(p99=[100.0, 100.0]))
        self.assertIn("packets were not captured", self.verdict("at 25%", h1_25=unseen))

    def test_compare_much_with_little(self):
        growing = scene(**{"fairlead": rounds(10.0), "fairlead many idle": rounds(10.5)})
        self.assertEqual((1.05, "met"), tuple(self.stands("idle connections", idle=growing)[key] for key in ("measured", "verdict")))

    def mirrored(self, cpu, copies):
        copied = rounds(cpu)
        copied["rounds"] = [one | {"copies": copies} for one in copied["rounds"]]
        return self.stands("copy for a mirror", mirror=scene(**{"fairlead": rounds(10.0), "fairlead mirror": copied}))

    def test_charge_the_copies_with_what_all_requests_are_dearer_by(self):
        found = self.mirrored(cpu=13.0, copies=0.5)
        self.assertEqual((0.6, "aim met"), (found["measured"], found["verdict"]))
        self.assertEqual("MISSED", self.mirrored(cpu=15.2, copies=0.5)["verdict"])

    def test_know_no_cost_of_copies_that_were_not_made(self):
        self.assertEqual("not measured: only 40% of the requests were copied", self.mirrored(cpu=11.0, copies=0.4)["verdict"])

    def test_let_what_an_endpoint_asks_for_cost_three_percent(self):
        verdicts = [
            self.verdict("with keys", keys=scene(**{"fairlead": rounds(10.0), "fairlead keys": rounds(cpu)})) for cpu in (10.0, 10.3, 10.4)
        ]
        self.assertEqual(["aim met", "met", "MISSED"], verdicts)

    def test_take_idle_memory_of_every_start(self):
        starts = {name: scene(fairlead=rounds(rss=mb * 1e6)) for name, mb in (("h1", 90), ("tls1", 100), ("h2", 120))}
        self.assertEqual((100.0, 90.0, 120.0), tuple(self.stands("memory, idle", **starts)[key] for key in ("measured", "least", "most")))

    def test_want_more_goodput_not_less(self):
        turns = [{"capacity": 100.0, "offered": 300.0, "goodput": good} for good in (89.0, 95.0)]
        found = {"overload": {"turns": turns, "ratio": 0.92, "errors": 0}}
        self.assertEqual("met", self.verdict("goodput", goodput={"rate": 0, "peers": {}, "overload": found}))
        found["overload"]["ratio"] = 0.89
        self.assertEqual("MISSED", self.verdict("goodput", goodput={"rate": 0, "peers": {}, "overload": found}))


class RateTest(unittest.TestCase):
    most = {"fairlead": 300.0, "nginx": 200.0, "zuul": 56.0, "gateway": 50.0, "direct": 900.0}

    def test_is_of_what_the_slowest_yardstick_can_do(self):
        self.assertEqual(50, pace(self.most, 25)[0])

    def test_leaves_out_who_would_have_to_do_more_than_nine_tenths_of_the_possible(self):
        self.assertEqual({"gateway": "can do 50 requests/s only"}, pace(self.most, 25)[1])

    def test_is_of_what_the_slowest_can_do_without_a_yardstick(self):
        self.assertEqual((25, {}), pace({"zuul": 55.0, "gateway": 50.0, "direct": 10.0e9}, 50))

    def test_has_more_and_shorter_rounds(self):
        plan = Plan(3, 6, 45, "", 0.1, frozenset(), frozenset()).of(SCENES["h1-70"])
        self.assertEqual((9, 3, "70%"), (plan.rounds, plan.seconds, plan.rate))

    def test_lets_each_be_the_first_after_those_that_leave_its_cpu_idle(self):
        a, b, c, direct = (
            types.SimpleNamespace(name=name, peer=types.SimpleNamespace(beside_load=name == "direct"))
            for name in ("fairlead", "nginx", "haproxy", "direct")
        )
        rounds = [order([a, b, c, direct], number) for number in (1, 2, 3, 4)]
        self.assertEqual([[a, b, c, direct], [b, c, a, direct], [c, a, b, direct], [a, b, c, direct]], rounds)
        self.assertEqual([direct], order([direct], 2))

    def test_takes_unexpected_and_missing_answers_for_errors(self):
        latency = {"p50": 1.0, "p99": 2.0, "p999": 3.0}
        load = openloop.answer({"good": 7, "unexpected": 2, "unanswered": 1, "latency": latency, "lateness": {"p99": 4.0}})
        self.assertEqual((7, 3, 3.0, 4.0), (load.good, load.bad, load.p999, load.late))


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

    def test_gives_fairlead_keys_for_every_route_and_no_mirror(self):
        setting = Setting(None, 1, 2, 3, ["127.0.0.10:19000"], "cert", "key", "both", routes=3, contract=contract.KEYS)
        manifest = peers.Fairlead.manifest(setting)
        self.assertEqual(3, manifest.count("spec: {authSecretRef: {name: bench-keys}, traffic: {blue: 100}}"))
        self.assertEqual((1, 3), (manifest.count("kind: Secret"), manifest.count("kind: OnlineDeployment")))
        self.assertIn(f"secondaryKey: {contract.KEY}}}", manifest)

    def test_gives_fairlead_a_mirror_of_the_same_replicas(self):
        setting = Setting(None, 1, 2, 3, ["127.0.0.10:19000"], "cert", "key", "both", contract=contract.MIRROR)
        manifest = peers.Fairlead.manifest(setting)
        self.assertIn("traffic: {blue: 100}, mirrorTraffic: {green: 50}", manifest)
        self.assertEqual(2, manifest.count('addresses: ["127.0.0.10:19000"]'))

    def test_counts_the_copies_that_were_answered_well(self):
        meters = "".join(
            f'fairlead_mirror_total{{deployment="green",endpoint="bench",result="{result}"}} {count}\n'
            for result, count in (("2xx", "17.0"), ("no_slot", "4.0"), ("5xx", "2.0"))
        )
        self.assertEqual(17.0, peers.copies(meters))

    def test_gives_fairlead_as_many_routes_as_asked(self):
        setting = Setting(None, 1, 2, 3, ["127.0.0.10:19000"], "cert", "key", "both", routes=3)
        self.assertEqual(3, peers.Fairlead.manifest(setting).count("kind: OnlineEndpoint"))


class ScenesTest(unittest.TestCase):
    def test_puts_fairlead_with_little_beside_fairlead_with_much(self):
        fairlead = peers.Fairlead("true")
        found = Contest.contestants(SCENES["routes"], [fairlead, peers.Nginx("true")])
        self.assertEqual([(fairlead, ""), (fairlead, "many routes")], [(one, variant.name) for one, variant in found])

    def test_puts_every_variant_of_fairlead_beside_the_bare_one(self):
        found = Contest.contestants(SCENES["records"], [peers.Fairlead("true"), peers.Nginx("true")])
        self.assertEqual(["", "ten records", "every record"], [variant.name for _peer, variant in found])

    def test_keeps_what_a_variant_asks_for_in_a_smoke_run(self):
        keys = SCENES["keys"].variants[1]
        self.assertEqual((keys.contract, 1), (keys.scaled(True).contract, keys.scaled(True).routes))

    def test_pools_the_rounds_of_several_starts(self):
        runs = [{"rate": 0, "peers": {"fairlead": rounds(cpu), "gone": rounds()}} for cpu in ([1.0, 2.0], [3.0])]
        del runs[1]["peers"]["gone"]
        found = pooled(runs)["peers"]
        self.assertEqual((["fairlead"], [1.0, 2.0, 3.0]), (list(found), [one["cpu_per_request"] for one in found["fairlead"]["rounds"]]))

    def test_asks_replicas_directly_only_where_there_is_a_rate(self):
        direct = peers.Direct("true")
        self.assertEqual([], Contest.contestants(SCENES["h1"], [direct]))
        self.assertEqual(1, len(Contest.contestants(SCENES["h1-25"], [direct])))

    def test_has_scenes_for_one_peer_alone(self):
        found = Contest.contestants(SCENES["memory"], [peers.Nginx("true"), peers.Fairlead("true"), peers.Direct("true")])
        self.assertEqual(["fairlead"], [one.name for one, _variant in found])


if __name__ == "__main__":
    unittest.main()
