/// The composition root: builds an agent from its settings, starts and stops it.
@NullMarked
package io.steward.agent.app;

import org.jspecify.annotations.NullMarked;
