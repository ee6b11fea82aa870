/// Taking in what people write: inmsg.txt and the drop folder. Uses `outbox`, `kernel` and
/// `settings`.
@NullMarked
package io.steward.agent.intake;

import org.jspecify.annotations.NullMarked;
