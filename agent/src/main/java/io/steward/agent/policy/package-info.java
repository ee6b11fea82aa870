/// What others may have this node do: a file of rules, of which the first that fits decides
/// (docs/policy.md). Uses `messages` and `settings` and nothing else of the agent.
@NullMarked
package io.steward.agent.policy;

import org.jspecify.annotations.NullMarked;
