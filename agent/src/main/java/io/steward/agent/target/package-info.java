/// Which nodes a message is for: the language of targets (docs/targets.md), and whether a node is
/// among them. The sender asks it of all nodes it knows, and each node asks it of itself. Uses
/// `messages` and nothing else of the agent.
@NullMarked
package io.steward.agent.target;

import org.jspecify.annotations.NullMarked;
