package io.fairlead.router.proxy;

import io.fairlead.router.auth.CertificateCheck;
import io.fairlead.router.auth.CertificateRule;
import io.fairlead.router.auth.CredentialCheck;
import io.fairlead.router.auth.Gate;
import io.fairlead.router.auth.Verdict;
import io.fairlead.router.http.Head;
import io.fairlead.router.model.Authentication;
import java.time.InstantSource;

/** Whether a gate lets in whoever asks: by certificate, by credential, or by both. One per loop. */
final class CallerCheck {
  private final InstantSource wallClock;
  private final CredentialCheck credentials = new CredentialCheck();

  CallerCheck(InstantSource wallClock) {
    this.wallClock = wallClock;
  }

  Verdict check(Head request, Gate gate, Origin origin) {
    CertificateRule rule = gate.certificates();
    if (rule == null) {
      return credential(request, gate);
    }
    PeerCertificates peer = origin.peer();
    Verdict certified = peer == null ? CertificateCheck.MISSING : peer.verdict(rule);
    return switch (certified) {
      case Verdict.Refused refused -> refused;
      case Verdict.Granted granted ->
          gate.authentication() instanceof Authentication.Anyone
              ? granted
              : credential(request, gate);
    };
  }

  private Verdict credential(Head request, Gate gate) {
    boolean timed = gate.authentication() instanceof Authentication.Token;
    return credentials.check(request, gate, timed ? wallClock.millis() / 1000 : 0);
  }
}
