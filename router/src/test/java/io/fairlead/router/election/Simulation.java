package io.fairlead.router.election;

import io.fairlead.router.election.Standing.Follower;
import io.fairlead.router.election.Standing.Leader;
import io.fairlead.router.election.Standing.Leaderless;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.PriorityQueue;
import java.util.SplittableRandom;
import org.jspecify.annotations.Nullable;

/**
 * One random history of some routers that elect a leader over a store which may be slow, away or
 * cut off, in virtual time; in most of them the lease is deleted and edited by hand as well. What
 * must hold is looked at after every event: at most one leads, no router is told a term after a
 * greater one, and as long as no hand has done anything no term is given twice.
 */
final class Simulation {
  static final LeaseTimes TIMES = LeaseTimes.of(Duration.ofSeconds(2));

  private static final long MILLI = 1_000_000L;
  private static final long SECOND = 1_000 * MILLI;
  private static final long FAULTS_END = 60 * SECOND;

  /** Late requests, a lease of a dead router, one of a claim that was given up, and the claim. */
  private static final long LIVE_BY = FAULTS_END + 4 * SECOND + 4 * 6 * SECOND;

  private static final Instant START = Instant.parse("2026-11-01T00:00:00Z");

  private static final long END = LIVE_BY + 10 * SECOND;

  /** What is wrong with a world that must be found out. */
  enum Flaw {
    NONE,
    /** The store writes whatever version it has. */
    BLIND_WRITES,
    /** Clocks differ in speed by more than the times leave room for. */
    UNEVEN_CLOCKS,
    /** A leader counts its time from a moment after it wrote. */
    LATE_STAMPS
  }

  /** Something that must hold does not. */
  static final class Violation extends AssertionError {
    private static final long serialVersionUID = 1;

    Violation(String what, long seed, List<String> trace) {
      super(
          what
              + "; repeat it with -Dfairlead.election.seed="
              + seed
              + "\n"
              + String.join("\n", trace.subList(Math.max(0, trace.size() - 120), trace.size())));
    }
  }

  private record Event(long at, long number, Runnable what) {}

  private final long seed;
  private final Flaw flaw;
  private final SplittableRandom random;
  private final List<String> trace = new ArrayList<>();
  private final PriorityQueue<Event> events =
      new PriorityQueue<>(
          (one, other) ->
              one.at() != other.at()
                  ? Long.compare(one.at(), other.at())
                  : Long.compare(one.number(), other.number()));
  private final List<Node> nodes = new ArrayList<>();
  private final Map<Long, String> leaders = new HashMap<>();
  private long number;
  private long now;

  // the store
  private @Nullable LeaseRecord lease;
  private long version;
  private long downUntil;

  /** Whether somebody lays hands on the lease in this history, and has done so. */
  private final boolean tampers;

  private boolean tampered;

  private long lastTerm;
  private long calmTerm;
  private int terms;
  private int failures;
  private int conflicts;
  private int lateWrites;

  Simulation(long seed, Flaw flaw) {
    this.seed = seed;
    this.flaw = flaw;
    this.random = new SplittableRandom(seed);
    this.tampers = random.nextInt(3) > 0;
    int count = 2 + random.nextInt(4);
    for (int i = 0; i < count; i++) {
      nodes.add(new Node(i));
    }
  }

  /** A router: its clocks, the way to the store, and one process after the other. */
  private final class Node {
    private final int place;
    private double speed = speed();
    private long localBase = random.nextLong();
    private long speedSince;
    private long wallOff;
    private long pausedUntil;
    private long cutUntil;
    private int process;
    private boolean runs;
    private long told;
    private boolean leaving;
    private int call;
    private boolean calls;
    private Elector elector;

    Node(int place) {
      this.place = place;
      this.elector = begin();
    }

    private Elector begin() {
      process++;
      runs = true;
      told = 0;
      leaving = false;
      calls = false;
      call++;
      var next = new Elector(name(), TIMES, random.split(), local());
      at(now, this::step);
      return next;
    }

    String name() {
      return "r" + place + "." + process;
    }

    private double speed() {
      double most = flaw == Flaw.UNEVEN_CLOCKS ? 0.5 : 0.1;
      return 1 + (random.nextDouble() * 2 - 1) * most;
    }

    long local() {
      return localBase + (long) ((now - speedSince) * speed);
    }

    private Instant wall() {
      return START.plusNanos(now + wallOff);
    }

    private long real(long localNanos) {
      return (long) ((localNanos - local()) / speed) + 1;
    }

    /** Runs {@code what} in this process, unless it ends before; later if it is stopped. */
    private void within(long delay, Runnable what) {
      int mine = process;
      at(
          now + delay,
          () -> {
            if (runs && process == mine) {
              if (now < pausedUntil) {
                within(pausedUntil - now, what);
              } else {
                what.run();
              }
            }
          });
    }

    void step() {
      if (calls || !runs) {
        return;
      }
      long slip = flaw == Flaw.LATE_STAMPS ? SECOND : 0;
      switch (elector.next(local() + slip, wall())) {
        case Action.WaitUntil wait ->
            within(Math.max(MILLI, real(wait.nanos() - slip)), this::step);
        case Action.Read _ -> call(null, null);
        case Action.Write write -> call(write.record(), write.version());
        case Action.Finished _ -> {
          say("has left");
          stop();
        }
      }
    }

    private void call(@Nullable LeaseRecord record, @Nullable String wanted) {
      calls = true;
      int mine = ++call;
      within((long) (TIMES.requestTimeout().toNanos() / speed), () -> reply(mine, null));
      if (isFaulty() && random.nextInt(12) == 0) {
        say("request lost");
        return;
      }
      at(now + latency(), () -> serve(mine, record, wanted));
    }

    private void serve(int mine, @Nullable LeaseRecord record, @Nullable String wanted) {
      if (now < downUntil || now < cutUntil) {
        return;
      }
      if (mine != call && record != null) {
        lateWrites++;
      }
      Reply reply = record == null ? found() : written(record, wanted, name());
      if (isFaulty() && random.nextInt(12) == 0) {
        say("answer lost: " + reply);
        return;
      }
      int asker = process;
      at(
          now + latency(),
          () -> {
            if (now >= cutUntil && process == asker) {
              within(0, () -> reply(mine, reply));
            }
          });
    }

    private void reply(int mine, @Nullable Reply reply) {
      if (mine != call || !calls) {
        return;
      }
      calls = false;
      failures += reply == null ? 1 : 0;
      conflicts += reply instanceof Reply.Conflict ? 1 : 0;
      elector.accept(reply == null ? new Reply.Failed("time-out") : reply, local());
      step();
    }

    void stop() {
      runs = false;
      call++;
      at(now + random.nextLong(3 * SECOND), this::restart);
    }

    private void restart() {
      if (!runs) {
        elector = begin();
        say("starts");
      }
    }

    void release(String heir) {
      if (runs && !leaving && now >= pausedUntil) {
        say("releases to '" + heir + "'");
        leaving = true;
        elector.release(heir);
        step();
      }
    }

    void changeSpeed() {
      localBase = local();
      speedSince = now;
      speed = speed();
    }

    void say(String what) {
      trace.add(now / MILLI + " ms " + name() + " " + what);
    }
  }

  private void at(long when, Runnable what) {
    events.add(new Event(when, number++, what));
  }

  private boolean isFaulty() {
    return now < FAULTS_END;
  }

  private long latency() {
    if (isFaulty() && random.nextInt(15) == 0) {
      return random.nextLong(4 * SECOND);
    }
    return MILLI + random.nextLong(20 * MILLI);
  }

  private Reply found() {
    return lease == null ? new Reply.Absent() : new Reply.Found(lease, "" + version);
  }

  private Reply written(LeaseRecord record, @Nullable String wanted, String who) {
    String is = lease == null ? null : "" + version;
    boolean same = is == null ? wanted == null : is.equals(wanted);
    if (!same && flaw != Flaw.BLIND_WRITES) {
      return new Reply.Conflict();
    }
    if (record.transitions() > Integer.MAX_VALUE) {
      return new Reply.Failed("no number of a term"); // as no store could take it
    }
    store(record, who);
    return new Reply.Written("" + version);
  }

  /** As an API server does: writing what is there already is no change. */
  private void store(@Nullable LeaseRecord record, String who) {
    if (record != null && record.equals(lease)) {
      return;
    }
    lease = record;
    version++;
    trace.add(now / MILLI + " ms store: " + who + " wrote " + record);
  }

  private void fault() {
    if (!isFaulty()) {
      return;
    }
    Node node = nodes.get(random.nextInt(nodes.size()));
    long length = random.nextLong(6 * SECOND);
    switch (random.nextInt(14)) {
      case 0, 1 -> {
        node.say("cut off for " + length / MILLI);
        node.cutUntil = now + length;
      }
      case 2 -> {
        node.say("stopped for " + length / MILLI);
        node.pausedUntil = now + length;
      }
      case 3 -> {
        trace.add(now / MILLI + " ms store: away for " + length / MILLI);
        downUntil = now + length;
      }
      case 4, 5 -> {
        node.say("killed");
        node.runs = false;
        node.stop();
      }
      case 6 -> node.release("");
      case 7 -> {
        Node heir = nodes.get(random.nextInt(nodes.size()));
        node.release(heir == node ? "" : heir.name());
      }
      case 8 -> nodes.forEach(Node::changeSpeed);
      case 9 -> node.wallOff = random.nextLong(1_000 * SECOND) - 500 * SECOND;
      case 10, 11 -> tamper(null);
      default -> tamper(lease == null ? null : edited(lease));
    }
    at(now + random.nextLong(1_500 * MILLI), this::fault);
  }

  private void tamper(@Nullable LeaseRecord record) {
    if (tampers) {
      tampered = true;
      store(record, "hand");
    }
  }

  /** What nobody can do by hand is to write that a lease was given up. */
  private LeaseRecord edited(LeaseRecord was) {
    String holder = was.holder();
    Duration duration = was.duration();
    Instant acquired = was.acquired();
    Instant renewed = was.renewed();
    long transitions = was.transitions();
    switch (random.nextInt(9)) {
      case 0 -> holder = nodes.get(random.nextInt(nodes.size())).name();
      case 1 -> holder = "";
      case 2 -> holder = "somebody";
      case 3 -> transitions = random.nextLong(transitions + 1);
      case 4 -> transitions += 1 + random.nextLong(5);
      case 5 -> transitions = Integer.MAX_VALUE;
      case 6 -> duration = Duration.ofMillis(random.nextLong(5_000));
      case 7 -> renewed = Instant.parse("9999-12-31T23:59:59.999999Z");
      default -> acquired = acquired.minusSeconds(1 + random.nextLong(10));
    }
    if (renewed.isBefore(acquired)) {
      renewed = acquired;
    }
    return new LeaseRecord(holder, duration, acquired, renewed, transitions, was.others());
  }

  /** Runs it to its end. */
  void run() {
    at(0, this::fault);
    at(FAULTS_END, this::heal);
    at(LIVE_BY, this::checkLed);
    while (!events.isEmpty() && now < END) {
      Event event = events.remove();
      now = event.at();
      event.what().run();
      check();
    }
    if (lastTerm != calmTerm) {
      throw violation("leader changed from term " + calmTerm + " to " + lastTerm + " in peace");
    }
  }

  private void heal() {
    trace.add(now / MILLI + " ms all is well from here");
    downUntil = 0;
    for (Node node : nodes) {
      node.cutUntil = 0;
      node.pausedUntil = 0;
    }
  }

  private void checkLed() {
    if (nodes.stream().noneMatch(Simulation::leads)) {
      throw violation("nobody leads after all is well");
    }
    calmTerm = lastTerm;
    for (Node node : nodes) {
      if (node.runs && node.told > calmTerm) {
        throw violation("term " + calmTerm + ", and " + node.name() + " knows of " + node.told);
      }
    }
  }

  private static boolean leads(Node node) {
    return node.runs && node.elector.standing(node.local()) instanceof Leader;
  }

  private void check() {
    String first = null;
    for (Node node : nodes) {
      Standing standing = node.runs ? node.elector.standing(node.local()) : new Leaderless();
      if (standing instanceof Follower(String _, long term)) {
        tell(node, term);
      }
      if (standing instanceof Leader(long term, long _)) {
        tell(node, term);
        if (first != null) {
          throw violation("two lead: " + first + " and " + node.name());
        }
        first = node.name();
        checkLeader(node, term);
      }
    }
  }

  private void tell(Node node, long term) {
    if (term < node.told) {
      throw violation(node.name() + " was told term " + term + " after " + node.told);
    }
    node.told = term;
  }

  private void checkLeader(Node node, long term) {
    String before = leaders.put(term, node.name());
    if (!node.name().equals(before)) {
      terms++;
      node.say("leads in term " + term);
    }
    if (before != null && !before.equals(node.name()) && !tampered) {
      throw violation("term " + term + " of " + before + " and " + node.name());
    }
    if (term < lastTerm && !tampered) {
      throw violation("term " + term + " after " + lastTerm);
    }
    lastTerm = term;
  }

  private Violation violation(String what) {
    return new Violation("seed " + seed + ", " + now / MILLI + " ms: " + what, seed, trace);
  }

  int terms() {
    return terms;
  }

  int failures() {
    return failures;
  }

  int conflicts() {
    return conflicts;
  }

  int lateWrites() {
    return lateWrites;
  }
}
