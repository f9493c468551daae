"""Tests of how samples are read and summed up: python3 -m unittest discover bench"""

import unittest

from harness import sampling

CPU = """
jdk.CPUTimeSample {
  startTime = 12:00:00.000 (2026-01-01)
  stackTrace = [
    io.netty.channel.unix.Socket.sendAddress(int, long, int, int) line: 0
    io.netty.channel.DefaultChannelPipeline.flush() line: 12
    io.fairlead.router.proxy.FlushBatch.run() line: 55
  ]
  eventThread = "fairlead-loop-0" (javaThreadId = 15)
  failed = false
}

jdk.CPUTimeSample {
  startTime = 12:00:00.001 (2026-01-01)
  stackTrace = [
    java.lang.Thread.run() line: 1
  ]
  eventThread = "fairlead-control" (javaThreadId = 16)
  failed = false
}

jdk.CPUTimeSample {
  startTime = 12:00:00.002 (2026-01-01)
  eventThread = "fairlead-loop-0" (javaThreadId = 15)
  failed = true
}
"""

HEAP = """
jdk.ObjectAllocationSample {
  objectClass = %s (classLoader = app)
  weight = %s
  eventThread = "fairlead-loop-0" (javaThreadId = 15)
  stackTrace = [
    io.fairlead.router.proxy.Loop.newHttp2Call(Http2Streams) line: 1
  ]
}
"""


class SamplingTest(unittest.TestCase):
    def test_keeps_stacks_of_event_loops_alone(self):
        stacks = sampling.parse(CPU, sampling.KINDS["cpu"])
        self.assertEqual(1, sum(stacks.values()))
        self.assertEqual("io.netty.channel.unix.Socket.sendAddress", next(iter(stacks))[0])

    def test_weighs_allocations_but_not_the_first_of_a_thread(self):
        text = HEAP % ("a.First", "80.0 MB") + HEAP % ("a.Second", "1.5 kB") + HEAP % ("a.Second", "24 bytes")
        stacks = sampling.parse(text, sampling.KINDS["heap"])
        self.assertEqual({("[a.Second]", "io.fairlead.router.proxy.Loop.newHttp2Call"): 1560}, stacks)

    def test_gives_a_sample_to_the_innermost_part(self):
        stack = ("io.netty.buffer.AbstractByteBuf.writeByte", "io.fairlead.router.proxy.Http2Output.frame")
        self.assertEqual("HTTP/2 and HPACK", sampling.part_of(stack + ("io.fairlead.router.proxy.Exchange.end",)))
        self.assertEqual("relaying", sampling.part_of(("io.fairlead.router.proxy.Exchange.end",)))
        self.assertEqual(sampling.REST, sampling.part_of(("java.lang.Thread.run",)))

    def test_shares_add_up_to_one(self):
        samples = sampling.Samples({("java.lang.Thread.run",): 1, ("io.netty.channel.epoll.Native.epollWait",): 3})
        self.assertEqual(0.75, samples.shares()["kernel: epoll"])
        self.assertEqual(1, sum(samples.shares().values()))

    def test_writes_stacks_from_the_outside_in(self):
        self.assertEqual("b;a 2\n", sampling.Samples({("a", "b"): 2}).collapsed())


if __name__ == "__main__":
    unittest.main()
