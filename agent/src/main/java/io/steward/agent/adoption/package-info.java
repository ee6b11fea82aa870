/// How a machine becomes a member of a fleet: the machine that asks, and the agent with the fleet's
/// keys that answers. Uses `broker`, `identity`, `files` and `kernel`.
@NullMarked
package io.steward.agent.adoption;

import org.jspecify.annotations.NullMarked;
