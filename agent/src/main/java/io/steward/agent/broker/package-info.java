/// JetStream as Steward uses it: mailboxes, publishing, fetching, and the embedded nats-server.
/// Only this package imports `io.nats`. Uses `messages`, `settings` and `kernel`.
@NullMarked
package io.steward.agent.broker;

import org.jspecify.annotations.NullMarked;
