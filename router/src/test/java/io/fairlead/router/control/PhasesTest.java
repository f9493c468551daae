package io.fairlead.router.control;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class PhasesTest {
  private final Phases phases = new Phases();

  @BeforeEach
  void start() {
    phases.clear();
    phases.start(100);
  }

  @Test
  void partsOfAnAnsweredRequestAddUpToItsTotal() {
    phases.receiving();
    phases.received(130, true, true);
    phases.granted(170);
    phases.connected(180);
    phases.sent(180);
    phases.responding(260);
    phases.attempted(300);
    phases.end(301);
    assertThat(phases.receiveNanos()).isEqualTo(30);
    assertThat(phases.queueNanos()).isEqualTo(40);
    assertThat(phases.connectNanos()).isEqualTo(10);
    assertThat(phases.modelNanos()).isEqualTo(80);
    assertThat(phases.relayNanos()).isEqualTo(40);
    assertThat(phases.upstreamNanos()).isEqualTo(130);
    assertThat(phases.overheadNanos()).isEqualTo(1);
    assertThat(phases.totalNanos()).isEqualTo(201);
    assertThat(phases.completeNanos()).isEqualTo(30);
    assertThat(phases.firstByteNanos()).isEqualTo(160);
  }

  @Test
  void bodyThatCameWithItsHeadWasNotWaitedFor() {
    phases.receiving();
    phases.received(130, false, true);
    phases.end(130);
    assertThat(phases.receiveNanos()).isZero();
    assertThat(phases.overheadNanos()).isEqualTo(30);
    assertThat(phases.completeNanos()).isZero();
  }

  @Test
  void waitInVainCounts() {
    phases.received(100, false, true);
    phases.end(600);
    assertThat(phases.queueNanos()).isEqualTo(500);
    assertThat(phases.upstreamNanos()).isZero();
    assertThat(phases.firstByteNanos()).isEqualTo(-1);
  }

  @Test
  void bodyThatNeverCameWasWaitedFor() {
    phases.receiving();
    phases.end(700);
    assertThat(phases.receiveNanos()).isEqualTo(600);
    assertThat(phases.completeNanos()).isEqualTo(-1);
  }

  @Test
  void secondAttemptAddsToTheFirst() {
    phases.received(100, false, true);
    phases.granted(100);
    phases.connected(110);
    phases.attempted(130);
    phases.granted(131);
    phases.connected(141);
    phases.responding(161);
    phases.attempted(161);
    phases.end(161);
    assertThat(phases.connectNanos()).isEqualTo(20);
    assertThat(phases.modelNanos()).isEqualTo(40);
    assertThat(phases.overheadNanos()).isEqualTo(1);
  }

  @Test
  void uploadThatGoesOnWhileTheModelReadsEndsWithItsLastByte() {
    phases.receiving();
    phases.received(120, true, false);
    phases.granted(120);
    phases.connected(130);
    phases.sent(900);
    phases.end(1_000);
    assertThat(phases.completeNanos()).isEqualTo(800);
  }

  @Test
  void addsUpWhatStoodStill() {
    phases.uploadFlows(true, 110);
    phases.uploadFlows(false, 120);
    phases.uploadFlows(false, 125);
    phases.uploadFlows(true, 150);
    phases.answerFlows(false, 200);
    phases.end(260);
    assertThat(phases.uploadHeldNanos()).isEqualTo(30);
    assertThat(phases.answerHeldNanos()).as("until the end").isEqualTo(60);
    phases.clear();
    assertThat(phases.uploadHeldNanos() + phases.answerHeldNanos()).isZero();
  }

  @Test
  void nextRequestStartsFromNothing() {
    phases.received(130, true, true);
    phases.end(200);
    phases.clear();
    assertThat(phases.started()).isFalse();
    phases.start(1_000);
    phases.end(1_000);
    assertThat(phases.receiveNanos()).isZero();
    assertThat(phases.totalNanos()).isZero();
  }
}
