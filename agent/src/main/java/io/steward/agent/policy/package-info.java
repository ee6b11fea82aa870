/// Whether a received message may be run. Uses `messages` and `settings`.
@NullMarked
package io.steward.agent.policy;

import org.jspecify.annotations.NullMarked;
