/// The sender's side: accepting messages, one publisher process per subject, looking after what has
/// no answer, ACKs. Uses `method`, `policy`, `schedule`, `journal`, `broker`, `kernel` and
/// `settings`.
@NullMarked
package io.steward.agent.outbox;

import org.jspecify.annotations.NullMarked;
