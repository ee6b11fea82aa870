/// Values that no message carries: `secret://NAME` in the data of a command stands for one that
/// only this node knows (docs/secrets.md). Uses `files` and nothing else of the agent.
@NullMarked
package io.steward.agent.secrets;

import org.jspecify.annotations.NullMarked;
