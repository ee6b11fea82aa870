/// What an agent is told from outside: steward.yaml, environment, flags. Uses nothing else of the
/// agent.
@NullMarked
package io.steward.agent.settings;

import org.jspecify.annotations.NullMarked;
