/// Supervision of processes after Erlang/OTP: one virtual thread each, a mailbox, an error channel,
/// a directive channel, restart policies, escalation. Knows nothing of messages, brokers or
/// journals; uses nothing else of Steward.
@NullMarked
package io.steward.agent.kernel;

import org.jspecify.annotations.NullMarked;
