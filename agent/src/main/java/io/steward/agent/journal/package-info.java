/// The agent's durable memory of every message it sends and receives (docs/concepts.md), and the
/// processed log that is written from it. Only this package knows SQL. Uses `messages` and nothing
/// else of the agent but `kernel` and `settings`.
@NullMarked
package io.steward.agent.journal;

import org.jspecify.annotations.NullMarked;
