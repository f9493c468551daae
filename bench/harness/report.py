"""A run as Markdown for people and as JSON for programs."""

import datetime
import json
import shlex
import statistics
import sys

from . import targets

REFERENCES = ("nginx", "haproxy")  # ratios are to the better of them
MIB = 1 << 20
COLUMNS = (
    ("requests/s", "requests_per_second", "{:.0f}", 1),
    ("CPU µs/request", "cpu_per_request", "{:.1f}", 1),
    ("CPU used", "cpu_share", "{:.0%}", 1),
    ("p50 µs", "p50", "{:.0f}", 1),
    ("p99 µs", "p99", "{:.0f}", 1),
    ("p99.9 µs", "p999", "{:.0f}", 1),
    ("sent late p99 µs", "late", "{:.0f}", 1),
    ("wire p99 µs", "wire_p99", "{:.0f}", 1),
    ("undisturbed p99 µs", "undisturbed_p99", "{:.0f}", 1),
    ("disturbed", "disturbed", "{:.1%}", 1),
    ("RSS MiB", "rss", "{:.0f}", MIB),
    ("PSS MiB", "pss", "{:.0f}", MIB),
    ("errors", "errors", "{:.0f}", 1),
)
RATIOS = (
    ("CPU ratio", "cpu_per_request", min),
    ("requests/s ratio", "requests_per_second", max),
    ("p99 ratio", "p99", min),
)


def command_line():
    """The command that gives this report."""
    return shlex.join(sys.argv)


def medians(peer):
    """The median over the rounds of each figure; errors are added up."""
    rounds = peer["rounds"]
    middle = {key: statistics.median(one[key] for one in rounds) for key in rounds[0]}
    middle["errors"] = sum(one["errors"] for one in rounds)
    return middle


def ratios(scene):
    """Each peer's figures over those of the better reference, by peer and title."""
    middle = {name: medians(peer) for name, peer in scene["peers"].items()}
    present = [name for name in REFERENCES if name in middle]
    if not present and any(name.startswith("fairlead ") for name in middle):
        present = ["fairlead"]  # of little and much: much is compared with little
    found = {name: {} for name in middle}
    for title, key, better in RATIOS if present else ():
        best = better(middle[name][key] for name in present)
        for name, figures in middle.items():
            if name != "direct":
                found[name][title] = figures[key] / best if best else float("nan")
    return found


def added(scene):
    """What each peer adds to the latencies of a replica asked directly; nothing without such a peer."""
    middle = {name: medians(peer) for name, peer in scene["peers"].items()}
    bare = middle.pop("direct", None)
    return {
        name: {f"added {key}": figures[key] - bare[key] for key in ("p50", "p99", "p999")}
        for name, figures in middle.items()
        if bare
    }


def markdown(run):
    """The whole report: what was run where, then a table for each scene."""
    lines = [f"- {key}: {value}" for key, value in run["about"].items()]
    lines += [f"- not measured: {name} ({reason})" for name, reason in run["absent"].items()]
    for scene, figures in run["scenes"].items():
        rate = f", {figures['rate']} requests/s" if figures["rate"] else ", closed loop"
        rate = "" if "overload" in figures else rate
        lines += ["", f"### {scene}: {figures['meaning']}{rate}", ""]
        lines += overload_table(figures["overload"]) if "overload" in figures else table(figures)
        if figures["left_out"]:
            lines += [""] + [f"- left out: {name}, which {why}" for name, why in figures["left_out"].items()]
    lines += ["", "### Targets", ""] + targets_table(run["targets"])
    return "\n".join(lines)


def table(scene):
    """The table of one scene."""
    compared = ratios(scene)
    more = added(scene)
    added_titles = list(next(iter(more.values()), {}))
    titles = ["peer"] + [column[0] for column in COLUMNS]
    titles += ["idle RSS", "idle PSS", "start s"] + [title for title, _key, _better in RATIOS]
    titles += [f"{title} µs" for title in added_titles]
    lines = [row(titles), row(["---"] + ["---:"] * (len(titles) - 1))]
    for name, peer in scene["peers"].items():
        middle = medians(peer)
        cells = [name] + [form.format(middle[key] / unit) for _title, key, form, unit in COLUMNS]
        cells += [f"{peer['idle'][kind] / MIB:.0f}" for kind in ("rss", "pss")]
        cells += [f"{peer['start_seconds']:.2f}"]
        cells += [f"{compared[name][title]:.2f}" if title in compared[name] else "" for title, _key, _better in RATIOS]
        cells += [f"{more[name][title]:.0f}" if name in more else "" for title in added_titles]
        lines.append(row(cells))
    return lines


def overload_table(scenes):
    """The table of the scenes of bench/open-loop."""
    lines = [row(["scene", "capacity/s", "offered/s", "good within 1 s, /s", "ratio", "turns", "errors"])]
    lines += [row(["---"] + ["---:"] * 6)]
    for name, found in scenes.items():
        offered = statistics.median(turn["offered"] for turn in found["turns"])
        cells = [f"{name}: {found['meaning']}"]
        cells += [f"{figure:.0f}" for figure in (found["capacity"], offered, found["goodput"])]
        cells += [f"{found['ratio']:.3f}", str(len(found["turns"])), str(found["errors"])]
        lines.append(row(cells))
    return lines


def targets_table(standings):
    """Every target, what was measured, and the verdict."""
    lines = [row(["target", "scene", "measured", "rounds", "must", "aim", "verdict"])]
    lines += [row(["---", "---", "---:", "---:", "---:", "---:", "---"])]
    for one in standings:
        unit = one["unit"]
        form = "{:.0f} " + unit if unit else "{:.2f}"
        sign = "≥" if one["at_least"] else "≤"
        measured, rounds = "", ""
        if one["measured"] is not None:
            measured = form.format(one["measured"])
            rounds = f"{form.format(one['least'])} to {form.format(one['most'])}"
        bounds = [f"{sign} {one[bound]:g}{' ' + unit if unit else ''}" for bound in ("must", "aim")]
        lines.append(row([one["target"], one["scene"] or "all", measured, rounds, *bounds, one["verdict"]]))
    return lines


def merged(runs):
    """Several runs as one; a scene that is in more than one is taken from the last."""
    whole = {"about": {}, "absent": {}, "scenes": {}}
    for number, run in enumerate(runs, 1):
        whole["about"] |= {f"{key} ({number})": value for key, value in run["about"].items()}
        whole["absent"] |= run["absent"]
        whole["smoke"] = whole.get("smoke") or run["smoke"]
        whole["scenes"] |= run["scenes"]
    measured = {name for scene in whole["scenes"].values() for name in scene["peers"]}
    whole["absent"] = {name: why for name, why in whole["absent"].items() if name not in measured}
    return judged(whole)


def judged(run):
    """A run with how each target stands in it."""
    return run | {"targets": targets.judge(run)}


def row(cells):
    return "| " + " | ".join(cells) + " |"


def errors(run):
    """All errors of a run."""
    scenes = run["scenes"].values()
    bad = sum(medians(peer)["errors"] for scene in scenes for peer in scene["peers"].values())
    return bad + sum(found["errors"] for scene in scenes for found in scene.get("overload", {}).values())


def noise(scenes):
    """The most that other things, and the host, took of a CPU in any round that counts."""
    rounds = [one for scene in scenes.values() for peer in scene["peers"].values() for one in peer["rounds"]]
    foreign, steal = (max((one[key] for one in rounds), default=0.0) for key in ("foreign", "steal"))
    return f"other processes at most {foreign:.1%} of a CPU in a round, steal at most {steal:.1%}"


def today():
    return datetime.datetime.now(datetime.timezone.utc).strftime("%Y-%m-%d %H:%M UTC")


def write_json(run, path):
    """Writes the run to a file, or to standard output for `-`."""
    text = json.dumps(run, indent=1, ensure_ascii=False) + "\n"
    if path == "-":
        sys.stdout.write(text)
    else:
        with open(path, "w", encoding="utf-8") as file:
            file.write(text)
