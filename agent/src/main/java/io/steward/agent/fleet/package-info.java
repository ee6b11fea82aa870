/// The fleet as one node sees it: who is there, who is meant by a target, and runs over many nodes.
/// Uses `outbox`, `target`, `journal`, `broker`, `kernel`.
@NullMarked
package io.steward.agent.fleet;

import org.jspecify.annotations.NullMarked;
