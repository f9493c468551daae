"""Heap allocated by each thread of a running JVM, as Java Flight Recorder counts it."""

import json
import os
import shutil
import subprocess

from . import machine

EVENT = "jdk.ThreadAllocationStatistics"
OPTIONS = f"-XX:StartFlightRecording:name=allocation,settings=none,+{EVENT}#enabled=true,+{EVENT}#period=everyChunk"


def jdk_tool(name):
    """A program of the JDK named by JAVA_HOME, else of the one on PATH; None if there is none."""
    home = os.environ.get("JAVA_HOME")
    inside = os.path.join(home, "bin", name) if home else name
    return shutil.which(inside) or shutil.which(name)


def java_process(pid):
    """The JVM among a process and its children."""
    for process in machine.tree(pid):
        if os.path.basename(os.readlink(f"/proc/{process}/exe")) == "java":
            return process
    raise SystemExit(f"no JVM among the processes of {pid}")


def allocated_by_thread(workshop, pid):
    """Bytes each thread has allocated up to now, by its name.

    A dump ends a chunk of the recording, at which the JVM writes one event for each live thread.
    """
    file = workshop.path("allocation.jfr")
    run("jcmd", str(java_process(pid)), "JFR.dump", "name=allocation", f"filename={file}")
    events = json.loads(run("jfr", "print", "--json", "--events", EVENT, file))["recording"]["events"]
    os.remove(file)
    totals = {}
    for event in events:
        thread = event["values"]["thread"]
        if thread:
            name = thread["javaName"] or thread["osName"]
            key = f"{name}#{thread['javaThreadId']}"
            totals[key] = max(totals.get(key, 0), event["values"]["allocated"])
    return totals


def run(tool, *arguments):
    done = subprocess.run([jdk_tool(tool), *arguments], capture_output=True, text=True)
    if done.returncode:
        raise SystemExit(f"{tool} {' '.join(arguments)}:\n{done.stdout[-800:]}{done.stderr[-800:]}")
    return done.stdout
