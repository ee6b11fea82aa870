/// The receiver's side: fetching, checking, journalling, one subscriber process per subject. Uses
/// `method`, `policy`, `journal`, `broker`, `kernel` and `settings`.
@NullMarked
package io.steward.agent.inbox;

import org.jspecify.annotations.NullMarked;
